// With which glyph does an OFD document show a character? That of the font it brings along, else of the installed font
// that fontconfig finds most alike, else of one that has the character. Thread-confined.
#pragma once

#include <cairo.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ofd_structure.h"

namespace lantai::extract::worker {

class OfdFonts {
 public:
  struct Glyph {
    cairo_font_face_t* face = nullptr;  // lives as long as this object; null: no font has it
    unsigned long index = 0;
  };
  explicit OfdFonts(const OfdStructure& document) : document_(document) {}

  Glyph of_character(const std::string& font, char32_t character);
  // A glyph by its number, which means something in the document's own font only.
  Glyph of_number(const std::string& font, unsigned long number);

 private:
  struct Face;
  struct Destroy {
    void operator()(cairo_font_face_t* face) const { cairo_font_face_destroy(face); }
  };
  using Handle = std::unique_ptr<cairo_font_face_t, Destroy>;
  struct Loaded {
    Handle cairo;
    Face* face = nullptr;  // owned by `cairo`
  };
  struct Candidates {
    Loaded own;
    std::vector<Loaded*> others;  // into installed_, in order
  };
  static Loaded load(std::unique_ptr<Face> face);
  Candidates& candidates(const std::string& font);
  Loaded* installed(const std::string& family, bool bold);

  const OfdStructure& document_;
  std::map<std::string, Candidates> candidates_;
  std::map<std::string, Loaded> installed_;  // by file and index
};

}  // namespace lantai::extract::worker
