#include "ofd_path.h"

#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>

namespace lantai::extract::worker {
namespace {

constexpr double kPi = 3.14159265358979323846;

// Words between blanks.
struct Words {
  std::string text;
  const char* at = text.c_str();

  explicit Words(std::string_view source) : text(source) {}
  // A letter that begins a step; 0 at the end or at anything else.
  char letter() {
    while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r' || *at == ',') ++at;
    return (*at >= 'A' && *at <= 'Z') ? *at++ : '\0';
  }
  bool read(double* into, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      while (*at == ',') ++at;
      char* end = nullptr;
      into[i] = std::strtod(at, &end);
      if (end == at || !std::isfinite(into[i])) return false;
      at = end;
    }
    return true;
  }
};

struct Point {
  double x = 0, y = 0;
};

Point here(cairo_t* cairo) {
  Point point;
  if (cairo_has_current_point(cairo) != 0) cairo_get_current_point(cairo, &point.x, &point.y);
  return point;
}

void add_quadratic(cairo_t* cairo, const double* v) {
  const auto from = here(cairo);
  cairo_curve_to(cairo, from.x + 2.0 / 3 * (v[0] - from.x), from.y + 2.0 / 3 * (v[1] - from.y),
                 v[2] + 2.0 / 3 * (v[0] - v[2]), v[3] + 2.0 / 3 * (v[1] - v[3]), v[2], v[3]);
}

// SVG 1.1, appendix F.6.5: from the end points of an elliptical arc to its centre.
void add_arc(cairo_t* cairo, const double* v) {
  const auto from = here(cairo);
  double rx = std::fabs(v[0]), ry = std::fabs(v[1]);
  const double angle = v[2] * kPi / 180;
  const bool large = v[3] != 0, sweep = v[4] != 0;
  const Point to{v[5], v[6]};
  // Radii that no page has: cairo would give the drawing up for good.
  const auto is_radius = [](double r) { return r > 1e-4 && r < 1e5; };
  if (!is_radius(rx) || !is_radius(ry) || std::hypot(from.x - to.x, from.y - to.y) > 1e5 ||
      (from.x == to.x && from.y == to.y)) {
    cairo_line_to(cairo, to.x, to.y);
    return;
  }
  const double dx = (from.x - to.x) / 2, dy = (from.y - to.y) / 2;
  const double x = std::cos(angle) * dx + std::sin(angle) * dy, y = -std::sin(angle) * dx + std::cos(angle) * dy;
  const double reach = x * x / (rx * rx) + y * y / (ry * ry);
  if (reach > 1) {
    rx *= std::sqrt(reach);
    ry *= std::sqrt(reach);
  }
  const double under = rx * rx * y * y + ry * ry * x * x;
  const double factor = (large == sweep ? -1 : 1) * std::sqrt(std::max(0.0, (rx * rx * ry * ry - under) / under));
  const double cx = factor * rx * y / ry, cy = -factor * ry * x / rx;
  const double begin = std::atan2((y - cy) / ry, (x - cx) / rx), end = std::atan2((-y - cy) / ry, (-x - cx) / rx);
  cairo_save(cairo);
  cairo_translate(cairo, std::cos(angle) * cx - std::sin(angle) * cy + (from.x + to.x) / 2,
                  std::sin(angle) * cx + std::cos(angle) * cy + (from.y + to.y) / 2);
  cairo_rotate(cairo, angle);
  cairo_scale(cairo, rx, ry);
  if (sweep)
    cairo_arc(cairo, 0, 0, 1, begin, end);
  else
    cairo_arc_negative(cairo, 0, 0, 1, begin, end);
  cairo_restore(cairo);
}

bool add_step(cairo_t* cairo, char step, Words& words) {
  double v[7] = {};
  switch (step) {
    case 'S':
    case 'M':
      if (!words.read(v, 2)) return false;
      cairo_move_to(cairo, v[0], v[1]);
      return true;
    case 'L':
      if (!words.read(v, 2)) return false;
      cairo_line_to(cairo, v[0], v[1]);
      return true;
    case 'Q':
      if (!words.read(v, 4)) return false;
      add_quadratic(cairo, v);
      return true;
    case 'B':
      if (!words.read(v, 6)) return false;
      cairo_curve_to(cairo, v[0], v[1], v[2], v[3], v[4], v[5]);
      return true;
    case 'A':
      if (!words.read(v, 7)) return false;
      add_arc(cairo, v);
      return true;
    case 'C':
      cairo_close_path(cairo);
      return true;
    default:
      return false;
  }
}

}  // namespace

void add_path(cairo_t* cairo, std::string_view abbreviated) {
  constexpr int kMostSteps = 100'000;
  Words words(abbreviated);
  for (int i = 0; i < kMostSteps; ++i) {
    const char step = words.letter();
    if (step == '\0' || !add_step(cairo, step, words)) return;
  }
}

}  // namespace lantai::extract::worker
