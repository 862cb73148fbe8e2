#include "lantai/text/pinyin.h"

#include <boost/test/unit_test.hpp>

#include "lantai/text/folding.h"

namespace lantai::text {
namespace {

// What of `text` is found by what was typed.
std::string found(const std::string& typed, const std::string& text) {
  const auto pattern = SoundPattern::of_typed(typed);
  if (!pattern) return "";
  const std::u32string folded = fold_only(text);
  const auto place = pattern->find(folded);
  return place ? to_utf8(folded.substr(place->first, place->second - place->first)) : "";
}

BOOST_AUTO_TEST_SUITE(pinyin)

BOOST_AUTO_TEST_CASE(whole_syllables_initials_and_both_mixed_find_a_title) {
  const std::string title = "关于召开校长办公会的通知";
  for (const auto* typed : {"xiaozhangbangonghui", "xzbgh", "xiaozbgh", "xzbangonghui", "xiao zhang ban gong hui",
                            "XZBGH", "ｘｚｂｇｈ", "校长bgh", "xz办公h", "xiaozhangbangongh", "xiaozhangbangonghu"}) {
    BOOST_TEST(found(typed, title) == "校长办公会", typed);
  }
}

BOOST_AUTO_TEST_CASE(a_character_answers_to_each_of_its_readings) {
  BOOST_TEST(found("yinhang", "中国银行") == "银行");
  BOOST_TEST(found("yhang", "中国银行") == "银行");
  BOOST_TEST(found("xingzheng", "行政处") == "行政");
  BOOST_TEST(found("chongqing", "重庆市") == "重庆");
  BOOST_TEST(found("zhongyao", "重要") == "重要");
  BOOST_TEST(found("kuaiji", "会计") == "会计");
  BOOST_TEST(found("shan", "单老师") == "单");
}

BOOST_AUTO_TEST_CASE(letters_that_can_be_cut_in_several_ways_mean_all_of_them) {
  BOOST_TEST(found("xian", "西安交通大学") == "西安");
  BOOST_TEST(found("xian", "先进个人") == "先");
  BOOST_TEST(found("fangan", "实施方案") == "方案");
  BOOST_TEST(found("fangan", "反感") == "反感");
}

BOOST_AUTO_TEST_CASE(u_umlaut_is_v_or_u) {
  BOOST_TEST(found("lvhua", "绿化") == "绿化");
  BOOST_TEST(found("luhua", "绿化") == "绿化");
  BOOST_TEST(found("nvsheng", "女生") == "女生");
}

BOOST_AUTO_TEST_CASE(traditional_characters_sound_as_simplified_ones_do) {
  BOOST_TEST(found("xueshengchu", "學生處") == "学生处");
  BOOST_TEST(found("qiankun", "乾坤") == "干坤");  // 乾 is folded to 干, which else is only gan
}

BOOST_AUTO_TEST_CASE(sounds_stand_next_to_one_another) {
  BOOST_TEST(found("xzbgh", "校长说要办公会") == "");
  BOOST_TEST(found("tzshixing", "通知（试行）") == "通知(试行");
  BOOST_TEST(found("2021ndjh", "2021年度计划") == "2021年度计划");
}

BOOST_AUTO_TEST_CASE(letters_in_a_name_stand_for_themselves_as_well) {
  BOOST_TEST(found("erpxitong", "ERP系统操作手册") == "erp系统");
  BOOST_TEST(found("erpxt", "ERP系统操作手册") == "erp系统");
  BOOST_TEST(found("offi", "Office handbook") == "offi");
  BOOST_TEST(found("uvi", "UVI") == "uvi");
  BOOST_TEST(found("uvi", "五") == "");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_meant_is_told) {
  BOOST_TEST(!SoundPattern::of_typed(""));
  BOOST_TEST(!SoundPattern::of_typed(" - "));
  BOOST_TEST(!SoundPattern::of_typed(std::string(65, 'a')));
  BOOST_TEST(found("xzz", "校长") == "");
}

BOOST_AUTO_TEST_CASE(no_input_makes_it_try_without_end) {
  for (const auto* typed : {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                            "angangangangangangangangangangangangangangangangangangang",
                            "zhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzhzh"}) {
    const auto pattern = SoundPattern::of_typed(typed);
    BOOST_TEST((!pattern || pattern->rows().size() <= SoundPattern::kMaxRows));
  }
}

BOOST_AUTO_TEST_CASE(homophones_are_found) {
  const auto pattern = SoundPattern::sounding_like("校长办工会");
  BOOST_REQUIRE(pattern);
  const auto place = pattern->find(fold_only("召开校长办公会"));
  BOOST_REQUIRE(place);
  BOOST_TEST(place->first == 2U);
  BOOST_TEST(!pattern->find(fold_only("召开校务委员会")));
}

BOOST_AUTO_TEST_CASE(readings_are_those_of_the_dictionary) {
  BOOST_TEST(readings_of(U'校') == (std::vector<std::string>{"jiao", "xiao"}), boost::test_tools::per_element());
  BOOST_TEST(readings_of(U'a').empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace lantai::text
