#include "lantai/records/csv.h"

#include <istream>
#include <ostream>

#include "lantai/base/error.h"

namespace lantai::records {
namespace {

constexpr std::string_view kFormulaStarts = "=+-@\t\r";

bool runs_as_formula(std::string_view text) {
  return !text.empty() && kFormulaStarts.find(text.front()) != std::string_view::npos;
}

// The text behind any number of quotation marks.
std::string_view behind_marks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of('\''), text.size()));
}

}  // namespace

void write_csv_row(std::ostream& out, const std::vector<std::string>& cells) {
  bool first = true;
  for (const auto& cell : cells) {
    if (!first) out << ',';
    first = false;
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
      out << cell;
      continue;
    }
    out << '"';
    for (const char c : cell) out << (c == '"' ? "\"\"" : std::string(1, c));
    out << '"';
  }
  out << "\r\n";
}

std::string formula_safe(std::string text) {
  if (runs_as_formula(behind_marks(text))) text.insert(0, 1, '\'');
  return text;
}

std::string formula_plain(std::string text) {
  if (text.starts_with('\'') && runs_as_formula(behind_marks(text))) text.erase(0, 1);
  return text;
}

void CsvReader::fail() const {
  throw Error(ErrorCode::invalid_argument, "row at line " + std::to_string(line_) + " is not CSV", "import.bad_row",
              {{"row", std::to_string(line_)}});
}

int CsvReader::get() {
  const int c = in_.get();
  if (c == '\n') ++next_line_;
  if (++bytes_ > kMaxRowBytes) fail();
  return c;
}

std::optional<std::vector<std::string>> CsvReader::next() {
  constexpr int kEnd = std::istream::traits_type::eof();
  if (!started_) {
    started_ = true;
    if (in_.peek() == 0xEF) {
      for (const char expected : kByteOrderMark) {
        if (in_.get() != static_cast<unsigned char>(expected)) fail();
      }
    }
  }
  line_ = next_line_;
  bytes_ = 0;
  if (in_.peek() == kEnd) return std::nullopt;
  std::vector<std::string> row(1);
  bool quoted = false, cell_begins = true;
  for (;;) {
    const int c = get();
    if (c == kEnd) {
      if (quoted) fail();
      return row;
    }
    if (quoted) {
      if (c != '"') {
        row.back() += static_cast<char>(c);
      } else if (in_.peek() == '"') {
        row.back() += static_cast<char>(get());
      } else {
        quoted = false;
      }
    } else if (c == '"' && cell_begins) {
      quoted = true;
    } else if (c == ',') {
      row.emplace_back();
      cell_begins = true;
      continue;
    } else if (c == '\n' || (c == '\r' && (in_.peek() == '\n' || in_.peek() == kEnd))) {
      if (c == '\r' && in_.peek() == '\n') get();
      return row;
    } else {
      row.back() += static_cast<char>(c);
    }
    cell_begins = false;
  }
}

}  // namespace lantai::records
