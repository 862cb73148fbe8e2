#include "lantai/text/mention.h"

#include <boost/test/unit_test.hpp>

#include "lantai/text/folding.h"

namespace text = lantai::text;

namespace {

std::string folded_text(std::string_view original) { return text::to_utf8(text::fold_only(original)); }

std::string dates(std::string_view original) {
  const std::string where = folded_text(original);
  std::string out;
  for (auto date = text::next_date(where, 0); date; date = text::next_date(where, date->end)) out += date->date + " ";
  return out;
}

std::string numbers(std::string_view original) {
  const std::string where = folded_text(original);
  std::string out;
  for (auto found = text::next_number(where, 0); found; found = text::next_number(where, found->end)) {
    out +=
        where.substr(0, found->begin) + "|" + std::to_string(found->year) + "|" + std::to_string(found->serial) + " ";
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mention)

BOOST_AUTO_TEST_CASE(a_date_is_the_same_however_it_is_written) {
  for (const auto* variant : {"2021年3月5日", "2021 年 3 月 5 日", "２０２１年０３月０５日", "2021-03-05", "2021-3-5",
                              "2021/3/5", "2021.3.5", "2021．03．05", "于2021年3月5号召开"}) {
    BOOST_TEST(dates(variant) == "2021-03-05 ", variant);
  }
  BOOST_TEST(dates("2021年3月至2022年12月31日") == "2021-03 2022-12-31 ");
}

BOOST_AUTO_TEST_CASE(what_is_part_of_a_longer_number_or_code_is_no_date) {
  for (const auto* other : {"12021年3月5日", "2021年13月5日", "2021-03-05-7", "x2021-03-05", "1-2021-03-05", "2021-03",
                            "2021-03/05", "2021年", "2021-3-32", "2021.3.5.7", "20210305"}) {
    BOOST_TEST(dates(other) == "", other << " gave " << dates(other));
  }
}

BOOST_AUTO_TEST_CASE(a_document_number_is_read_in_any_dress) {
  for (const auto* variant : {"校办〔2021〕5号", "校办［２０２１］第 ５ 号", "校办(2021)05号"}) {
    BOOST_TEST(numbers(variant) == "校办|2021|5 ", variant);
  }
  BOOST_TEST(numbers("校办〔2021〕15号").find("|15 ") != std::string::npos);
  for (const auto* other : {"校办〔202〕5号", "校办〔2021〕5", "校办2021第5号", "校办〔2021〕号", "校办〔2021〕5个"}) {
    BOOST_TEST(numbers(other) == "", other);
  }
}

BOOST_AUTO_TEST_SUITE_END()
