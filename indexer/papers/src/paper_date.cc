#include "paper_date.h"

#include <fmt/format.h>

#include <chrono>

namespace lantai::papers {
namespace {

// Up to three characters before `end`: 5, 05, 五, 十, 十五, 二十, 二十五, 廿五. -1: no number.
int small_number(std::u32string_view text) {
  if (text.empty() || text.size() > 3) return -1;
  if (text == U"元") return 1;
  constexpr std::u32string_view kTens = U"十廿卅";
  const auto ten = text.find_first_of(kTens);
  if (ten == std::u32string_view::npos) {
    int value = 0;
    for (const char32_t c : text) {
      if (digit(c) < 0) return -1;
      value = value * 10 + digit(c);
    }
    return value;
  }
  int tens = static_cast<int>(kTens.find(text[ten])) + 1;
  if (ten == 1) tens = tens == 1 ? digit(text[0]) : -1;
  if (ten > 1 || tens < 1) return -1;
  const auto rest = text.substr(ten + 1);
  if (rest.size() > 1) return -1;
  const int unit = rest.empty() ? 0 : digit(rest[0]);
  return unit < 0 ? -1 : tens * 10 + unit;
}

// A number behind `from` that ends before one of `marks`.
int number_until(std::u32string_view text, std::size_t& from, std::u32string_view marks) {
  const auto end = text.find_first_of(marks, from);
  if (end == std::u32string_view::npos || end > from + 3) return -1;
  const int value = small_number(text.substr(from, end - from));
  from = end + 1;
  return value;
}

std::optional<PaperDate> date_before(const Line& line, std::size_t year_mark) {
  if (year_mark < 4) return std::nullopt;
  int year = 0;
  for (std::size_t at = year_mark - 4; at < year_mark; ++at) {
    const int one = digit(line.text[at]);
    if (one < 0) return std::nullopt;
    year = year * 10 + one;
  }
  auto at = year_mark + 1;
  const int month = number_until(line.text, at, U"月");
  const int day = month < 0 ? -1 : number_until(line.text, at, U"日曰目号");
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (month < 0 || day < 0 || year < 1800 || year > 2100 || !date.ok()) return std::nullopt;
  return PaperDate{year_mark - 4, at, fmt::format("{:04}-{:02}-{:02}", year, month, day)};
}

}  // namespace

std::optional<PaperDate> last_date(const Line& line) {
  for (auto at = line.text.rfind(U'年'); at != std::u32string::npos;
       at = at == 0 ? std::u32string::npos : line.text.rfind(U'年', at - 1))
    if (auto found = date_before(line, at)) return found;
  return std::nullopt;
}

}  // namespace lantai::papers
