// Draws the objects of OFD pages on a cairo context that measures in millimetres. Thread-confined.
#pragma once

#include <cairo.h>

#include "image.h"
#include "lantai/extract/page_layout.h"
#include "ofd_fonts.h"
#include "ofd_structure.h"
#include "ofd_style.h"

namespace lantai::extract::worker {

class OfdCanvas {
 public:
  // `layout`, if given, gets the characters as they are drawn; `size` is that of the page.
  OfdCanvas(cairo_t* cairo, const OfdStructure& document, OfdStructure::Size size, PageLayout* layout);

  // Everything below `content`, in its order.
  void add(const pugi::xml_node& content, const OfdStyle& style = {}, unsigned depth = 0);
  // Over the box, in millimetres. As ink: white is clear, and what lies below shows through.
  void add_picture(const Image& image, const std::vector<double>& box, bool as_ink = false);
  // Square millimetres of the largest picture of the content so far; 0: there was none.
  double largest_picture() const { return largest_picture_; }

 private:
  double largest_picture_ = 0;
  void add_object(const pugi::xml_node& object, OfdStyle style, unsigned depth);
  void clip(const pugi::xml_node& clips);
  void add_outline(const pugi::xml_node& object, const OfdStyle& style);
  void add_image(const pugi::xml_node& object);
  void add_composite(const pugi::xml_node& object, const OfdStyle& style, unsigned depth);
  void add_text(const pugi::xml_node& object, const OfdStyle& style);
  void show(const OfdFonts::Glyph& glyph, char32_t character, double x, double y, double size, double stretch);
  void place(char32_t character, double x, double y, double size, double width);

  cairo_t* cairo_;
  const OfdStructure& document_;
  OfdFonts fonts_;
  double width_, height_;  // of the page, in pixels
  PageLayout* layout_;
  unsigned objects_left_ = 200'000;  // of a page: units may hold units, each many times
};

}  // namespace lantai::extract::worker
