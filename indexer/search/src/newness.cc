#include "newness.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace lantai::search {
namespace {

constexpr double kHalfAt = 5 * 365.25;  // days
constexpr double kUndated = 20 * 365.25;

std::optional<int> number(std::string_view text, std::size_t at, std::size_t size) {
  int value = 0;
  if (text.size() < at + size) return std::nullopt;
  const char* begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + size, value);
  if (error != std::errc() || end != begin + size) return std::nullopt;
  return value;
}

}  // namespace

float newness(std::string_view date, std::int64_t today) {
  double age = kUndated;
  if (const auto year = number(date, 0, 4)) {
    auto month = number(date, 5, 2);
    if (month && (*month < 1 || *month > 12)) month.reset();  // a season
    const auto day = month ? number(date, 8, 2) : std::nullopt;
    const Date known{static_cast<std::int16_t>(*year), static_cast<std::uint8_t>(month.value_or(7)),
                     static_cast<std::uint8_t>(day.value_or(month ? 15 : 1))};
    age = std::max(0.0, static_cast<double>(today - day_number(known)));
  }
  return static_cast<float>(kHalfAt / (kHalfAt + age));
}

}  // namespace lantai::search
