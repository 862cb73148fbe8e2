#include "number_format.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

namespace lantai::extract::worker {
namespace {

constexpr double kMaxSerial = 2'958'466;  // 9999-12-31

std::string date_text(long days, bool from_1904) {
  using namespace std::chrono;
  // Serial 60 is the 29th of February 1900, which never was: before it the count is off by one.
  const bool before_leap_error = !from_1904 && days < 60;
  const sys_days day = sys_days(from_1904 ? year(1904) / 1 / 1 : year(1899) / 12 / (before_leap_error ? 31 : 30)) +
                       std::chrono::days(days);
  const year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

}  // namespace

std::string show_number(double value) {
  if (std::isfinite(value) && value == std::trunc(value) && std::fabs(value) < 1e15)
    return fmt::format("{:.0f}", value);
  return fmt::format("{:.15g}", value);
}

std::string show_percent(double value) { return show_number(std::round(value * 1e8) / 1e6) + "%"; }

std::string show_date(double serial, bool from_1904, bool with_date, bool with_time) {
  if (!(serial >= 0) || serial >= kMaxSerial) return show_number(serial);
  auto days = static_cast<long>(serial);
  auto seconds = std::lround((serial - static_cast<double>(days)) * 86'400);
  if (seconds == 86'400) {
    seconds = 0;
    ++days;
  }
  std::string text;
  if (with_date) text = date_text(days, from_1904);
  if (!with_time || (with_date && seconds == 0)) return text;
  if (with_date)
    text += ' ';
  else
    seconds += days * 86'400;  // durations may exceed a day
  text += fmt::format("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
  return seconds % 60 == 0 ? text : text + fmt::format(":{:02}", seconds % 60);
}

}  // namespace lantai::extract::worker
