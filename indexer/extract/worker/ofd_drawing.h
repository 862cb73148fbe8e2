// What does a page of an OFD package look like (GB/T 33190-2016), and where do its characters stand? Drawn with cairo:
// templates, layers, text, outlines, pictures, composite objects, annotations and seals. Shadings are drawn in the
// colour they begin with. What is missing or makes no sense is left out. Thread-confined.
#pragma once

#include <cstdint>

#include "image.h"
#include "lantai/extract/page_layout.h"
#include "package.h"

namespace lantai::extract::worker {

class OfdCanvas;
struct OfdSignature;

class OfdDrawing {
 public:
  // Both outlive it. Throws Fault damaged.
  OfdDrawing(const Package& package, Report& report, const Charsets& charsets, bool with_seals = true)
      : package_(package), report_(report), charsets_(charsets), with_seals_(with_seals) {}

  std::uint32_t page_count() const;
  // Throw Fault damaged when there is no such page, too_large when it would be higher than 20 times its width.
  Image render(std::uint32_t number, std::uint32_t width) const;
  struct Look {
    PageLayout layout;  // the characters in the order in which they are drawn; seals have none
    bool scan = false;  // what there is to read is in a picture
  };
  Look look(std::uint32_t number) const;

 private:
  Image draw(std::uint32_t number, std::uint32_t width, Look* look) const;
  void add_seals(const std::string& root, const std::string& page, double scale, OfdCanvas& canvas) const;
  Image seal_picture(const OfdSignature& signature, double width) const;

  const Package& package_;
  Report& report_;
  const Charsets& charsets_;
  const bool with_seals_;
};

}  // namespace lantai::extract::worker
