#include "drawing_text.h"
#include "utf8.h"
#include "xlsx.h"

namespace lantai::extract::worker {
namespace {

// One line of a page: line breaks and tabs inside a cell become spaces.
std::string row_line(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += '\t';
    for (const char c : cells[i]) line += c == '\n' || c == '\t' || c == '\r' ? ' ' : c;
  }
  return line;
}

}  // namespace

// A sheet is a page; its first line is the sheet's name.
void read_xlsx(Source& source, Report& report, Context& context, unsigned depth) {
  const Package package(source, report, context.charsets);
  read_properties(package, report);
  const Workbook workbook(package, report, Cells::as_shown);
  std::uint32_t number = 0;
  for (const auto& sheet : workbook.sheets()) {
    ++number;
    if (sheet.hidden) report.warning("hidden_text", "the sheet " + sheet.name + " is hidden");
    if (package.find(sheet.part) == nullptr) continue;
    std::string text = sheet.name + '\n';
    workbook.rows(sheet, [&](const std::vector<std::string>& cells) {
      if (!cells.empty()) text += row_line(cells) + '\n';
    });
    text += workbook.page_furniture(sheet);
    report.page(number, tidy(text + related_drawing_text(package, sheet.part, report)));
  }
  read_ooxml_members(package, "xl/", true, report, context, depth);
  package.check_whole();
}

}  // namespace lantai::extract::worker
