#include "lantai/base/bytes.h"

#include <boost/test/unit_test.hpp>

#include "lantai/base/error.h"

namespace lantai {

BOOST_AUTO_TEST_SUITE(bytes)

BOOST_AUTO_TEST_CASE(hex_goes_both_ways) {
  const Bytes all{0x00, 0x0F, 0xA0, 0xFF};
  BOOST_TEST(to_hex(all) == "000fa0ff");
  BOOST_TEST(from_hex("000FA0ff") == all);
  BOOST_TEST(from_hex("").empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_hex_is_refused) {
  for (const auto* text : {"0", "0g", "zz", " 0", "00 "}) BOOST_CHECK_THROW(from_hex(text), Error);
}

// Unicode 15, chapter 3, tables 3-7 and 3-9.
BOOST_AUTO_TEST_CASE(only_well_formed_utf8_is_valid) {
  for (const auto* good : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "兰台"}) {
    BOOST_TEST(is_valid_utf8(good), good);
  }
  for (const auto* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE4\xBD",
                          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
                          "a\xC2"
                          "b"}) {
    BOOST_TEST(!is_valid_utf8(bad), to_hex(as_bytes(bad)));
  }
}

BOOST_AUTO_TEST_CASE(ill_formed_bytes_become_replacement_characters_and_the_rest_stays) {
  BOOST_TEST(to_valid_utf8("兰台") == "兰台");
  BOOST_TEST(to_valid_utf8("a\xFF"
                           "b") ==
             "a\xEF\xBF\xBD"
             "b");
  BOOST_TEST(to_valid_utf8("\xE4\xBD").size() == 6U);
  BOOST_TEST(is_valid_utf8(to_valid_utf8("\xED\xA0\x80\xC0\xAF\xF4\x90")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai
