#include <algorithm>
#include <set>
#include <vector>

#include "package.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

constexpr unsigned kMaxRepeat = 64;  // of spaces and cells; spreadsheets repeat empty cells to their edge

// OpenDocument 1.2 part 1: paragraphs to lines, table rows to lines of cells; a slide or a sheet is a page.
class OdfText {
 public:
  explicit OdfText(std::set<std::string> hidden_styles = {}) : hidden_styles_(std::move(hidden_styles)) {}
  bool hidden() const { return hidden_; }
  void walk(const pugi::xml_node& node, unsigned depth = 0) {
    if (depth > kMaxXmlDepth) throw Fault("too_deep", "XML nested more deeply than allowed");
    for (const auto& item : node.children()) element(item, depth);
  }
  std::vector<std::string> take() {
    pages_.push_back(std::move(page_));
    return std::move(pages_);
  }

 private:
  void element(const pugi::xml_node& node, unsigned depth) {
    const auto tag = local_name(node);
    const std::string_view whole = node.name();
    if (whole == "text:hidden-text" || hidden_styles_.contains(node.attribute("text:style-name").value()))
      hidden_ = true;
    if (node.type() == pugi::node_pcdata) {
      if (in_paragraph_ > 0) page_ += node.value();
    } else if (whole == "text:tab") {
      page_ += '\t';
    } else if (whole == "text:line-break") {
      page_ += '\n';
    } else if (whole == "text:s") {
      page_.append(std::min(node.attribute("text:c").as_uint(1), kMaxRepeat), ' ');
    } else if (tag == "p" || tag == "h") {
      paragraph(node, depth);
    } else if (whole == "office:annotation") {
      annotation(node, depth);
    } else if (tag == "table-cell") {
      cell(node, depth);
    } else if (tag == "table-row") {
      walk(node, depth + 1);
      trim_end();
      page_ += '\n';
    } else if (whole == "draw:page" || (whole == "table:table" && is_named(node.parent(), "spreadsheet"))) {
      page_break(node);
      walk(node, depth + 1);
    } else if (tag != "tracked-changes" && tag != "ruby-text") {
      walk(node, depth + 1);
    }
  }

  void paragraph(const pugi::xml_node& node, unsigned depth) {
    ++in_paragraph_;
    walk(node, depth + 1);
    --in_paragraph_;
    page_ += in_cell_ ? ' ' : '\n';
  }

  // Within the sentence that it stands at: `[李明: 请核对]`.
  void annotation(const pugi::xml_node& node, unsigned depth) {
    const bool outer = in_cell_;
    in_cell_ = true;
    page_ += '[';
    if (const auto author = child_text(node, "creator"); !author.empty()) page_ += author + ": ";
    for (const auto& part : node.children())
      if (local_name(part) == "p" || local_name(part) == "list") element(part, depth + 1);
    while (!page_.empty() && page_.back() == ' ') page_.pop_back();
    page_ += ']';
    in_cell_ = outer;
  }

  void cell(const pugi::xml_node& node, unsigned depth) {
    const bool outer = in_cell_;
    in_cell_ = true;
    walk(node, depth + 1);
    in_cell_ = outer;
    while (!page_.empty() && page_.back() == ' ') page_.pop_back();
    page_.append(std::min(node.attribute("table:number-columns-repeated").as_uint(1), kMaxRepeat), '\t');
  }

  void page_break(const pugi::xml_node& node) {
    if (begun_) {
      pages_.push_back(std::move(page_));
      page_.clear();
    }
    begun_ = true;
    if (is_named(node, "table")) page_ += std::string(attribute(node, "name")) + '\n';
  }

  void trim_end() {
    while (!page_.empty() && (page_.back() == '\t' || page_.back() == ' ')) page_.pop_back();
  }

  const std::set<std::string> hidden_styles_;
  unsigned in_paragraph_ = 0;
  bool in_cell_ = false, begun_ = false, hidden_ = false;
  std::string page_;
  std::vector<std::string> pages_;
};

// Styles whose text is not shown (OpenDocument 1.2 part 1, 20.409).
std::set<std::string> hidden_styles(const pugi::xml_document& document) {
  std::set<std::string> names;
  for (const auto* group : {"automatic-styles", "styles"})
    for (const auto& style : child(document.document_element(), group).children())
      if (attribute(child(style, "text-properties"), "display") == "none") names.emplace(attribute(style, "name"));
  return names;
}

// Headers or footers of all page layouts, each text once.
std::string page_furniture(const pugi::xml_document& styles, std::string_view which) {
  std::string all;
  for (const auto& layout : child(styles.document_element(), "master-styles").children()) {
    for (const auto& node : layout.children()) {
      if (local_name(node).substr(0, which.size()) != which) continue;
      OdfText text;
      text.walk(node);
      const auto line = tidy(to_valid_utf8(text.take().front()));
      if (!line.empty() && all.find(line) == std::string::npos) all += line + '\n';
    }
  }
  return all;
}

void read_odf_properties(const Package& package, Report& report) {
  const auto document = package.optional_xml("meta.xml", report);
  const auto meta = child(document.document_element(), "meta");
  report.title(child_text(meta, "title"));
  for (const auto& [name_there, name_here] : {std::pair{"initial-creator", "author"},
                                              {"creator", "last_modified_by"},
                                              {"subject", "subject"},
                                              {"description", "description"},
                                              {"keyword", "keywords"},
                                              {"creation-date", "created"},
                                              {"date", "modified"},
                                              {"generator", "creator"}}) {
    report.metadata(name_here, child_text(meta, name_there));
  }
}

}  // namespace

void read_odf(Source& source, const Identity& identity, Report& report, Context& context, unsigned depth) {
  const Package package(source, report, context.charsets);
  const auto* manifest = package.find("META-INF/manifest.xml");
  if (manifest != nullptr && as_chars(*manifest).find("encryption-data") != std::string_view::npos)
    throw Fault("encrypted", "protected by a password");
  report_signatures(package, report);
  read_odf_properties(package, report);
  const auto document = package.xml("content.xml");
  // OpenDocument 1.2 part 1, 19.388
  if (const auto version = attribute(document.document_element(), "version"); !version.empty())
    report.identified(identity.media_type, identity.format + " " + std::string(version));
  const auto styles = package.optional_xml("styles.xml", report);
  auto hidden = hidden_styles(document);
  hidden.merge(hidden_styles(styles));
  OdfText text(std::move(hidden));
  text.walk(child(document.document_element(), "body"));
  if (text.hidden()) report.warning("hidden_text", "some of the text is marked as hidden");
  auto pages = text.take();
  pages.front() = page_furniture(styles, "header") + pages.front();
  if (const auto footer = page_furniture(styles, "footer"); !footer.empty())
    pages.back() = tidy(pages.back()) + "\n" + footer;
  std::uint32_t number = 0;
  bool any = false;
  for (const auto& content : pages) {
    ++number;
    const auto page = tidy(to_valid_utf8(content));
    if (page.empty()) continue;
    any = true;
    report.page(number, page);
  }
  read_package_members(package, {"Pictures/"}, any, report, context, depth);
  package.check_whole();
}

}  // namespace lantai::extract::worker
