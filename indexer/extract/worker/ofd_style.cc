#include "ofd_style.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "ofd_numbers.h"

namespace lantai::extract::worker {
namespace {

double part(double value) { return std::clamp(value / 255, 0.0, 1.0); }

// Grey, RGB or CMYK by the number of values; of a shading the colour it begins with.
void take_colour(const pugi::xml_node& node, OfdColour& colour) {
  if (!node) return;
  auto value = attribute(node, "Value");
  for (const auto& shading : node.children())
    for (const auto& segment : shading.children())
      if (value.empty() && is_named(segment, "Segment")) value = attribute(child(segment, "Color"), "Value");
  auto v = numbers(value, 4);
  if (v.size() == 1 || v.size() == 2) v = {v[0], v[0], v[0]};
  if (v.size() == 4)
    for (std::size_t i = 0; i < 3; ++i) v[i] = (255 - std::min(v[i], 255.0)) * (255 - std::min(v[3], 255.0)) / 255;
  if (v.size() < 3) v = {0, 0, 0};
  const auto alpha = numbers(attribute(node, "Alpha"), 1);
  colour = {part(v[0]), part(v[1]), part(v[2]), alpha.empty() ? 1 : part(alpha[0])};
}

}  // namespace

void OfdStyle::take(const pugi::xml_node& node, const OfdStructure& document) {
  if (const auto id = attribute(node, "DrawParam"); !id.empty()) take_parameters(std::string(id), document, 0);
  take_own(node);
}

void OfdStyle::take_parameters(const std::string& id, const OfdStructure& document, int depth) {
  constexpr int kDeepest = 8;
  const auto node = document.draw_parameters(id);
  if (!node || depth > kDeepest) return;
  if (const auto relative = attribute(node, "Relative"); !relative.empty())
    take_parameters(std::string(relative), document, depth + 1);
  take_own(node);
}

void OfdStyle::take_own(const pugi::xml_node& node) {
  take_colour(child(node, "FillColor"), fill);
  take_colour(child(node, "StrokeColor"), stroke);
  if (const auto width = numbers(attribute(node, "LineWidth"), 1); !width.empty()) line_width = std::fabs(width[0]);
  if (const auto how = attribute(node, "Cap"); !how.empty())
    cap = how == "Round" ? CAIRO_LINE_CAP_ROUND : how == "Square" ? CAIRO_LINE_CAP_SQUARE : CAIRO_LINE_CAP_BUTT;
  if (const auto how = attribute(node, "Join"); !how.empty())
    join = how == "Round" ? CAIRO_LINE_JOIN_ROUND : how == "Bevel" ? CAIRO_LINE_JOIN_BEVEL : CAIRO_LINE_JOIN_MITER;
  if (const auto pattern = attribute(node, "DashPattern"); !pattern.empty()) {
    constexpr std::size_t kMost = 16;
    dashes = numbers(pattern, kMost);
    if (std::any_of(dashes.begin(), dashes.end(), [](double one) { return one < 0; }) ||
        std::all_of(dashes.begin(), dashes.end(), [](double one) { return one < 0.01; }))
      dashes.clear();
  }
}

void OfdStyle::use_lines(cairo_t* cairo) const {
  cairo_set_line_width(cairo, line_width);
  cairo_set_line_cap(cairo, cap);
  cairo_set_line_join(cairo, join);
  cairo_set_dash(cairo, dashes.data(), static_cast<int>(dashes.size()), 0);
}

}  // namespace lantai::extract::worker
