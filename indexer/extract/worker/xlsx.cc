#include "xlsx.h"

#include <algorithm>
#include <cstdlib>

#include "number_format.h"
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

// What a number format shows, without quoted text, escapes, colours and conditions.
std::string plain_code(std::string_view code) {
  std::string plain;
  bool quoted = false, bracketed = false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '"')
      quoted = !quoted;
    else if (quoted)
      continue;
    else if (c == '\\' || c == '_' || c == '*')
      ++i;
    else if (c == '[')
      bracketed = i + 1 < code.size() && std::string_view("hHmMsS").find(code[i + 1]) == std::string_view::npos;
    else if (c == ']')
      bracketed = false;
    else if (c == ';')
      break;
    else if (!bracketed)
      plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return plain;
}

}  // namespace

Workbook::Workbook(const Package& package, Report& report) : package_(package) {
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
  const auto document = package_.optional_xml(part, report);
  for (const auto& item : document.document_element().children())
    if (is_named(item, "si")) strings_.push_back(to_valid_utf8(rich_text(item)));
}

Workbook::Show Workbook::show_for(unsigned format_id, std::string_view code) {
  if (code.empty()) {  // built-in formats (18.8.30), with those of East Asia
    if (format_id == 9 || format_id == 10) return Show::percent;
    if (format_id == 22) return Show::date_time;
    if ((format_id >= 14 && format_id <= 17) || (format_id >= 27 && format_id <= 31) || format_id == 36 ||
        (format_id >= 50 && format_id <= 54) || format_id == 57 || format_id == 58)
      return Show::date;
    if ((format_id >= 18 && format_id <= 21) || (format_id >= 32 && format_id <= 35) ||
        (format_id >= 45 && format_id <= 47) || format_id == 55 || format_id == 56)
      return Show::time;
    return Show::number;
  }
  const auto plain = plain_code(code);
  if (plain.find("general") != std::string::npos) return Show::number;
  const bool date = plain.find_first_of("yd") != std::string::npos;
  const bool time = plain.find_first_of("hs") != std::string::npos;
  if (date || time) return date && time ? Show::date_time : (date ? Show::date : Show::time);
  return plain.find('%') != std::string::npos ? Show::percent : Show::number;
}

void Workbook::read_styles(const std::string& part, Report& report) {
  const auto document = package_.optional_xml(part, report);
  std::map<unsigned, std::string> codes;
  for (const auto& node : child(document.document_element(), "numFmts").children())
    codes[node.attribute("numFmtId").as_uint()] = attribute(node, "formatCode");
  for (const auto& node : child(document.document_element(), "cellXfs").children()) {
    if (!is_named(node, "xf")) continue;
    const auto id = node.attribute("numFmtId").as_uint();
    const auto found = codes.find(id);
    styles_.push_back(show_for(id, found == codes.end() ? std::string_view() : found->second));
  }
}

std::string Workbook::cell_text(const pugi::xml_node& cell) const {
  const auto type = attribute(cell, "t");
  if (type == "inlineStr") return to_valid_utf8(rich_text(child(cell, "is")));
  const std::string value = to_valid_utf8(child(cell, "v").text().get());
  if (value.empty()) return value;
  if (type == "s") {
    const auto index = std::strtoull(value.c_str(), nullptr, 10);
    return index < strings_.size() ? strings_[index] : std::string();
  }
  if (type == "b") return value == "1" ? "TRUE" : "FALSE";
  if (type == "str" || type == "e" || type == "d") return value;
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  if (end == nullptr || *end != '\0') return value;
  const auto style = cell.attribute("s").as_uint();
  switch (style < styles_.size() ? styles_[style] : Show::number) {
    case Show::number:
      return show_number(number);
    case Show::percent:
      return show_percent(number);
    case Show::date:
      return show_date(number, from_1904_, true, false);
    case Show::time:
      return show_date(number, from_1904_, false, true);
    case Show::date_time:
      return show_date(number, from_1904_, true, true);
  }
  return value;
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
