// How does a spreadsheet show a number (ECMA-376 part 1, 18.8.31)? Digits, separators, per cent and Chinese dates as
// the format says; other dates in ISO order; rarer formats (fractions, conditions, exponents) as the plain number.
// Immutable, thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace lantai::extract::worker {

std::string show_number(double value);     // 3, 0.1, 1234567.5, 320102199001011000
std::string built_in_format(unsigned id);  // 18.8.30, with those of East Asia; `General` for what it does not list

class NumberFormat {
 public:
  explicit NumberFormat(std::string code) : code_(std::move(code)), kind_(kind_of(code_)) {}

  // As on the sheet: 000123, 1,234,567.50, 12.5%, 2019年3月1日.
  std::string shown(double value, bool from_1904) const;
  // As a value to work with: 000123, 1234567.5, 12.5%, 2019-03-01.
  std::string plain(double value, bool from_1904) const;

 private:
  enum class Kind { number, date, time, date_time };
  static Kind kind_of(std::string_view code);

  std::string code_;
  Kind kind_;
};

}  // namespace lantai::extract::worker
