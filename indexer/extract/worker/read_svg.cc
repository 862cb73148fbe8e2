#include "extract.h"
#include "utf8.h"
#include "xml.h"

namespace lantai::extract::worker {
namespace {

// SVG 1.1, 10.4 and 5.4: the text elements, in the order in which they are drawn, and what describes the drawing.
class SvgText {
 public:
  std::string title, description, text;

  void walk(const pugi::xml_node& node, unsigned depth) {
    if (depth > kMaxXmlDepth) throw Fault("too_deep", "XML nested more deeply than allowed");
    for (const auto& item : node.children()) {
      const auto tag = local_name(item);
      if (tag == "title" && title.empty()) {
        title = trim(item.text().get());
      } else if (tag == "desc" && description.empty()) {
        description = trim(item.text().get());
      } else if (tag == "text") {
        characters(item, depth + 1);
        text += '\n';
      } else if (tag != "script" && tag != "style" && tag != "metadata") {
        walk(item, depth + 1);
      }
    }
  }

 private:
  void characters(const pugi::xml_node& node, unsigned depth) {
    if (depth > kMaxXmlDepth) throw Fault("too_deep", "XML nested more deeply than allowed");
    for (const auto& item : node.children()) {
      if (item.type() == pugi::node_pcdata || item.type() == pugi::node_cdata) {
        text += item.value();
      } else {
        // A run with a place of its own begins a line.
        if (is_named(item, "tspan") && item.attribute("y") && !text.empty() && text.back() != '\n') text += '\n';
        characters(item, depth + 1);
      }
    }
  }
};

}  // namespace

void read_svg(Source& source, Report& report, const Context& context) {
  const auto bytes = source.all();
  if (defines_entities(bytes)) report.warning("entities_not_expanded", "shown as they are written");
  const auto document = parse_xml(bytes, context.charsets);
  const auto root = document.document_element();
  SvgText read;
  read.walk(root, 0);
  report.title(read.title);
  report.metadata("description", read.description);
  report.metadata("width", attribute(root, "width"));
  report.metadata("height", attribute(root, "height"));
  const auto text = tidy(to_valid_utf8(read.text));
  if (!text.empty()) report.page(1, text);
}

}  // namespace lantai::extract::worker
