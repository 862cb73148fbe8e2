#include "lantai/text/code.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <vector>

namespace text = lantai::text;

BOOST_AUTO_TEST_SUITE(code)

BOOST_AUTO_TEST_CASE(a_document_number_is_the_same_in_any_bracket_width_and_spacing) {
  for (const auto* variant : {"校办〔2021〕5号", "校办［2021］５号", "校办[2021] 5 号", "校办【2021】5号",
                              "校办（2021）第5号", "校办(2021)05号", "校办〈2021〉5号", "校辦 〔２０２１〕 5 號"}) {
    BOOST_TEST(text::normalise_code(variant) == "校办(2021)5号");
    const auto number = text::parse_document_number(variant);
    BOOST_REQUIRE(number.has_value());
    BOOST_TEST(number->organ == "校办");
    BOOST_TEST(number->year == 2021U);
    BOOST_TEST(number->serial == 5U);
  }
  BOOST_TEST(text::normalise_code("校办〔2021〕15号") != text::normalise_code("校办〔2021〕5号"));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_document_number_is_not_taken_for_one) {
  for (const auto* other :
       {"校办2021", "〔2021〕5号", "校办〔21〕5号", "校办〔2021〕号", "根据，校办〔2021〕5号", "5号"}) {
    BOOST_TEST(!text::parse_document_number(other).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_reference_code_is_the_same_with_any_dash_and_dot) {
  for (const auto* variant : {"Z109-WS·2011-Y-BGS-0001", "z109－ws•2011－y－bgs－0001", "Ｚ109—WS．2011–Y-BGS-0001",
                              "Z109 - WS.2011 - Y - BGS - 0001"}) {
    BOOST_TEST(text::normalise_code(variant) == "z109-ws.2011-y-bgs-0001");
    BOOST_TEST(text::looks_like_reference_code(variant));
  }
  BOOST_TEST(!text::looks_like_reference_code("2021"));
  BOOST_TEST(!text::looks_like_reference_code("a-b"));
  BOOST_TEST(text::looks_like_reference_code("Z109-WS·2011·Y·办公室-0001"));
}

BOOST_AUTO_TEST_CASE(codes_sort_as_people_count) {
  std::vector<std::string> codes = {"校办〔2021〕15号", "校办〔2021〕5号", "党办〔2022〕1号", "校办〔2020〕100号"};
  std::sort(codes.begin(), codes.end(),
            [](const auto& a, const auto& b) { return text::natural_sort_key(a) < text::natural_sort_key(b); });
  const std::vector<std::string> expected = {"党办〔2022〕1号", "校办〔2020〕100号", "校办〔2021〕5号",
                                             "校办〔2021〕15号"};
  BOOST_TEST(codes == expected, boost::test_tools::per_element());
  BOOST_TEST(text::natural_sort_key("WS-9") < text::natural_sort_key("WS-0010"));
}

BOOST_AUTO_TEST_SUITE_END()
