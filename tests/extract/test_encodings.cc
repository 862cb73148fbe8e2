#define BOOST_TEST_MODULE extract_encodings
#include <array>
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

// Short texts as an office has them; the same in both scripts.
constexpr std::array kSimplified = {
    "通知",     "请示",       "会议纪要",     "关于放假的通知", "学生名单",     "2019年度总结",
    "固定资产", "毕业证书",   "财务报销单",   "档案借阅登记表", "校长办公会议", "采购合同（副本）",
    "收文登记", "处理意见",   "教师职称评审", "图书馆安全检查", "来宾接待计划", "人事处",
    "张三",     "李四的申请", "联通",         "同意。",         "已阅，请办。", "附件：一份"};
constexpr std::array kTraditional = {
    "通知",     "請示",       "會議紀要",     "關於放假的通知", "學生名單",     "2019年度總結",
    "固定資產", "畢業證書",   "財務報銷單",   "檔案借閱登記表", "校長辦公會議", "採購合同（副本）",
    "收文登記", "處理意見",   "教師職稱評審", "圖書館安全檢查", "來賓接待計劃", "人事處",
    "張三",     "李四的申請", "聯通",         "同意。",         "已閱，請辦。", "附件：一份"};

void check(const char* text, const char* charset) {
  const auto result = extract(encoded(text, charset));
  BOOST_TEST(all_text(result) == text,
             charset << ": " << text << " came out as " << all_text(result) << " from " << result.format);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Encodings)

BOOST_AUTO_TEST_CASE(short_texts_are_told_apart_by_their_characters) {
  for (const char* text : kSimplified) {
    check(text, "GB18030");
    check(text, "UTF-8");
  }
  for (const char* text : kTraditional) {
    check(text, "BIG5");
    check(text, "UTF-8");
  }
}

BOOST_AUTO_TEST_CASE(long_texts_may_mix_scripts_digits_and_latin_letters) {
  std::string text;
  for (const char* line : kSimplified) text += std::string(line) + " No.1 (ISO 9001) 第3号\n";
  text.pop_back();
  for (const char* charset : {"GB18030", "UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE"})
    BOOST_TEST(all_text(extract(encoded(text, charset))) == text, charset);
}

BOOST_AUTO_TEST_CASE(rare_characters_of_gb18030_survive) { check("㐂𠀀䶮同志的档案材料", "GB18030"); }

BOOST_AUTO_TEST_CASE(western_text_is_not_taken_for_chinese) {
  check("Café à Genève, déjà vu: Müller & Søn", "WINDOWS-1252");
  BOOST_TEST(extract("plain ascii").format == "UTF-8 text");
}

BOOST_AUTO_TEST_CASE(a_damaged_character_costs_only_itself) {
  const auto result = extract("档案\xFF馆藏资料目录，全宗号为一百零三。");
  BOOST_TEST(all_text(result) == "档案\xEF\xBF\xBD馆藏资料目录，全宗号为一百零三。");
  BOOST_TEST(has_warning(result, "ill_formed_text"));
}

BOOST_AUTO_TEST_CASE(text_beyond_the_sample_is_read_whole) {
  std::string text;
  while (text.size() < 300'000) text += "档案工作人员应当忠于职守，遵纪守法，具备专业知识。";
  BOOST_TEST((all_text(extract(text)) == text));
  BOOST_TEST((all_text(extract(encoded(text, "GB18030"))) == text));
}

BOOST_AUTO_TEST_CASE(text_is_named_for_what_it_holds) {
  const auto type = [](const char* text) { return extract(text).media_type; };
  BOOST_TEST(type("a,b\n1,2\n3,4\n") == "text/csv");
  BOOST_TEST(type("{\"a\": [1, 2]}") == "application/json");
  BOOST_TEST(type("<?xml version=\"1.0\"?><a>b</a>") == "application/xml");
  BOOST_TEST(type("# Title\n\nsome *text*, and more\n") == "text/plain");
  BOOST_TEST(type("<html><body>x</body></html>") == "text/html");
  BOOST_TEST(type("From: a@example.org\nTo: b@example.org\nSubject: x\n\nHello\n") == "message/rfc822");
  BOOST_TEST(type("BM is a word here") == "text/plain");
  BOOST_TEST(type("") == "application/x-empty");
}

BOOST_AUTO_TEST_CASE(a_declaration_that_contradicts_the_bytes_does_not_count) {
  const std::string text = "通知正文内容关于放假";
  for (const char* charset : {"gb2312", "gbk", "big5", "GB18030"}) {
    const std::string html =
        std::string("<html><head><meta Charset=") + charset + "></head><body>" + text + "</body></html>";
    BOOST_TEST(all_text(extract(html)) == text, charset);
    const std::string mail = std::string("From: a@b.c\nTo: d@e.f\nSubject: x\nContent-Type: text/plain; charset=") +
                             charset + "\n\n" + text + "\n";
    BOOST_TEST(all_text(extract(mail)).find(text) != std::string::npos, charset);
  }
  const std::string xml = "<?xml version=\"1.0\" encoding=\"GB2312\"?><a>" + text + "</a>";
  BOOST_TEST(all_text(extract(xml)).find(text) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(text_with_an_odd_byte_or_a_stray_nul_is_text) {
  BOOST_TEST(all_text(extract(encoded("关于开展检查工作的通知", "UTF-16LE") + "\n")).find("关于开展检查工作的通知") ==
             0U);
  using std::string_literals::operator""s;
  BOOST_TEST(all_text(extract("日志正文\0更多内容"s)).find("更多内容") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
