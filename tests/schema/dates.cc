#include <boost/test/unit_test.hpp>

#include "fixture.h"

using namespace lantai::schema;

BOOST_AUTO_TEST_SUITE(dates)

BOOST_AUTO_TEST_CASE(every_way_to_write_a_day_gives_the_same_day) {
  for (const auto* written :
       {"2021-03-05", "2021-3-5", "2021/3/5", "2021.3.5", "2021年3月5日", "2021年03月05日", "20210305",
        "２０２１年３月５日", " 2021-03-05 ", "2021 年 3 月 5 日", "二〇二一年三月五日", "二○二一年三月五日",
        "2021-03-05 00:00:00", "2021-03-05T00:00:00Z", "2021年3月5号"})
    BOOST_TEST(normalise_date(written, false).value_or("nothing") == "2021-03-05", written);
  BOOST_TEST(normalise_date("一九九九年十二月三十一日", false).value_or("") == "1999-12-31");
  BOOST_TEST(normalise_date("二〇二〇年十月二十日", false).value_or("") == "2020-10-20");
  BOOST_TEST(normalise_date("二〇二〇年十一月廿三日", false).value_or("") == "2020-11-23");
}

BOOST_AUTO_TEST_CASE(incomplete_dates_stay_incomplete) {
  BOOST_TEST(normalise_date("2021", false).value_or("") == "2021");
  BOOST_TEST(normalise_date("2021年", false).value_or("") == "2021");
  BOOST_TEST(normalise_date("2021年3月", false).value_or("") == "2021-03");
  BOOST_TEST(normalise_date("202103", false).value_or("") == "2021-03");
}

BOOST_AUTO_TEST_CASE(an_inferred_date_keeps_its_brackets_where_they_are_allowed) {
  BOOST_TEST(normalise_date("[19450815]", true).value_or("") == "[19450815]");
  BOOST_TEST(normalise_date("［1945?］", true).value_or("") == "[1945?]");
  BOOST_TEST(normalise_date("[194-]", true).value_or("") == "[194-]");
  BOOST_TEST(!normalise_date("[19450815]", false));
  BOOST_TEST(!normalise_date("[soon]", true));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_day_is_refused) {
  for (const auto* written :
       {"", "2021-02-30", "2021-13-01", "2021-00-01", "05/03/2021", "yesterday", "2021-03-05 08:30", "20211301", "1",
        "12345", "2021-3-5-7", "-2021", "十", "年", "99999999999999999999"})
    BOOST_TEST(!normalise_date(written, true), written);
}

BOOST_AUTO_TEST_SUITE_END()
