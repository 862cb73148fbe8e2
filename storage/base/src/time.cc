#include "lantai/base/time.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace lantai {
namespace {

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  const auto* end = text.data() + at + count;
  const auto [stop, error] = std::from_chars(text.data() + at, end, value);
  if (error != std::errc{} || stop != end || value < 0) return std::nullopt;
  return value;
}

std::chrono::year_month_day civil(Date date) {
  return std::chrono::year{date.year} / std::chrono::month{date.month} / std::chrono::day{date.day};
}

Date from_civil(std::chrono::year_month_day ymd) {
  return {static_cast<std::int16_t>(static_cast<int>(ymd.year())),
          static_cast<std::uint8_t>(static_cast<unsigned>(ymd.month())),
          static_cast<std::uint8_t>(static_cast<unsigned>(ymd.day()))};
}

}  // namespace

std::string format_date(Date date) { return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day); }

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  if (!year || !month || !day) return std::nullopt;
  const Date date{static_cast<std::int16_t>(*year), static_cast<std::uint8_t>(*month), static_cast<std::uint8_t>(*day)};
  if (!civil(date).ok()) return std::nullopt;
  return date;
}

std::int64_t day_number(Date date) { return std::chrono::sys_days(civil(date)).time_since_epoch().count(); }

Date date_of_day(std::int64_t number) {
  using namespace std::chrono;
  return from_civil(year_month_day(sys_days(days(number))));
}

Date date_of(Timestamp time, int utc_offset_minutes) {
  using namespace std::chrono;
  const sys_time<microseconds> t{microseconds{time.micros} + minutes{utc_offset_minutes}};
  return from_civil(year_month_day{floor<days>(t)});
}

std::string format_rfc3339(Timestamp time) {
  const auto day_micros = std::int64_t{86'400'000'000};
  auto within = time.micros % day_micros;
  if (within < 0) within += day_micros;
  const auto seconds = within / kMicrosPerSecond;
  return fmt::format("{}T{:02}:{:02}:{:02}.{:06}Z", format_date(date_of(time)), seconds / 3600, seconds / 60 % 60,
                     seconds % 60, within % 1'000'000);
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  const auto date = parse_date(text.substr(0, 10));
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!date || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  std::size_t at = 19;
  std::int64_t fraction = 0;
  if (text[at] == '.') {
    std::int64_t scale = 100'000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
      fraction += (text[at] - '0') * scale;
  }
  int offset = 0;
  if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) {
    offset = 0;
  } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-') && text[at + 3] == ':') {
    const auto oh = digits(text, at + 1, 2), om = digits(text, at + 4, 2);
    if (!oh || !om || *oh > 23 || *om > 59) return std::nullopt;
    offset = (*oh * 60 + *om) * (text[at] == '-' ? -1 : 1);
  } else {
    return std::nullopt;
  }
  using namespace std::chrono;
  const auto t = sys_days{civil(*date)} + hours{*hour} + minutes{*minute - offset} + seconds{*second};
  return Timestamp{duration_cast<microseconds>(t.time_since_epoch()).count() + fraction};
}

Timestamp SystemClock::now() const {
  using namespace std::chrono;
  return {duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()};
}

}  // namespace lantai
