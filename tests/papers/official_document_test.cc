#include <boost/test/unit_test.hpp>
#include <random>

#include "values.h"

namespace lantai::papers::test {
namespace {

using Names = std::vector<std::string>;

void check(const Values& values, const Values& expected) {
  for (const auto& [element, wanted] : expected) {
    const auto found = values.find(element);
    BOOST_TEST_CONTEXT(element) {
      BOOST_TEST((found == values.end() ? Names() : found->second) == wanted, boost::test_tools::per_element());
    }
  }
  for (const auto& [element, got] : values)
    BOOST_TEST(expected.contains(element), element << " is not there: " << got[0]);
}

const std::string kNotice =
    "000012\n机密★10年\n特急\n第一中学文件\n一中办〔2021〕5号\n"
    "第一中学关于做好2021年秋季开学\n疫情防控工作的通知\n"
    "各处室、各年级组，图书馆：\n"
    "为贯彻《教育部办公厅关于做好学校工作的通知》（教办〔2020〕3号）精神，现将有关事项通知如下。\n"
    "一、提高认识。各部门：应当落实。\n附件：1. 工作方案\n"
    "第一中学办公室\n2021年8月25日\n（联系人：张三，电话：12345）\n"
    "抄送：市教育局，各党支部。\n第一中学办公室  2021年8月26日印发\n— 1 —\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(Official_documents)

BOOST_AUTO_TEST_CASE(a_notice_gives_all_its_elements) {
  check(values_of(read({kNotice})), {{"secrecy", {"机密★10年"}},
                                     {"urgency", {"特急"}},
                                     {"document_number", {"一中办〔2021〕5号"}},
                                     {"title", {"第一中学关于做好2021年秋季开学疫情防控工作的通知"}},
                                     {"document_type", {"通知"}},
                                     {"main_recipient", {"各处室", "各年级组", "图书馆"}},
                                     {"issuer", {"第一中学办公室"}},
                                     {"date", {"2021-08-25"}},
                                     {"copied", {"市教育局", "各党支部"}}});
}

BOOST_AUTO_TEST_CASE(a_request_names_who_signed_it_for_issue) {
  check(values_of(read(
            {"第一中学文件\n一中〔2020〕12号        签发人：李 明  王小红\n关于增加编制的请示\n市教育局：\n我校……。\n"
             "妥否，请批示。\n第一中学\n2020年3月1日\n"})),
        {{"document_number", {"一中〔2020〕12号"}},
         {"signatory", {"李明", "王小红"}},
         {"title", {"关于增加编制的请示"}},
         {"document_type", {"请示"}},
         {"main_recipient", {"市教育局"}},
         {"issuer", {"第一中学"}},
         {"date", {"2020-03-01"}}});
}

BOOST_AUTO_TEST_CASE(a_letter_and_chinese_numerals) {
  check(
      values_of(read(
          {"滨海市第一中学\n滨一中函〔2019〕7号\n关于商请借用体育场的函\n市体育局：\n因举办校运会，拟借用贵局体育场。\n"
           "滨海市第一中学\n二〇一九年十月二十一日\n"})),
      {{"document_number", {"滨一中函〔2019〕7号"}},
       {"title", {"关于商请借用体育场的函"}},
       {"document_type", {"函"}},
       {"main_recipient", {"市体育局"}},
       {"issuer", {"滨海市第一中学"}},
       {"date", {"2019-10-21"}}});
}

BOOST_AUTO_TEST_CASE(minutes_have_no_recipients) {
  check(values_of(
            read({"第一中学校长办公会议纪要\n〔2022〕第3期\n第一中学关于食堂改造的会议纪要\n会议听取了总务处的汇报。\n"
                  "第一中学办公室\n2022年6月2日\n"})),
        {{"title", {"第一中学校长办公会议纪要"}},
         {"document_type", {"纪要"}},
         {"issuer", {"第一中学办公室"}},
         {"date", {"2022-06-02"}}});
}

BOOST_AUTO_TEST_CASE(traditional_script_is_kept_as_it_is_written) {
  check(
      values_of(read({"縣立中學文件\n縣中字〔1998〕第012號\n關於辦理學籍異動的通知\n各處室：\n請依規定辦理。\n教務處\n"
                      "一九九八年三月十五日\n"})),
      {{"document_number", {"縣中字〔1998〕12号"}},
       {"title", {"關於辦理學籍異動的通知"}},
       {"document_type", {"通知"}},
       {"main_recipient", {"各處室"}},
       {"issuer", {"教務處"}},
       {"date", {"1998-03-15"}}});
}

BOOST_AUTO_TEST_CASE(the_signature_stands_on_the_last_of_many_pages) {
  std::vector<std::string> pages(40, "正文一段。\n又一段：第三中学2018年1月1日的情况。\n— 7 —");
  pages.front() = "第三中学文件\n三中〔2018〕9号\n关于印发管理办法的通知\n各部门：\n现印发给你们。\n";
  pages.back() = "附则。\n第三中学\n2018年5月4日\n";
  const auto elements = read(pages);
  const auto values = values_of(elements);
  BOOST_TEST(values.at("date") == Names{"2018-05-04"}, boost::test_tools::per_element());
  BOOST_TEST(values.at("issuer") == Names{"第三中学"}, boost::test_tools::per_element());
  for (const auto& one : elements)
    BOOST_TEST(one.page == (one.kind == ElementKind::date || one.kind == ElementKind::issuer ? 40U : 1U));
}

BOOST_AUTO_TEST_CASE(a_title_that_passes_another_notice_on_is_read_to_its_end) {
  const auto values = values_of(read(
      {"一中〔2021〕6号\n关于转发市教育局做好防汛工作通知\n的通知\n各处室：\n请遵照执行。\n第一中学\n2021年7月1日\n"}));
  BOOST_TEST(values.at("title") == Names{"关于转发市教育局做好防汛工作通知的通知"}, boost::test_tools::per_element());
  const auto trial = values_of(
      read({"一中〔2021〕7号\n关于印发管理办法的通知（试行）\n各处室：\n请执行。\n第一中学\n2021年7月2日\n"}));
  BOOST_TEST(trial.at("document_type") == Names{"通知"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_element_says_where_it_stands) {
  for (const auto& one : read({kNotice})) {
    const auto there = kNotice.substr(one.begin, one.end - one.begin);
    BOOST_TEST_CONTEXT(name(one.kind) << ": " << there) {
      if (one.kind == ElementKind::date)
        BOOST_TEST(there == "2021年8月25日");
      else if (one.kind == ElementKind::title)
        BOOST_TEST(there == "第一中学关于做好2021年秋季开学\n疫情防控工作的通知");
      else
        BOOST_TEST(there == one.value);
      BOOST_TEST(one.page == 1U);
      BOOST_TEST((one.confidence > 0 && one.confidence <= 1));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_official_document_gives_nothing) {
  for (const std::string text :
       {"", "\n\n", "从前有一座山，山里有一座庙。\n老和尚讲故事：\n从前有座山。\n2021年3月5日\n",
        "姓名,部门,日期\n张三,办公室,2021年3月5日\n", "张老师：\n您好！通知已收到。\n李四\n2021年3月5日\n",
        "根据《通知》（教办〔2020〕3号）的要求办理。\n", "会议通知\n今天下午开会。\n",
        "To: a@b.c\nSubject: 5号\n\nhello\n", "秘密花园\n机密\n", "号号号号〔〕〔2021〕号\n：：：\n年月日\n"})
    BOOST_TEST(read({text}).empty(), text);
  const auto secret = read({"机密★20年\n手稿\n"});
  BOOST_REQUIRE(secret.size() == 1U);
  BOOST_TEST(secret[0].value == "机密★20年");
}

BOOST_AUTO_TEST_CASE(any_piece_and_any_noise_is_read_without_harm) {
  for (std::size_t size = 0; size <= kNotice.size(); ++size) {
    while (size < kNotice.size() && (static_cast<unsigned char>(kNotice[size]) & 0xC0U) == 0x80U) ++size;
    for (const auto& one : read({kNotice.substr(0, size)})) BOOST_TEST(one.end <= size);
  }
  std::mt19937 random(20'211'205);
  BOOST_TEST_MESSAGE("seed 20211205");
  const std::vector<std::string> pieces = {"号", "〔",   "2021", "〕", "5",    "\n",     "：",
                                           "年", "3",    "月",   "日", "抄送", "签发人", "机密",
                                           "★",  "通知", " ",    "第", "文件", "印发",   "十"};
  for (int round = 0; round < 3'000; ++round) {
    std::string text;
    for (int i = 0; i < 30; ++i) text += pieces[random() % pieces.size()];
    for (const auto& one : read({text})) {
      BOOST_TEST(one.begin <= one.end);
      BOOST_TEST(one.end <= text.size());
    }
  }
  BOOST_TEST(read({std::string(10'000'000, 'a')}).empty());
  std::string lines;
  for (int i = 0; i < 200'000; ++i) lines += "号号〔2021〕\n";
  BOOST_TEST(read({lines}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::papers::test
