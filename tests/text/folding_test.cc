#include "lantai/text/folding.h"

#include <boost/test/unit_test.hpp>
#include <iostream>
#include <random>

namespace text = lantai::text;

namespace {

std::string folded(std::string_view original) { return text::to_utf8(text::fold_only(original)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(folding)

BOOST_AUTO_TEST_CASE(traditional_matches_simplified) {
  BOOST_TEST(folded("學校檔案館關於會議紀要的規定") == folded("学校档案馆关于会议纪要的规定"));
  BOOST_TEST(folded("臺灣產業") == folded("台湾产业"));
}

BOOST_AUTO_TEST_CASE(width_and_case_do_not_matter) {
  BOOST_TEST(folded("ＰＤＦ文件２０２１") == "pdf文件2021");
  BOOST_TEST(folded("Straße ﬁle") == "strasse file");
  BOOST_TEST(folded("Ⅷ") == "viii");
}

BOOST_AUTO_TEST_CASE(white_space_beside_han_or_punctuation_disappears_and_between_words_becomes_one) {
  BOOST_TEST(folded("会 议\n纪　要") == "会议纪要");
  BOOST_TEST(folded("使用 PDF 文件") == "使用pdf文件");
  BOOST_TEST(folded("hello \t\n world") == "hello world");
  BOOST_TEST(folded("Z109 - WS · 2011") == "z109-ws.2011");
  BOOST_TEST(folded("  a  ") == "a");
}

BOOST_AUTO_TEST_CASE(brackets_dashes_dots_and_quotes_fold_alike) {
  for (const auto* variant : {"校办〔2021〕5号", "校办［2021］5号", "校办[2021]5号", "校办【2021】5号",
                              "校办（2021）5号", "校办(2021)5号", "校办〈2021〉5号", "校办 〔２０２１〕 5 号"}) {
    BOOST_TEST(folded(variant) == "校办(2021)5号");
  }
  BOOST_TEST(folded("WS·2011") == folded("WS．2011"));
  BOOST_TEST(folded("A—B–C－D") == "a-b-c-d");
  BOOST_TEST(folded("“引”「文」") == "\"引\"\"文\"");
}

BOOST_AUTO_TEST_CASE(what_composes_folds_as_if_composed) {
  BOOST_TEST(folded("Cafe\xCC\x81") == folded("CAF\xC3\x89"));
  BOOST_TEST(folded("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB") == "\xED\x95\x9C");
  BOOST_TEST(folded("\xCC\x81") == "\xCC\x81");
}

BOOST_AUTO_TEST_CASE(invisible_characters_disappear) { BOOST_TEST(folded("会\u200B议\uFEFF纪\u00AD要") == "会议纪要"); }

BOOST_AUTO_TEST_CASE(rare_and_extension_plane_characters_stay) {
  BOOST_TEST(folded("𠮷𪚥") == "𠮷𪚥");
  BOOST_TEST(text::is_han(U'𠮷'));
  BOOST_TEST(text::is_han(U'〇'));
  BOOST_TEST(!text::is_han(U'，'));
}

BOOST_AUTO_TEST_CASE(pdf_radicals_match_the_characters_they_stand_for) { BOOST_TEST(folded("⼈⺠⻝品") == "人民食品"); }

BOOST_AUTO_TEST_CASE(the_offset_map_leads_back_to_the_original_character) {
  const std::string original = "关于  會 議ＰＤＦ的通知";
  const auto result = text::fold(original);
  BOOST_REQUIRE_EQUAL(result.text.size() + 1, result.origin.size());
  BOOST_TEST(text::to_utf8(result.text) == "关于会议pdf的通知");
  BOOST_TEST(original.substr(result.origin[2], result.origin[4] - result.origin[2]) == "會 議");
  BOOST_TEST(original.substr(result.origin[4], result.origin[7] - result.origin[4]) == "ＰＤＦ");
  BOOST_TEST(result.origin.back() == original.size());
}

BOOST_AUTO_TEST_CASE(folding_is_idempotent_and_its_map_never_goes_back) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  const std::vector<std::pair<char32_t, char32_t>> ranges = {
      {0x20, 0x7E},     {0xA0, 0x24F},    {0x300, 0x36F},   {0x370, 0x5FF},   {0x1100, 0x11FF},   {0x2000, 0x2BFF},
      {0x2E80, 0x33FF}, {0x4E00, 0x9FFF}, {0xAC00, 0xACFF}, {0xF900, 0xFFEF}, {0x1D400, 0x1D7FF}, {0x2F800, 0x2FA1D}};
  for (int round = 0; round < 20'000; ++round) {
    std::u32string raw;
    for (int i = 0; i < 12; ++i) {
      const auto [low, high] = ranges[random() % ranges.size()];
      raw.push_back(low + static_cast<char32_t>(random() % (high - low + 1)));
    }
    const std::string original = text::to_utf8(raw);
    const auto result = text::fold(original);
    const auto again = text::fold_only(text::to_utf8(result.text));
    BOOST_REQUIRE_MESSAGE(again == result.text, original << " → " << text::to_utf8(result.text) << " → "
                                                         << text::to_utf8(again) << " seed " << seed);
    BOOST_REQUIRE(text::fold_only(original) == result.text);
    BOOST_REQUIRE(std::is_sorted(result.origin.begin(), result.origin.end()));
  }
}

BOOST_AUTO_TEST_SUITE_END()
