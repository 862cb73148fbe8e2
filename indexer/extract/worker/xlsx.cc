#include "xlsx.h"

#include <algorithm>
#include <cstdlib>

#include "utf8.h"

namespace lantai::extract::worker {
namespace {

constexpr std::size_t kMaxColumns = 16'384;  // the format's own limit

// `AB12` → 27
std::size_t column_of(std::string_view reference) {
  std::size_t column = 0;
  for (const char c : reference) {
    if (c < 'A' || c > 'Z' || column > kMaxColumns) break;
    column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
  }
  return column == 0 ? 0 : column - 1;
}

// Runs of rich text, without the phonetic readings beside them.
std::string rich_text(const pugi::xml_node& node) {
  std::string text;
  for (const auto& item : node.children()) {
    if (is_named(item, "t")) text += item.text().get();
    if (is_named(item, "r")) text += rich_text(item);
  }
  return text;
}

// `_x000D_` stands for a character that XML does not take (22.9.2.19).
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto code = text.substr(at, 7);
    const bool escape = code.size() == 7 && code.substr(0, 2) == "_x" && code[6] == '_' &&
                        code.find_first_not_of("0123456789abcdefABCDEF", 2) == 6;
    if (!escape) {
      out += text[at];
      continue;
    }
    const auto value = static_cast<char32_t>(std::strtoul(std::string(code.substr(2, 4)).c_str(), nullptr, 16));
    if (value != '\r' && (value < 0xD800 || value > 0xDFFF)) append_utf8(out, value);
    at += 6;
  }
  return out;
}

// Header and footer: text among codes that begin with `&` (18.3.1.46).
std::string without_codes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '&' || at + 1 == text.size()) {
      out += text[at];
      continue;
    }
    const char code = text[++at];
    if (code == '&') out += '&';
    if (code == 'L' || code == 'C' || code == 'R') out += ' ';
    if (code == '"') at = std::min(text.find('"', at + 1), text.size() - 1);  // a font
    if (code == 'K') at = std::min(at + 6, text.size() - 1);                  // a colour
    if (code >= '0' && code <= '9')                                           // a size
      while (at + 1 < text.size() && text[at + 1] >= '0' && text[at + 1] <= '9') ++at;
  }
  return trim(out);
}

}  // namespace

Workbook::Workbook(const Package& package, Report& report, Cells cells) : package_(package), cells_(cells) {
  const auto main = main_part(package, "xl/workbook.xml", report);
  const auto document = package.xml(main);
  const auto workbook = document.document_element();
  const auto date_1904 = attribute(child(workbook, "workbookPr"), "date1904");
  from_1904_ = date_1904 == "1" || date_1904 == "true";
  const auto related = relationships(package, main, report);
  for (const auto& [id, relationship] : related) {
    if (relationship.type == "sharedStrings") read_shared_strings(relationship.target, report);
    if (relationship.type == "styles") read_styles(relationship.target, report);
  }
  for (const auto& node : child(workbook, "sheets").children()) {
    const auto found = related.find(std::string(attribute(node, "id")));
    if (found == related.end()) continue;
    const auto state = attribute(node, "state");
    sheets_.push_back(
        {std::string(attribute(node, "name")), found->second.target, state == "hidden" || state == "veryHidden"});
  }
}

void Workbook::read_shared_strings(const std::string& part, Report& report) {
  if (package_.find(part) == nullptr) report.warning("part_unreadable", part + ": it is missing");
  const auto document = package_.optional_xml(part, report);
  for (const auto& item : document.document_element().children())
    if (is_named(item, "si")) strings_.push_back(unescaped(to_valid_utf8(rich_text(item))));
}

void Workbook::read_styles(const std::string& part, Report& report) {
  const auto document = package_.optional_xml(part, report);
  std::map<unsigned, std::string> codes;
  for (const auto& node : child(document.document_element(), "numFmts").children())
    codes[node.attribute("numFmtId").as_uint()] = to_valid_utf8(attribute(node, "formatCode"));
  for (const auto& node : child(document.document_element(), "cellXfs").children()) {
    if (!is_named(node, "xf")) continue;
    const auto id = node.attribute("numFmtId").as_uint();
    const auto found = codes.find(id);
    styles_.emplace_back(found == codes.end() ? built_in_format(id) : found->second);
  }
}

std::string Workbook::number_text(double value, unsigned style) const {
  if (style >= styles_.size()) return show_number(value);
  return cells_ == Cells::as_shown ? styles_[style].shown(value, from_1904_) : styles_[style].plain(value, from_1904_);
}

std::string Workbook::cell_text(const pugi::xml_node& cell) const {
  const auto type = attribute(cell, "t");
  if (type == "inlineStr") return unescaped(to_valid_utf8(rich_text(child(cell, "is"))));
  const std::string value = to_valid_utf8(child(cell, "v").text().get());
  if (value.empty()) return value;
  if (type == "s") {
    const auto index = std::strtoull(value.c_str(), nullptr, 10);
    return index < strings_.size() ? strings_[index] : std::string();
  }
  if (type == "b") return value == "1" ? "TRUE" : "FALSE";
  if (type == "str") return unescaped(value);
  if (type == "e" || type == "d") return value;
  constexpr std::size_t kDigitsOfDouble = 15;
  if (value.size() > kDigitsOfDouble && value.find_first_not_of("0123456789") == std::string::npos) return value;
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  return end == nullptr || *end != '\0' ? value : number_text(number, cell.attribute("s").as_uint());
}

std::string Workbook::page_furniture(const Sheet& sheet) const {
  const auto document = package_.xml(sheet.part);
  std::string lines;
  for (const auto& node : child(document.document_element(), "headerFooter").children()) {
    const auto line = without_codes(to_valid_utf8(node.text().get()));
    if (!line.empty() && lines.find(line) == std::string::npos) lines += line + '\n';
  }
  return lines;
}

void Workbook::rows(const Sheet& sheet, const OnRow& on_row) const {
  const auto document = package_.xml(sheet.part);
  for (const auto& row : child(document.document_element(), "sheetData").children()) {
    std::vector<std::string> cells;
    for (const auto& cell : row.children()) {
      if (!is_named(cell, "c")) continue;
      const auto reference = attribute(cell, "r");
      const auto column = reference.empty() ? cells.size() : column_of(reference);
      if (column >= kMaxColumns) continue;
      if (cells.size() <= column) cells.resize(column + 1);
      cells[column] = cell_text(cell);
    }
    while (!cells.empty() && cells.back().empty()) cells.pop_back();
    on_row(cells);
  }
}

}  // namespace lantai::extract::worker
