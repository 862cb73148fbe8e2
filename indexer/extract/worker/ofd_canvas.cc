#include "ofd_canvas.h"

#include <algorithm>
#include <cmath>

#include "fault.h"
#include "ofd_numbers.h"
#include "ofd_path.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

constexpr unsigned kDeepest = 64;
constexpr double kDefaultSize = 4.2;  // millimetres, about 12 points

// As the object says; leaves the context as it was.
class Saved {
 public:
  explicit Saved(cairo_t* cairo) : cairo_(cairo) { cairo_save(cairo); }
  Saved(const Saved&) = delete;
  Saved& operator=(const Saved&) = delete;
  ~Saved() { cairo_restore(cairo_); }

 private:
  cairo_t* cairo_;
};

// A matrix that cannot be turned back would end the drawing for good.
void transform(cairo_t* cairo, const std::vector<double>& m) {
  cairo_matrix_t matrix;
  cairo_matrix_init(&matrix, m[0], m[1], m[2], m[3], m[4], m[5]);
  auto there = matrix;
  if (std::isfinite(m[0] * m[3] - m[1] * m[2]) && cairo_matrix_invert(&there) == CAIRO_STATUS_SUCCESS)
    cairo_transform(cairo, &matrix);
}

double opacity(const pugi::xml_node& object) {
  const auto alpha = numbers(attribute(object, "Alpha"), 1);
  return alpha.empty() ? 1 : std::clamp(alpha[0] / 255, 0.0, 1.0);
}

// Glyphs by number, for the characters from a position on (11.4.2).
struct GlyphRun {
  std::size_t begin = 0, characters = 1;
  std::vector<double> glyphs;
};

std::vector<GlyphRun> glyph_runs(const pugi::xml_node& object, std::size_t most) {
  std::vector<GlyphRun> runs;
  for (const auto& node : object.children()) {
    if (!is_named(node, "CGTransform")) continue;
    const auto whole = [&](const char* name, double usual) {
      const auto value = numbers(attribute(node, name), 1);
      return static_cast<std::size_t>(std::clamp(value.empty() ? usual : value[0], 0.0, 1e6));
    };
    runs.push_back({whole("CodePosition", 0), std::max<std::size_t>(whole("CodeCount", 1), 1),
                    numbers(child_text(node, "Glyphs"), most)});
  }
  return runs;
}

const GlyphRun* run_of(const std::vector<GlyphRun>& runs, std::size_t position) {
  for (const auto& run : runs)
    if (position >= run.begin && position < run.begin + run.characters) return &run;
  return nullptr;
}

// Layers behind the body come first, those before it last, whatever their order (7.7).
std::vector<pugi::xml_node> in_drawing_order(const pugi::xml_node& content) {
  std::vector<pugi::xml_node> nodes(content.begin(), content.end());
  const auto rank = [](const pugi::xml_node& node) {
    if (!is_named(node, "Layer")) return 1;
    const auto type = attribute(node, "Type");
    return type == "Background" ? 0 : type == "Foreground" ? 2 : 1;
  };
  std::stable_sort(nodes.begin(), nodes.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return nodes;
}

double usual_width(char32_t c) { return c < 0x2E80 ? 0.5 : 1.0; }  // in sizes

}  // namespace

OfdCanvas::OfdCanvas(cairo_t* cairo, const OfdStructure& document, OfdStructure::Size size, PageLayout* layout)
    : cairo_(cairo), document_(document), fonts_(document), width_(size.width), height_(size.height), layout_(layout) {
  cairo_user_to_device_distance(cairo, &width_, &height_);
}

void OfdCanvas::add(const pugi::xml_node& content, const OfdStyle& style, unsigned depth) {
  if (depth > kDeepest) return;
  for (const auto& node : in_drawing_order(content)) {
    const auto tag = local_name(node);
    if (attribute(node, "Visible") == "false") continue;
    if (tag == "Layer" || tag == "PageBlock" || tag == "Content") {
      auto below = style;
      below.take(node, document_);
      add(node, below, depth + 1);
    } else if (tag == "TextObject" || tag == "PathObject" || tag == "ImageObject" || tag == "CompositeObject") {
      if (objects_left_ == 0) return;
      --objects_left_;
      add_object(node, style, depth);
    }
  }
}

void OfdCanvas::add_object(const pugi::xml_node& object, OfdStyle style, unsigned depth) {
  const Saved saved(cairo_);
  const auto box = box_of(attribute(object, "Boundary"));
  cairo_translate(cairo_, box[0], box[1]);
  clip(child(object, "Clips"));
  style.take(object, document_);
  const double alpha = opacity(object);
  if (alpha < 1) cairo_push_group(cairo_);
  const auto tag = local_name(object);
  if (tag == "PathObject")
    add_outline(object, style);
  else if (tag == "ImageObject")
    add_image(object);
  else if (tag == "CompositeObject")
    add_composite(object, style, depth);
  else
    add_text(object, style);
  if (alpha >= 1) return;
  cairo_pop_group_to_source(cairo_);
  cairo_paint_with_alpha(cairo_, alpha);
}

void OfdCanvas::clip(const pugi::xml_node& clips) {
  for (const auto& one : clips.children()) {
    bool any = false;
    cairo_new_path(cairo_);
    for (const auto& area : one.children()) {
      const auto path = child(area, "Path");
      if (!path) continue;
      const Saved saved(cairo_);
      transform(cairo_, matrix_of(attribute(area, "CTM")));
      const auto box = box_of(attribute(path, "Boundary"));
      cairo_translate(cairo_, box[0], box[1]);
      transform(cairo_, matrix_of(attribute(path, "CTM")));
      add_path(cairo_, child_text(path, "AbbreviatedData"));
      any = true;
    }
    if (any) cairo_clip(cairo_);
    cairo_new_path(cairo_);
  }
}

void OfdCanvas::add_outline(const pugi::xml_node& object, const OfdStyle& style) {
  transform(cairo_, matrix_of(attribute(object, "CTM")));
  cairo_new_path(cairo_);
  add_path(cairo_, child_text(object, "AbbreviatedData"));
  if (attribute(object, "Fill") == "true") {
    cairo_set_fill_rule(cairo_,
                        attribute(object, "Rule") == "Even-Odd" ? CAIRO_FILL_RULE_EVEN_ODD : CAIRO_FILL_RULE_WINDING);
    use(cairo_, style.fill);
    cairo_fill_preserve(cairo_);
  }
  if (attribute(object, "Stroke") != "false" && style.line_width > 0) {
    use(cairo_, style.stroke);
    style.use_lines(cairo_);
    cairo_stroke_preserve(cairo_);
  }
  cairo_new_path(cairo_);
}

void OfdCanvas::add_image(const pugi::xml_node& object) {
  const auto* bytes = document_.image(std::string(attribute(object, "ResourceID")));
  if (bytes == nullptr) return;
  const auto box = box_of(attribute(object, "Boundary"));
  try {
    const auto image = Image::from_file(*bytes);
    largest_picture_ = std::max(largest_picture_, box[2] * box[3]);
    if (attribute(object, "CTM").empty()) return add_picture(image, {0, 0, box[2], box[3]});
    transform(cairo_, matrix_of(attribute(object, "CTM")));
    add_picture(image, {0, 0, 1, 1});
  } catch (const Fault&) {
    return;  // of a kind that nobody reads, or broken: the page is shown without it
  }
}

void OfdCanvas::add_picture(const Image& image, const std::vector<double>& box, bool as_ink) {
  const int width = image.width(), height = image.height();
  auto pixels = image.argb();
  const Saved saved(cairo_);
  cairo_surface_t* surface = cairo_image_surface_create_for_data(reinterpret_cast<unsigned char*>(pixels.data()),
                                                                 CAIRO_FORMAT_ARGB32, width, height, width * 4);
  cairo_translate(cairo_, box[0], box[1]);
  if (box[2] > 0 && box[3] > 0) {
    cairo_scale(cairo_, box[2] / width, box[3] / height);
    cairo_set_source_surface(cairo_, surface, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo_), CAIRO_FILTER_GOOD);
    cairo_pattern_set_extend(cairo_get_source(cairo_), CAIRO_EXTEND_PAD);
    if (as_ink) cairo_set_operator(cairo_, CAIRO_OPERATOR_MULTIPLY);
    cairo_rectangle(cairo_, 0, 0, width, height);
    cairo_fill(cairo_);
  }
  cairo_set_source_rgb(cairo_, 0, 0, 0);
  cairo_surface_finish(surface);
  cairo_surface_destroy(surface);
}

void OfdCanvas::add_composite(const pugi::xml_node& object, const OfdStyle& style, unsigned depth) {
  constexpr unsigned kDepthOfUnit = 8;  // charged for a unit within a unit
  transform(cairo_, matrix_of(attribute(object, "CTM")));
  add(child(document_.unit(std::string(attribute(object, "ResourceID"))), "Content"), style, depth + kDepthOfUnit);
}

void OfdCanvas::add_text(const pugi::xml_node& object, const OfdStyle& style) {
  transform(cairo_, matrix_of(attribute(object, "CTM")));
  use(cairo_, attribute(object, "Fill") == "false" ? style.stroke : style.fill);
  const auto given_size = numbers(attribute(object, "Size"), 1);
  const double size = given_size.empty() || given_size[0] <= 0 ? kDefaultSize : given_size[0];
  const auto given_stretch = numbers(attribute(object, "HScale"), 1);
  const double stretch = given_stretch.empty() || given_stretch[0] <= 0 ? 1 : given_stretch[0];
  const std::string font(attribute(object, "Font"));
  const auto runs = glyph_runs(object, 100'000);
  double x = 0, y = size;
  std::size_t position = 0;
  for (const auto& code : object.children()) {
    if (!is_named(code, "TextCode")) continue;
    if (const auto given = numbers(attribute(code, "X"), 1); !given.empty()) x = given[0];
    if (const auto given = numbers(attribute(code, "Y"), 1); !given.empty()) y = given[0];
    const auto text = to_valid_utf8(code.text().get());
    const auto dx = distances(attribute(code, "DeltaX"), text.size()),
               dy = distances(attribute(code, "DeltaY"), text.size());
    std::size_t index = 0;
    for (std::size_t at = 0; at < text.size(); ++index, ++position) {
      const char32_t c = next_code_point(text, at);
      const auto* run = run_of(runs, position);
      OfdFonts::Glyph glyph;
      if (run != nullptr && position - run->begin < run->glyphs.size())
        glyph = fonts_.of_number(font, static_cast<unsigned long>(std::max(run->glyphs[position - run->begin], 0.0)));
      if (glyph.face == nullptr) glyph = fonts_.of_character(font, c);
      show(glyph, c, x, y, size, stretch);
      const bool told = !dx.empty() || !dy.empty();
      x += index < dx.size() ? dx[index] : told ? 0 : size * stretch * usual_width(c);
      y += index < dy.size() ? dy[index] : 0;
    }
  }
}

void OfdCanvas::show(const OfdFonts::Glyph& glyph, char32_t character, double x, double y, double size,
                     double stretch) {
  double width = size * stretch * usual_width(character);
  if (glyph.face != nullptr) {
    cairo_set_font_face(cairo_, glyph.face);
    cairo_matrix_t matrix;
    cairo_matrix_init_scale(&matrix, size * stretch, size);
    cairo_set_font_matrix(cairo_, &matrix);
    const cairo_glyph_t one{glyph.index, x, y};
    cairo_text_extents_t extents;
    cairo_glyph_extents(cairo_, &one, 1, &extents);
    if (extents.x_advance > 0 && std::isfinite(extents.x_advance)) width = extents.x_advance;
    cairo_show_glyphs(cairo_, &one, 1);
  }
  if (layout_ != nullptr) place(character, x, y, size, width);
}

// From an eighth below the base line to the height of a Han character above it.
void OfdCanvas::place(char32_t character, double x, double y, double size, double width) {
  constexpr double kAbove = 0.88, kBelow = 0.12;
  double left = x, top = y - kAbove * size, right = x + width, bottom = y + kBelow * size;
  cairo_user_to_device(cairo_, &left, &top);
  cairo_user_to_device(cairo_, &right, &bottom);
  if (left > right) std::swap(left, right);
  if (top > bottom) std::swap(top, bottom);
  const auto in = [](double value) { return std::clamp(value, 0.0, 1.0); };
  PlacedCharacter placed;
  append_utf8(placed.text, character);
  placed.box = {in(left / width_), in(top / height_), in(right / width_), in(bottom / height_)};
  auto& before = layout_->characters;
  if (!before.empty()) {
    auto& last = before.back();
    const double height = last.box.bottom - last.box.top;
    const bool same_line = std::fabs(last.box.bottom - placed.box.bottom) < height / 2;
    const bool apart =
        placed.box.left - last.box.right > height * height_ / width_ / 4 || placed.box.left < last.box.left;
    last.after = same_line ? (apart && !(joins_without_space(character)) ? " " : "") : "\n";
  }
  before.push_back(std::move(placed));
}

}  // namespace lantai::extract::worker
