#include "drawing_text.h"

namespace lantai::extract::worker {
namespace {

// The slide, then the speaker's notes, charts and comments.
std::string slide_text(const Package& package, const std::string& part, Report& report) {
  std::string text = drawing_text(package, part, report);
  const auto more = related_drawing_text(package, part, report);
  return more.empty() ? text : text + (text.empty() ? "" : "\n") + more;
}

}  // namespace

// A slide is a page, in the order of the presentation.
void read_pptx(Source& source, Report& report, Context& context, unsigned depth) {
  const Package package(source, report, context.charsets);
  read_properties(package, report);
  const auto main = main_part(package, "ppt/presentation.xml", report);
  const auto presentation = package.xml(main);
  const auto related = relationships(package, main, report);
  std::uint32_t number = 0;
  bool any = false;
  for (const auto& slide : child(presentation.document_element(), "sldIdLst").children()) {
    if (!is_named(slide, "sldId")) continue;
    ++number;
    // Both `id` and `r:id` are there; the relationship is the prefixed one.
    std::string id;
    for (const auto& item : slide.attributes())
      if (std::string_view(item.name()).find(":id") != std::string_view::npos) id = item.value();
    const auto found = related.find(id);
    if (found == related.end()) continue;
    const auto text = slide_text(package, found->second.target, report);
    if (text.empty()) continue;
    any = true;
    report.page(number, text);
  }
  read_ooxml_members(package, "ppt/", any, report, context, depth);
  package.check_whole();
}

}  // namespace lantai::extract::worker
