#include "drawing_text.h"

#include <algorithm>
#include <array>

#include "utf8.h"

namespace lantai::extract::worker {
namespace {

class DrawingText {
 public:
  void walk(const pugi::xml_node& node, unsigned depth = 0) {
    if (depth > kMaxXmlDepth) throw Fault("too_deep", "XML nested more deeply than allowed");
    for (const auto& item : node.children()) element(item, depth);
  }
  std::string take() { return tidy(to_valid_utf8(text_)); }

 private:
  void element(const pugi::xml_node& node, unsigned depth) {
    const auto tag = local_name(node);
    if (tag == "t" && !child(node, "p")) {  // SmartArt has one around its paragraphs
      text_ += node.text().get();
    } else if (tag == "text") {
      comment(node, depth);
    } else if (tag == "strCache") {
      names(node);
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

  // Of a slide's or a cell's comment: bare text, or runs of it.
  void comment(const pugi::xml_node& node, unsigned depth) {
    text_ += node.text().get();
    walk(node, depth + 1);
    text_ += '\n';
  }

  // What a chart's axes and series are called.
  void names(const pugi::xml_node& cache) {
    for (const auto& point : cache.children())
      if (const auto name = child_text(point, "v"); !name.empty()) text_ += name + '\n';
  }

  // The number of the slide is not what it says.
  static bool is_page_furniture(const pugi::xml_node& shape) {
    const auto placeholder = child(child(child(shape, "nvSpPr"), "nvPr"), "ph");
    return attribute(placeholder, "type") == "sldNum";
  }

  bool in_cell_ = false;
  std::string text_;
};

constexpr std::array<std::string_view, 9> kRelated = {"notesSlide", "diagramData",     "chart",
                                                      "chartEx",    "chartUserShapes", "drawing",
                                                      "comments",   "comment",         "threadedComment"};

}  // namespace

std::string drawing_text(const Package& package, const std::string& part, Report& report) {
  const auto document = package.optional_xml(part, report);
  DrawingText text;
  text.walk(document.document_element());
  return text.take();
}

std::string related_drawing_text(const Package& package, const std::string& part, Report& report, unsigned depth) {
  constexpr unsigned kDeepest = 3;  // a sheet's drawing, its chart, the chart's shapes
  std::string text;
  if (depth == kDeepest) return text;
  for (const auto& [id, relationship] : relationships(package, part, report)) {
    if (std::find(kRelated.begin(), kRelated.end(), relationship.type) == kRelated.end()) continue;
    for (const auto& more : {drawing_text(package, relationship.target, report),
                             related_drawing_text(package, relationship.target, report, depth + 1)})
      if (!more.empty()) text += (text.empty() ? "" : "\n") + more;
  }
  return text;
}

}  // namespace lantai::extract::worker
