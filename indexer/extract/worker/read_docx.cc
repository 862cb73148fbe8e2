#include <vector>

#include "docx_numbering.h"
#include "drawing_text.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

// WordprocessingML (ECMA-376 part 1, 17) to lines and pages.
class WordText {
 public:
  // Word leaves marks where it last broke pages. Where it left any, the author's own breaks are among them.
  // `numbering`: of the main text; none elsewhere.
  explicit WordText(bool rendered_breaks, DocxNumbering* numbering = nullptr)
      : rendered_breaks_(rendered_breaks), numbering_(numbering) {}

  void walk(const pugi::xml_node& node, unsigned depth = 0) {
    if (depth > kMaxXmlDepth) throw Fault("too_deep", "XML nested more deeply than allowed");
    for (const auto& item : node.children()) element(item, depth);
  }
  std::vector<std::string> take() {
    pages_.push_back(std::move(page_));
    page_.clear();
    return std::move(pages_);
  }
  bool hidden() const { return hidden_; }

 private:
  void element(const pugi::xml_node& node, unsigned depth) {
    const auto tag = local_name(node);
    if (tag == "t") {
      page_ += node.text().get();
    } else if (tag == "tab" || tag == "ptab") {
      if (is_named(node.parent(), "r")) page_ += '\t';
    } else if (tag == "br" || tag == "cr") {
      if (attribute(node, "type") == "page" && !rendered_breaks_)
        page_break();
      else
        page_ += '\n';
    } else if (tag == "lastRenderedPageBreak") {
      page_break();
    } else if (tag == "noBreakHyphen") {
      page_ += '-';
    } else if (tag == "tc") {
      cell(node, depth);
    } else if (tag == "vanish") {
      hidden_ = hidden_ || attribute(node, "val") != "0";
    } else if (tag == "p") {
      if (numbering_ != nullptr) page_ += numbering_->label(node);
      walk(node, depth + 1);
      page_ += in_cell_ ? ' ' : '\n';
    } else if (tag == "tr") {
      row(node, depth);
    } else if (tag != "del" && tag != "moveFrom" && tag != "Fallback" && tag != "instrText" && tag != "tabs" &&
               tag != "rt") {
      walk(node, depth + 1);
    }
  }

  void row(const pugi::xml_node& node, unsigned depth) {
    walk(node, depth + 1);
    while (!page_.empty() && (page_.back() == '\t' || page_.back() == ' ')) page_.pop_back();
    page_ += in_cell_ ? ' ' : '\n';
  }

  // A cell is one field of its row, however many paragraphs it has.
  void cell(const pugi::xml_node& node, unsigned depth) {
    const bool outer = in_cell_;
    in_cell_ = true;
    walk(node, depth + 1);
    in_cell_ = outer;
    while (!page_.empty() && page_.back() == ' ') page_.pop_back();
    page_ += in_cell_ ? ' ' : '\t';
  }

  void page_break() {
    pages_.push_back(std::move(page_));
    page_.clear();
  }

  const bool rendered_breaks_;
  DocxNumbering* const numbering_;
  bool in_cell_ = false, hidden_ = false;
  std::string page_;
  std::vector<std::string> pages_;
};

bool has_rendered_breaks(const Bytes* part) {
  return part != nullptr && as_chars(*part).find("lastRenderedPageBreak") != std::string_view::npos;
}

// The part of a type that `main` refers to; empty if there is none.
pugi::xml_document related_part(const Package& package, const std::string& main, std::string_view type,
                                Report& report) {
  for (const auto& [id, relationship] : relationships(package, main, report))
    if (relationship.type == type) return package.optional_xml(relationship.target, report);
  return {};
}

std::string whole_text(const Package& package, const std::string& part, Report& report) {
  const auto document = package.optional_xml(part, report);
  WordText text(false);
  text.walk(document.document_element());
  std::string all;
  for (const auto& page : text.take()) all += page;
  return tidy(all);
}

// Headers stand before the first page's text; footers, notes, comments, charts and SmartArt behind the last page's.
void add_side_parts(const Package& package, const std::string& main, Report& report, std::vector<std::string>& pages) {
  std::string before, behind;
  for (const auto& [id, relationship] : relationships(package, main, report)) {
    const auto& type = relationship.type;
    const bool drawn = type == "chart" || type == "chartEx" || type == "diagramData";
    if (!drawn && type != "header" && type != "footer" && type != "footnotes" && type != "endnotes" &&
        type != "comments")
      continue;
    const auto text =
        drawn ? drawing_text(package, relationship.target, report) : whole_text(package, relationship.target, report);
    auto& place = type == "header" ? before : behind;
    if (!text.empty() && place.find(text) == std::string::npos) place += text + '\n';
  }
  pages.front() = before + pages.front();
  auto& last = pages.back();
  if (!behind.empty()) last = tidy(last) + (tidy(last).empty() ? "" : "\n") + behind;
}

// Other documents that are to be read in the place of a mark (altChunk).
void read_chunks(const Package& package, const std::string& main, Report& report, Context& context, unsigned depth) {
  for (const auto& [id, relationship] : relationships(package, main, report)) {
    const auto* bytes = relationship.type == "aFChunk" ? package.find(relationship.target) : nullptr;
    if (bytes == nullptr) continue;
    Report member = report.embed(relationship.target, as_bytes(relationship.target));
    extract_embedded(*bytes, member, context, depth + 1);
  }
}

}  // namespace

void read_docx(Source& source, Report& report, Context& context, unsigned depth) {
  const Package package(source, report, context.charsets);
  read_properties(package, report);
  const auto main = main_part(package, "word/document.xml", report);
  const auto document = package.xml(main);
  const auto numbers = related_part(package, main, "numbering", report);
  const auto styles = related_part(package, main, "styles", report);
  DocxNumbering numbering(numbers, styles);
  WordText text(has_rendered_breaks(package.find(main)), &numbering);
  text.walk(document.document_element());
  if (text.hidden()) report.warning("hidden_text", "some of the text is marked as hidden");
  auto pages = text.take();
  add_side_parts(package, main, report, pages);
  bool any = false;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const auto page = tidy(to_valid_utf8(pages[i]));
    if (page.empty()) continue;
    any = true;
    report.page(static_cast<std::uint32_t>(i + 1), page);
  }
  read_chunks(package, main, report, context, depth);
  read_ooxml_members(package, "word/", any, report, context, depth);
  package.check_whole();
}

}  // namespace lantai::extract::worker
