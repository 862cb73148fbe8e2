// What does a page look like? Rendered by the extractor in its sandbox, and kept as a derived blob under the digest of
// the source, the page, the width and the extractor's version; so is the PDF of a document that an office program has
// to lay out first. Losing one costs time only. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lantai/extract/extractor.h"
#include "lantai/storage/store.h"

namespace lantai::archive {

class PageImages {
 public:
  PageImages(storage::Store& store, extract::Extractor& extractor) : store_(store), extractor_(extractor) {}

  // PNG. Widths are rounded up to one of 240, 600, 1200, 2000, so that few are kept. nullopt: the format has no page
  // images, or no such page. `name` is a hint only. Throws not_found when the bytes are not in the store.
  std::optional<Bytes> find(ByteView digest, const std::string& name, std::uint32_t page, std::uint32_t width) const;

 private:
  // What a worker reads the pages from: the PDF made of the source, if it takes one; otherwise the source itself.
  std::optional<Bytes> render(ByteView digest, const std::string& name, std::uint32_t page, std::uint32_t width) const;
  std::optional<Bytes> pdf_of(ByteView digest, const std::string& name) const;
  std::optional<Bytes> kept(const Bytes& key) const;
  void keep(const Bytes& key, ByteView bytes, const std::string& owner) const;

  storage::Store& store_;
  extract::Extractor& extractor_;
};

}  // namespace lantai::archive
