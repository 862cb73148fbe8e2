// How does a spreadsheet show a number? As a person would read it: whole numbers without a decimal point, dates in
// ISO order, per cent with its sign. Thread-safe.
#pragma once

#include <string>

namespace lantai::extract::worker {

std::string show_number(double value);   // 3, 0.1, 1234567.5
std::string show_percent(double value);  // 0.125 → 12.5%
// Days since 1899-12-30 (or 1904-01-01); the fraction is the time of day.
std::string show_date(double serial, bool from_1904, bool with_date, bool with_time);

}  // namespace lantai::extract::worker
