// How are rows written as CSV and read back? RFC 4180: commas, CRLF, quotes doubled; read also with LF alone and with
// quotes where none are needed. Pure on streams; thread-compatible.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lantai::records {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

void write_csv_row(std::ostream& out, const std::vector<std::string>& cells);

// A cell that begins with = + - @ tab or carriage return is run as a formula by spreadsheets; a quotation mark in front
// stops that, and formula_plain takes it away again. Text that begins with the mark and one of those gets one more.
std::string formula_safe(std::string text);
std::string formula_plain(std::string text);

class CsvReader {
 public:
  explicit CsvReader(std::istream& in) : in_(in) {}
  // The next row; nullopt at the end. Throws invalid_argument (`import.bad_row`) on a quote that is never closed and on
  // a row beyond kMaxRowBytes.
  std::optional<std::vector<std::string>> next();
  std::size_t line() const { return line_; }  // where the last row began, from 1
  static constexpr std::size_t kMaxRowBytes = 8U << 20U;

 private:
  [[noreturn]] void fail() const;
  int get();

  std::istream& in_;
  std::size_t line_ = 0, next_line_ = 1, bytes_ = 0;
  bool started_ = false;
};

}  // namespace lantai::records
