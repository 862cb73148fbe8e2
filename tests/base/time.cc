#include "lantai/base/time.h"

#include <boost/test/unit_test.hpp>

namespace lantai {

BOOST_AUTO_TEST_SUITE(time)

BOOST_AUTO_TEST_CASE(instants_are_written_and_read_after_rfc_3339) {
  BOOST_TEST(format_rfc3339({0}) == "1970-01-01T00:00:00.000000Z");
  BOOST_TEST(format_rfc3339({1'614'933'000'123'456}) == "2021-03-05T08:30:00.123456Z");
  BOOST_TEST(format_rfc3339({-1}) == "1969-12-31T23:59:59.999999Z");
  for (const std::int64_t micros : {0L, -1L, 1'614'933'000'123'456L, 951'782'400'000'000L}) {
    BOOST_TEST(parse_rfc3339(format_rfc3339({micros}))->micros == micros);
  }
}

// RFC 3339, section 5.8.
BOOST_AUTO_TEST_CASE(offsets_and_fractions_are_understood) {
  BOOST_TEST(parse_rfc3339("1985-04-12T23:20:50.52Z")->micros == 482'196'050'520'000);
  BOOST_TEST(parse_rfc3339("1996-12-19T16:39:57-08:00")->micros == parse_rfc3339("1996-12-20T00:39:57Z")->micros);
  BOOST_TEST(parse_rfc3339("2021-03-05T16:30:00+08:00")->micros == parse_rfc3339("2021-03-05T08:30:00Z")->micros);
}

BOOST_AUTO_TEST_CASE(what_is_not_an_instant_is_not_guessed) {
  for (const auto* text :
       {"", "2021-03-05", "2021-03-05T08:30:00", "2021-02-29T00:00:00Z", "2021-03-05T24:00:00Z", "2021-03-05T08:60:00Z",
        "2021-03-05 08:30:00Z", "2021-03-05T08:30:00+8:00", "2021-03-05T08:30:00Zx"}) {
    BOOST_TEST(!parse_rfc3339(text), text);
  }
}

BOOST_AUTO_TEST_CASE(only_days_that_exist_are_dates) {
  BOOST_TEST((parse_date("2020-02-29") == Date{2020, 2, 29}));
  BOOST_TEST(format_date({1949, 10, 1}) == "1949-10-01");
  for (const auto* text : {"2021-02-29", "2021-13-01", "2021-00-10", "2021-1-1", "20210101", "2021-01-011"}) {
    BOOST_TEST(!parse_date(text), text);
  }
}

BOOST_AUTO_TEST_CASE(the_day_depends_on_where_one_is) {
  const auto evening = *parse_rfc3339("2021-12-31T17:00:00Z");
  BOOST_TEST((date_of(evening) == Date{2021, 12, 31}));
  BOOST_TEST((date_of(evening, 480) == Date{2022, 1, 1}));
}

BOOST_AUTO_TEST_CASE(days_follow_one_another_across_years_and_leap_days) {
  BOOST_TEST(day_number({1970, 1, 1}) == 0);
  BOOST_TEST(day_number({2000, 1, 1}) == 10957);  // 946,684,800 seconds
  BOOST_TEST((date_of_day(day_number({2020, 2, 28}) + 1) == Date{2020, 2, 29}));
  BOOST_TEST((date_of_day(day_number({2021, 2, 28}) + 1) == Date{2021, 3, 1}));
  BOOST_TEST((date_of_day(day_number({1969, 12, 31})) == Date{1969, 12, 31}));
}

BOOST_AUTO_TEST_CASE(a_manual_clock_moves_only_when_told) {
  ManualClock clock({5});
  clock.advance_micros(7);
  BOOST_TEST(clock.now().micros == 12);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai
