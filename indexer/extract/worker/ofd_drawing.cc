#include "ofd_drawing.h"

#include <algorithm>

#include "fault.h"
#include "ofd_canvas.h"
#include "ofd_layout.h"
#include "ofd_numbers.h"
#include "ofd_signatures.h"
#include "plausible.h"

namespace lantai::extract::worker {
namespace {

struct DestroyContext {
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
};
struct DestroySurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using Pen = std::unique_ptr<cairo_t, DestroyContext>;
using Surface = std::unique_ptr<cairo_surface_t, DestroySurface>;

// Templates behind the page's own layers, or before them (7.7).
void add_templates(const OfdStructure& document, const pugi::xml_node& page, bool in_front, OfdCanvas& canvas) {
  for (const auto& node : page.children()) {
    if (!is_named(node, "Template") || (attribute(node, "ZOrder") == "Foreground") != in_front) continue;
    const auto part = document.template_page(std::string(attribute(node, "TemplateID")));
    canvas.add(child(part.document_element(), "Content"));
  }
}

void add_annotations(const OfdStructure& document, const std::string& page, cairo_t* cairo, OfdCanvas& canvas) {
  const auto annotations = document.annotations_of(page);
  for (const auto& annotation : annotations.document_element().children()) {
    if (attribute(annotation, "Visible") == "false") continue;
    const auto appearance = child(annotation, "Appearance");
    const auto box = box_of(attribute(appearance, "Boundary"));
    cairo_save(cairo);
    cairo_translate(cairo, box[0], box[1]);
    canvas.add(appearance);
    cairo_restore(cairo);
  }
}

}  // namespace

std::uint32_t OfdDrawing::page_count() const {
  std::size_t count = 0;
  for (const auto& root : OfdStructure::bodies(package_)) count += OfdStructure(package_, root, report_).pages().size();
  return static_cast<std::uint32_t>(count);
}

Image OfdDrawing::render(std::uint32_t number, std::uint32_t width) const { return draw(number, width, nullptr); }

OfdDrawing::Look OfdDrawing::look(std::uint32_t number) const {
  constexpr std::uint32_t kWide = 800;
  Look look;
  draw(number, kWide, &look);
  return look;
}

// A seal may be an OFD itself; one within it is not drawn.
Image OfdDrawing::seal_picture(const OfdSignature& signature, double width) const {
  if (signature.picture_kind != "ofd") return Image::from_file(signature.picture);
  Source source(signature.picture);
  const Package seal(source, report_, charsets_);
  return OfdDrawing(seal, report_, charsets_, false)
      .render(1, static_cast<std::uint32_t>(std::clamp(width, 50.0, 2000.0)));
}

void OfdDrawing::add_seals(const std::string& root, const std::string& page, double scale, OfdCanvas& canvas) const {
  for (const auto& signature : read_ofd_signatures(package_, root, report_, Checked::no)) {
    for (const auto& stamp : signature.stamps) {
      if (stamp.page != page || signature.picture.empty()) continue;
      try {
        canvas.add_picture(seal_picture(signature, stamp.box[2] * scale), stamp.box, true);
      } catch (const Fault&) {
        continue;  // of a kind that nobody reads, or broken: the page is shown without it
      }
    }
  }
}

Image OfdDrawing::draw(std::uint32_t number, std::uint32_t width, Look* look) const {
  constexpr double kHighest = 20;  // widths
  std::uint32_t before = 0;
  for (const auto& root : OfdStructure::bodies(package_)) {
    OfdStructure document(package_, root, report_);
    const auto count = static_cast<std::uint32_t>(document.pages().size());
    if (number == 0 || number > before + count) {
      before += count;
      continue;
    }
    const auto& page = document.pages()[number - before - 1];
    const auto part = package_.optional_xml(page.part, report_);
    const auto content = part.document_element();
    if (!content) damaged("the page is missing");
    document.read_page_resources(page, content);
    const auto size = document.size_of(content);
    if (size.height > size.width * kHighest) throw Fault("too_large", "the page is too high for its width");
    const double scale = width / size.width;
    const int across = static_cast<int>(width), down = std::max(1, static_cast<int>(size.height * scale + 0.5));
    if (std::int64_t{across} * down > kMaxPixels) throw Fault("too_large", "the page has too many pixels");
    const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, across, down));
    const Pen cairo(cairo_create(surface.get()));
    if (cairo_status(cairo.get()) != CAIRO_STATUS_SUCCESS) throw std::bad_alloc();
    cairo_set_source_rgb(cairo.get(), 1, 1, 1);
    cairo_paint(cairo.get());
    cairo_scale(cairo.get(), scale, scale);
    OfdCanvas canvas(cairo.get(), document, size, look == nullptr ? nullptr : &look->layout);
    add_templates(document, content, false, canvas);
    canvas.add(child(content, "Content"));
    add_templates(document, content, true, canvas);
    add_annotations(document, page.id, cairo.get(), canvas);
    if (look != nullptr && canvas.largest_picture() > 0)
      look->scan = is_scan(count_legible(look->layout.text()), canvas.largest_picture() / (size.width * size.height));
    if (with_seals_) add_seals(root, page.id, scale, canvas);
    cairo_surface_flush(surface.get());
    return Image::from_bgra(cairo_image_surface_get_data(surface.get()), across, down,
                            static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get())));
  }
  damaged("there is no such page");
}

}  // namespace lantai::extract::worker
