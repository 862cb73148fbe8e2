// What time is it, and which day? Instants are UTC microseconds; a day is a civil Date; nobody asks the system clock
// directly, so that tests decide what time it is.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lantai {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;

struct Timestamp {
  std::int64_t micros = 0;  // since 1970-01-01T00:00:00Z
  auto operator<=>(const Timestamp&) const = default;
};

std::string format_rfc3339(Timestamp time);  // 2021-03-05T08:30:00.123456Z
std::optional<Timestamp> parse_rfc3339(std::string_view text);

struct Date {
  std::int16_t year = 0;
  std::uint8_t month = 0;  // 1..12
  std::uint8_t day = 0;    // 1..31
  auto operator<=>(const Date&) const = default;
};

std::string format_date(Date date);                        // 2021-03-05
std::optional<Date> parse_date(std::string_view text);     // only 2021-03-05, and only a day that exists
std::int64_t day_number(Date date);                        // of days in order; 0 is 1970-01-01
Date date_of_day(std::int64_t number);                     // the other way
Date date_of(Timestamp time, int utc_offset_minutes = 0);  // 480 = China

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;  // thread-safe
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

// For tests; thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : micros_(start.micros) {}
  Timestamp now() const override { return {micros_.load()}; }
  void advance_micros(std::int64_t by) { micros_ += by; }

 private:
  std::atomic<std::int64_t> micros_;
};

}  // namespace lantai
