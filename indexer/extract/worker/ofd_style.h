// With which colours and lines is an OFD object drawn (GB/T 33190-2016, 8.2 and 8.3)? Values. Thread-compatible.
#pragma once

#include <cairo.h>

#include <vector>

#include "ofd_structure.h"

namespace lantai::extract::worker {

struct OfdColour {
  double red = 0, green = 0, blue = 0, alpha = 1;
};

struct OfdStyle {
  OfdColour fill, stroke;
  double line_width = 0.353;  // millimetres
  cairo_line_cap_t cap = CAIRO_LINE_CAP_BUTT;
  cairo_line_join_t join = CAIRO_LINE_JOIN_MITER;
  std::vector<double> dashes;

  // What `node` says, after the parameters that its DrawParam names and those that they are relative to.
  void take(const pugi::xml_node& node, const OfdStructure& document);
  void use_lines(cairo_t* cairo) const;

 private:
  void take_parameters(const std::string& id, const OfdStructure& document, int depth);
  void take_own(const pugi::xml_node& node);
};

inline void use(cairo_t* cairo, const OfdColour& colour) {
  cairo_set_source_rgba(cairo, colour.red, colour.green, colour.blue, colour.alpha);
}

}  // namespace lantai::extract::worker
