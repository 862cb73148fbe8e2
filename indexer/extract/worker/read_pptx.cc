#include "ooxml.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

// DrawingML text (ECMA-376 part 1, 21.1.2): paragraphs to lines, table rows to lines of cells.
class SlideText {
 public:
  void walk(const pugi::xml_node& node, unsigned depth = 0) {
    if (depth > kMaxXmlDepth) throw Fault("too_deep", "XML nested more deeply than allowed");
    for (const auto& item : node.children()) element(item, depth);
  }
  std::string take() { return tidy(to_valid_utf8(text_)); }

 private:
  void element(const pugi::xml_node& node, unsigned depth) {
    const auto tag = local_name(node);
    if (tag == "t") {
      text_ += node.text().get();
    } else if (tag == "br") {
      text_ += '\n';
    } else if (tag == "p") {
      walk(node, depth + 1);
      text_ += in_cell_ ? ' ' : '\n';
    } else if (tag == "tc") {
      in_cell_ = true;
      walk(node, depth + 1);
      in_cell_ = false;
      while (!text_.empty() && text_.back() == ' ') text_.pop_back();
      text_ += '\t';
    } else if (tag == "tr") {
      walk(node, depth + 1);
      while (!text_.empty() && text_.back() == '\t') text_.pop_back();
      text_ += '\n';
    } else if (tag == "sp" && is_page_furniture(node)) {
      return;
    } else if (tag != "Fallback") {
      walk(node, depth + 1);
    }
  }

  // The number of the slide is not what it says.
  static bool is_page_furniture(const pugi::xml_node& shape) {
    const auto placeholder = child(child(child(shape, "nvSpPr"), "nvPr"), "ph");
    return attribute(placeholder, "type") == "sldNum";
  }

  bool in_cell_ = false;
  std::string text_;
};

std::string part_text(const Package& package, const std::string& part, Report& report) {
  const auto document = package.optional_xml(part, report);
  SlideText text;
  text.walk(document.document_element());
  return text.take();
}

// The slide, then the speaker's notes and comments.
std::string slide_text(const Package& package, const std::string& part, Report& report) {
  std::string text = part_text(package, part, report);
  for (const auto& [id, relationship] : relationships(package, part, report)) {
    if (relationship.type != "notesSlide" && relationship.type != "diagramData") continue;
    const auto more = part_text(package, relationship.target, report);
    if (!more.empty()) text += (text.empty() ? "" : "\n") + more;
  }
  return text;
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
  read_ooxml_members(package, "ppt/", !any, report, context, depth);
  package.check_whole();
}

}  // namespace lantai::extract::worker
