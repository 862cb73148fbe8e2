#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "archive.h"
#include "lantai/base/error.h"

namespace search = lantai::search;
using namespace lantai::search::testing;
using lantai::TemporaryDirectory;
using lantai::index::Indexer;
using lantai::index::testing::Holdings;

namespace {

std::set<std::string> marked_parts(const search::Hit& hit) {
  std::set<std::string> parts;
  for (const auto& part : hit.snippet)
    if (part.hit) parts.insert(part.text);
  return parts;
}

std::string marked(const search::Hit& hit) {
  std::string out;
  for (const auto& part : hit.snippet) out += part.hit ? "[" + part.text + "]" : part.text;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(searching)

BOOST_AUTO_TEST_CASE(what_has_all_words_typed_freely_in_any_order_comes_first_and_the_closest_before_all) {
  Archive a;
  a.save(record("apart", "其他", "纪要已经整理。这次会议很长。"));
  a.save(record("together", "其他", "这是会议纪要，请阅。"));
  a.save(record("half", "其他", "只有会议。"));
  BOOST_TEST(a.found("会议纪要") == "together apart half ");
  BOOST_TEST(a.found("\"会议纪要\"") == "together ");
  BOOST_TEST(a.found("會議 AND 紀要") == "together apart ");
}

BOOST_AUTO_TEST_CASE(a_word_of_one_character_counts_and_a_function_word_does_not) {
  Archive a;
  for (int i = 0; i < 8; ++i) a.save(record("other" + std::to_string(i), "表格", "合并表格的单元格，并且设置的边框"));
  a.save(record("column", "表格", "设置表格，列，列，列"));
  a.save(record("line", "表格", "设置表格，行，行，行"));
  a.save(record("of", "表格", "设置表格，的，的，的"));
  const auto first = [&](const std::string& query) { return a.search(query).hits.at(0).id; };
  BOOST_TEST(first("设置表格的列") == "column");
  BOOST_TEST(first("设置表格的行") == "line");
}

BOOST_AUTO_TEST_CASE(a_hit_in_the_title_comes_before_one_in_the_body) {
  Archive a;
  a.save(record("body", "其他事项", "关于预算的说明，关于预算。"));
  a.save(record("title", "预算说明", "内容如下。"));
  BOOST_TEST(a.found("预算") == "title body ");
}

BOOST_AUTO_TEST_CASE(single_characters_and_names_outside_the_dictionary_are_found) {
  Archive a;
  a.save(record("one", "王堃龘同学的申请"));
  BOOST_TEST(a.found("龘") == "one ");
  BOOST_TEST(a.found("王堃龘") == "one ");
  BOOST_TEST(a.found("龘堃") == "");
}

BOOST_AUTO_TEST_CASE(a_document_number_in_any_dress_finds_exactly_that_number) {
  Archive a;
  a.save(with(record("five", "通知甲"), "document_number", "校办〔2021〕5号", true, false));
  a.save(with(record("fifteen", "通知乙"), "document_number", "校办〔2021〕15号", true, false));
  a.save(with(record("fifty", "通知丙"), "document_number", "校办〔2021〕50号", true, false));
  a.save(with(record("other", "通知丁"), "document_number", "校党办〔2021〕5号", true, false));
  a.save(record("mention", "回复", "根据校办［2021］5号文件要求"));
  for (const std::string query :
       {"校办〔2021〕5号", "校办[2021]5号", "校办（2021）5号", "校办【２０２１】５号", "校办 〔2021〕 第5号"}) {
    BOOST_TEST(a.found(query) == "five mention ", query << " found " << a.found(query));
  }
  BOOST_TEST(a.found("文号:校办(2021)5号") == "five ");
}

BOOST_AUTO_TEST_CASE(a_document_number_in_a_body_is_found_in_any_dress_and_no_other_is) {
  Archive a;
  const std::vector<std::string> same = {"根据校办〔2021〕5号文件", "见校办［２０２１］第５号。", "校办 【2021】 05 号",
                                         "（校辦(2021)5號）", "转发\n校办〔2021〕\n5号"};
  const std::vector<std::string> other = {"根据校办〔2021〕15号", "校办〔2021〕51号",      "校办〔2012〕5号",
                                          "校办2021年5号",        "根据党校办〔2021〕5号", "教〔2021〕5号",
                                          "校〔2021〕办5号"};
  for (const auto& body : same) a.save(record("same" + std::to_string(&body - same.data()), "甲", body));
  for (const auto& body : other) a.save(record("other" + std::to_string(&body - other.data()), "乙", body));
  a.save(with(record("longer", "丙"), "document_number", "党校办〔2020〕1号", true, false));
  for (const std::string query :
       {"校办〔2021〕5号", "校办(2021)第5号", "校办［２０２１］05号", "校办[2021]5", "校辦 〔2021〕 5 號"}) {
    const auto result = a.search(query);
    BOOST_TEST(result.total == same.size(), query << " found " << a.found(query));
    for (const auto& hit : result.hits) {
      BOOST_TEST(hit.id.starts_with("same"), query << " found " << hit.id);
      BOOST_TEST(marked(hit).find("[") != std::string::npos);
    }
  }
  BOOST_TEST(a.search("党校办〔2021〕5号").total == 1U);
  BOOST_TEST(marked(a.search("校办〔2021〕5号 AND 见").hits.at(0)).find("校办［２０２１］第５号]") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_date_is_found_however_it_is_written_and_no_other_is) {
  Archive a;
  const std::vector<std::string> same = {"于2021年3月5日召开", "2021-03-05 收到", "日期：2021/3/5。",
                                         "２０２１．３．５"};
  const std::vector<std::string> other = {"2021年3月15日", "2021年13月5日", "12021年3月5日", "2021-03-05-7",
                                          "2020年3月5日"};
  for (const auto& body : same) a.save(record("same" + std::to_string(&body - same.data()), "甲", body));
  for (const auto& body : other) a.save(record("other" + std::to_string(&body - other.data()), "乙", body));
  a.save(record("month", "丙", "2021年3月总结"));
  for (const std::string query : {"2021年3月5日", "2021-03-05", "2021/3/5", "2021.3.5", "２０２１ 年 3 月 5 日"}) {
    const auto result = a.search(query);
    BOOST_TEST(result.total == same.size(), query << " found " << a.found(query));
    for (const auto& hit : result.hits) {
      BOOST_TEST(hit.id.starts_with("same"), query << " found " << hit.id);
      BOOST_TEST(marked(hit).find("[") != std::string::npos);
    }
  }
  BOOST_TEST(a.search("2021年3月").total == same.size() + 2);  // and the fifteenth
  BOOST_TEST(a.search("2021年3月5日召开").total == 1U);
  BOOST_TEST(a.search("\"2021年3月5日\"").total == 2U);  // in quotes as it stands, also in 12021年3月5日
}

BOOST_AUTO_TEST_CASE(a_filter_takes_a_whole_value_and_nothing_less) {
  Archive a;
  a.save(record("whole", "会议纪要"));
  a.save(record("longer", "会议纪要（一）"));
  search::SearchRequest request;
  request.access.everything = true;
  request.filters.push_back({"title", {"會議 纪要"}, {}, {}});
  const auto result = a.searcher->search(request);
  BOOST_REQUIRE_EQUAL(result.total, 1U);
  BOOST_TEST(result.hits[0].id == "whole");
}

BOOST_AUTO_TEST_CASE(a_reference_code_with_any_dash_or_dot_finds_exactly_that_code) {
  Archive a;
  Document one = record("one", "甲", "档号 Z109-WS·2011-Y-BGS-0001 见附");
  one.reference_code = "Z109-WS·2011-Y-BGS-0001";
  Document longer = record("longer", "乙");
  longer.reference_code = "Z109-WS·2011-Y-BGS-0001-2";
  Document next = record("next", "丙");
  next.reference_code = "Z109-WS·2011-Y-BGS-00012";
  for (const auto& document : {one, longer, next}) a.save(document);
  for (const std::string query :
       {"Z109-WS·2011-Y-BGS-0001", "z109－ws．2011－y－bgs－0001", "Z109 - WS·2011 - Y - BGS - 0001"}) {
    BOOST_TEST(a.found(query) == "one ", query << " found " << a.found(query));
  }
  a.save(record("inside", "丁", "Z109-WS·2011-Y-BGS-0001-3与AZ109-WS·2011-Y-BGS-0001"));
  a.save(record("mention", "戊", "（Ｚ109—WS．2011—Y—BGS—0001）"));
  Document scan = record("scan", "己", "空");
  scan.files[0].name = "Z109-WS·2011-Y-BGS-0001.pdf";
  a.save(scan);
  BOOST_TEST(a.search("Z109-WS·2011-Y-BGS-0001").total == 3U, a.found("Z109-WS·2011-Y-BGS-0001"));
}

BOOST_AUTO_TEST_CASE(a_prefix_finds_words_that_begin_so) {
  Archive a;
  a.save(record("report", "Annual Report"));
  a.save(record("reports", "reports of 2021"));
  a.save(record("rep", "a rep"));
  BOOST_TEST(a.found("report") == "report ");
  BOOST_TEST(a.search("report*").total == 2U);
  BOOST_TEST(a.search("通知*").total == 0U);
  a.save(record("notice", "通知公告"));
  a.save(record("other", "关于通告的函"));
  BOOST_TEST(a.found("通知*") == "notice ");
}

BOOST_AUTO_TEST_CASE(a_prefix_of_a_number_finds_the_numbers_that_begin_so) {
  Archive a;
  a.save(with(record("one", "甲"), "document_number", "清实校办〔2016〕1号", true, false));
  a.save(with(record("two", "乙"), "document_number", "清实校办〔2017〕3号", true, false));
  a.save(with(record("three", "丙"), "document_number", "清实党委〔2016〕1号", true, false));
  BOOST_TEST(a.search("文号:清实校办*").total == 2U);
  BOOST_TEST(a.found("文号:清实校办〔2017*") == "two ");
  BOOST_TEST(a.search("文号:市教*").total == 0U);
}

// Both are in one text each.
BOOST_AUTO_TEST_CASE(a_word_of_letters_counts_no_less_than_one_of_two_characters) {
  Archive a;
  a.save(record("letters", "其他", "此处写明ISO，其余从略。"));
  a.save(record("characters", "其他", "此处写明绿化，其余从略。"));
  for (const char* query : {"ISO绿化经费安排情况", "绿化ISO经费安排情况"}) {
    const auto found = a.search(query);
    BOOST_REQUIRE_EQUAL(found.hits.size(), 2U);
    BOOST_TEST(found.hits[0].id == "letters", query);
  }
}

BOOST_AUTO_TEST_CASE(what_a_question_asks_with_is_not_looked_for) {
  Archive a;
  a.save(record("guide", "居住证办理须知"));
  for (const char* query : {"如何办理居住证", "居住证怎么办理", "请问居住证在哪里办理？"}) {
    search::SearchRequest request;
    request.query = query;
    request.access.everything = true;
    const auto result = a.searcher->search(request);
    BOOST_TEST_CONTEXT(query) {
      BOOST_REQUIRE_EQUAL(result.hits.size(), 1U);
      BOOST_TEST(!result.hits[0].partial);
      BOOST_TEST(result.hints.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(the_page_of_the_hit_is_told_and_the_original_is_marked) {
  Archive a;
  Document document = record("one", "甲");
  document.files = {{1, "first.pdf"}, {2, "second.pdf"}};
  document.pages = {
      {1, 1, "没有"}, {2, 1, "也没有"}, {2, 2, "關於 會 議\n紀要的說明"}, {2, 3, "最后一页讲安"}, {2, 4, "全检查"}};
  a.save(document);
  auto result = a.search("会议纪要");
  BOOST_REQUIRE_EQUAL(result.hits.size(), 1U);
  BOOST_TEST(result.hits[0].file == 2U);
  BOOST_TEST(result.hits[0].file_name == "second.pdf");
  BOOST_TEST(result.hits[0].page == 2U);
  BOOST_TEST(marked(result.hits[0]).find("關於 [會 議 紀要]的說明") != std::string::npos, marked(result.hits[0]));
  result = a.search("\"安全检查\"");
  BOOST_REQUIRE_EQUAL(result.hits.size(), 1U);
  BOOST_TEST(result.hits[0].page == 3U);
}

BOOST_AUTO_TEST_CASE(results_sort_by_date_and_by_code_as_people_count) {
  Archive a;
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"A-9", "2021-03-05"}, {"A-10", "2020"}, {"A-1", ""}, {"", "2022-01-01"}};
  int number = 0;
  for (const auto& [code, date] : rows) {
    Document document = record("r" + std::to_string(number++), "会议");
    document.reference_code = code;
    document.date = date;
    a.save(document);
  }
  search::SearchRequest request;
  request.query = "会议";
  request.access.everything = true;
  const auto order = [&](search::Sort sort) {
    request.sort = sort;
    std::string out;
    for (const auto& hit : a.searcher->search(request).hits) out += hit.id + " ";
    return out;
  };
  BOOST_TEST(order(search::Sort::date_ascending) == "r1 r0 r3 r2 ");
  BOOST_TEST(order(search::Sort::date_descending) == "r3 r0 r1 r2 ");
  BOOST_TEST(order(search::Sort::code_ascending) == "r2 r0 r1 r3 ");
  BOOST_TEST(order(search::Sort::code_descending) == "r1 r0 r2 r3 ");
}

BOOST_AUTO_TEST_CASE(newer_ones_are_preferred_where_asked_unless_an_older_one_fits_much_better) {
  Archive a;
  const auto save = [&](const std::string& id, const std::string& date, const std::string& title,
                        const std::string& body) {
    Document document = record(id, title, body);
    document.date = date;
    a.save(document);
  };
  save("old", "2011-03-05", "通知", "关于校庆的安排");
  save("undated", "", "通知", "关于校庆的安排");
  save("year", "2019", "通知", "关于校庆的安排");
  save("new", "2021-03-01", "通知", "关于校庆的安排");
  save("ahead", "2021-12-01", "通知", "关于校庆的安排");
  save("fits", "2019-09-05", "校庆筹备", "校庆的安排，校庆的经费，校庆的日程");
  search::SearchRequest request;
  request.query = "校庆";
  request.access.everything = true;
  request.today = {2021, 3, 5};
  const auto order = [&] {
    std::string out;
    for (const auto& hit : a.searcher->search(request).hits) out += hit.id + " ";
    return out;
  };
  BOOST_TEST(order() == "fits old undated year new ahead ");  // all alike but one
  request.sort = search::Sort::recent;
  BOOST_TEST(order() == "fits ahead new year old undated ");
  request.query = "安排 \"关于校庆\"";
  BOOST_TEST(order() == "ahead new year old undated ");
  request.today = {2040, 1, 1};  // what has no date counts as of 2020
  BOOST_TEST(order() == "ahead new undated year old ");
  request.today = {2021, 3, 5};
  request.query = "";
  BOOST_TEST(order() == "ahead new fits year old undated ");
  request.limit = 2;
  BOOST_TEST(order() == "ahead new ");
}

BOOST_AUTO_TEST_CASE(what_the_store_no_longer_lets_see_is_not_shown_although_indexed) {
  Archive a;
  a.save(record("one", "会议纪要"));
  search::SearchRequest request;
  request.query = "会议";
  request.access.any_of = {"public"};
  BOOST_TEST(a.searcher->search(request).hits.size() == 1U);
  request.access.any_of = {"else"};
  BOOST_TEST(a.searcher->search(request).total == 0U);
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_a_stored_text_is_named_and_the_record_is_read_again) {
  Archive a;
  for (int i = 0; i < 20; ++i)
    a.save(record("r" + std::to_string(i), "甲", "关于第" + std::to_string(i) + "号实验楼消防检查"));
  a.searcher.reset();
  a.indexer.reset();
  std::filesystem::path log;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(a.directory.path())) {
    if (entry.path().filename() == "texts.log") log = entry.path();
  }
  {
    std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    const auto at = content.find("7号实验楼");
    BOOST_REQUIRE(at != std::string::npos);
    file.seekp(static_cast<std::streamoff>(at));
    file.put('6');  // one bit off: 7 → 6
  }
  a.open();
  BOOST_TEST(a.search("\"第6号实验楼\"").total == 1U);
  BOOST_TEST(a.found("\"第7号实验楼\"") == "r7 ");
  BOOST_TEST(a.indexer->status().last_problem.find("item/r7 is damaged") != std::string::npos);
  BOOST_TEST(a.indexer->status().last_error == "");
  a.searcher.reset();
  a.indexer.reset();
  a.open();
  BOOST_TEST(a.found("\"第7号实验楼\"") == "r7 ");
  BOOST_TEST(a.indexer->status().last_problem == "");
}

BOOST_AUTO_TEST_CASE(a_document_is_made_once_to_be_shown_and_anew_when_it_has_changed) {
  struct Counting final : lantai::index::DocumentSource {
    explicit Counting(const Holdings& from) : holdings(from) {}
    std::optional<Document> find(const std::string& type, const std::string& id) const override {
      ++asked;
      return holdings.find(type, id);
    }
    void each(const std::function<bool(const std::string&, const std::string&)>& visit) const override {
      holdings.each(visit);
    }
    std::string schema_hash() const override { return holdings.schema_hash(); }
    const Holdings& holdings;
    mutable std::atomic<int> asked{0};
  };
  Archive a;
  a.save(record("one", "会议纪要甲"));
  const Counting source(a.holdings);
  a.searcher = search::Searcher::make(*a.indexer, source);
  BOOST_TEST(a.search("会议").hits.at(0).title == "会议纪要甲");
  BOOST_TEST(a.search("纪要").hits.at(0).title == "会议纪要甲");
  BOOST_TEST(source.asked == 1);
  a.save(record("one", "会议纪要乙"));
  BOOST_TEST(a.search("会议").hits.at(0).title == "会议纪要乙");
  BOOST_TEST(source.asked == 2);
}

BOOST_AUTO_TEST_CASE(an_uncertain_date_lies_and_sorts_where_it_says) {
  Archive a;
  const auto dated = [&](const std::string& id, const std::string& date) {
    auto document = with(record(id, "公告"), "date", date, false, true);
    document.date = date;
    a.save(document);
  };
  dated("uncertain", "[19450815]");
  dated("year", "[1947]");
  dated("certain", "1944-02-01");
  dated("later", "1950-01-01");
  BOOST_TEST(a.search("date:1940..1949").total == 3U);
  BOOST_TEST(a.search("date:1945-08..1945-08").total == 1U);
  search::SearchRequest request;
  request.query = "公告";
  request.access.everything = true;
  request.sort = search::Sort::date_ascending;
  std::vector<std::string> order;
  for (const auto& hit : a.searcher->search(request).hits) order.push_back(hit.id);
  BOOST_TEST(order == (std::vector<std::string>{"certain", "uncertain", "year", "later"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(members_of_an_archive_are_texts_of_their_own) {
  Archive a;
  auto document = record("zip", "往来函件");
  document.files = {{1, "letters.zip"}, {1, "a/one.txt"}, {1, "b/two.txt"}};
  document.pages = {{1, 1, "甲文首页结尾安全", "a/one.txt"},
                    {1, 2, "甲文次页", "a/one.txt"},
                    {1, 1, "检查乙文首页", "b/two.txt"},
                    {1, 2, "乙文次页独有词语", "b/two.txt"}};
  a.save(document);
  BOOST_TEST(a.search("\"安全检查\"").total == 0U);
  BOOST_TEST(a.search("\"安全甲文次页\"").total == 1U);  // over a page break
  const auto found = a.search("独有词语");
  BOOST_REQUIRE_EQUAL(found.hits.size(), 1U);
  BOOST_TEST(found.hits[0].file == 1U);
  BOOST_TEST(found.hits[0].file_name == "letters.zip");
  BOOST_TEST(found.hits[0].member == "b/two.txt");
  BOOST_TEST(found.hits[0].page == 2U);
}

BOOST_AUTO_TEST_CASE(marks_in_a_page_cover_the_original_characters) {
  Archive a;
  a.save(record("one", "会议纪要"));
  const std::string page = "關於會 議的 Report";
  const auto ranges = a.searcher->marker("会议 report")(page);
  BOOST_REQUIRE_EQUAL(ranges.size(), 2U);
  BOOST_TEST(page.substr(ranges[0].first, ranges[0].second - ranges[0].first) == "會 議");
  BOOST_TEST(page.substr(ranges[1].first, ranges[1].second - ranges[1].first) == "Report");
}

BOOST_AUTO_TEST_CASE(limits_and_strict_syntax_are_refused_as_invalid) {
  Archive a;
  a.save(record("one", "会议纪要"));
  search::SearchRequest request;
  request.access.everything = true;
  request.limit = 0;
  BOOST_CHECK_THROW(a.searcher->search(request), lantai::Error);
  request.limit = 10;
  request.query = "(会议";
  BOOST_TEST(a.searcher->search(request).total == 1U);
  request.strict = true;
  BOOST_CHECK_THROW(a.searcher->search(request), lantai::Error);
}

BOOST_AUTO_TEST_CASE(identity_numbers_addresses_and_letters_glued_to_han_are_found_as_they_are_typed) {
  Archive a;
  a.save(record("identity", "登记表", "身份证号：11010119900307123X，联系人张三"));
  a.save(record("address", "登记表", "请发至zhang.san@school.edu.cn或致电025-83590000"));
  a.save(record("glued", "登记表", "用iPad和WPS表格，接入5G网络"));
  for (const char* query : {"11010119900307123X", "11010119900307123x", "１１０１０１１９９００３０７１２３Ｘ",
                            "\"11010119900307123X\"", "身份证号11010119900307123X", "110101*", "\"19900307\""})
    BOOST_TEST(a.found(query) == "identity ", query << " found " << a.found(query));
  for (const char* query : {"1101011990030712", "19900307"}) BOOST_TEST(a.found(query).empty(), query);  // not whole
  for (const char* query :
       {"zhang.san@school.edu.cn", "ZHANG.SAN@School.edu.cn", "\"san@school\"", "school.edu.cn", "025-83590000"})
    BOOST_TEST(a.found(query) == "address ", query << " found " << a.found(query));
  for (const char* query : {"iPad", "ipad", "ＷＰＳ", "WPS表格", "5G", "5g网络", "\"用iPad和\""})
    BOOST_TEST(a.found(query) == "glued ", query << " found " << a.found(query));
}

BOOST_AUTO_TEST_CASE(pieces_are_near_each_other_when_no_more_characters_stand_between_them) {
  Archive a;
  a.save(record("close", "报告", "食堂明年的预算已经核定。"));                    // three characters between
  a.save(record("turned", "报告", "明年的预算里，食堂部分另行核定。"));           // two, the other way round
  a.save(record("lines", "报告", "食堂\n明 年\n预算"));                           // two, folded
  a.save(record("far", "报告", "食堂由后勤处管理。各部门应在年底前编制预算。"));  // seventeen
  a.save(record("half", "食堂的报告", "后勤处"));
  BOOST_TEST(a.found("\"食堂 预算\"~2") == "lines turned ");
  BOOST_TEST(a.found("\"预算 食堂\"~3").size() == std::string("close lines turned ").size());
  BOOST_TEST(a.found("食堂 NEAR/16 预算").find("far") == std::string::npos);
  BOOST_TEST(a.found("食堂 NEAR/17 预算").find("far") != std::string::npos);
  BOOST_TEST(a.found("食堂 NEAR/17 预算").find("half") == std::string::npos);
  BOOST_TEST(a.found("\"食堂预算\"~2") == a.found("\"食堂 预算\"~2"));
  BOOST_TEST(a.found("\"食堂 核定\"~8 NOT 部分") == "close ");
  BOOST_TEST(a.found("\"食堂 食堂\"~0 title:食堂") == "half ");  // one stands for both
  BOOST_TEST(a.found("title:\"食堂 报告\"~1") == "half ");
  BOOST_TEST(a.found("title:\"食堂 预算\"~9").empty());

  a.save(record("title", "食堂", "预算"));
  BOOST_TEST(a.found("\"食堂 预算\"~50").find("title") == std::string::npos);  // two texts
  const auto hits = a.search("\"食堂 预算\"~2").hits;
  BOOST_TEST((marked_parts(hits.front()) == std::set<std::string>{"食堂", "预算"}));
}

BOOST_AUTO_TEST_CASE(numbers_and_dates_are_near_a_word_however_they_are_written) {
  Archive a;
  a.save(record("number", "回复", "根据校办［2021］第05号文件，现将预算上报"));
  a.save(record("date", "回复", "2021/3/5起执行预算。2022年3月5日与此无关"));
  BOOST_TEST(a.found("校办〔2021〕5号 NEAR/6 预算") == "number ");
  BOOST_TEST(a.found("校办〔2021〕5号 NEAR/4 预算").empty());
  BOOST_TEST(a.found("2021年3月5日 NEAR/3 预算") == "date ");
  BOOST_TEST(a.found("2022年3月5日 NEAR/0 预算").empty());
}

BOOST_AUTO_TEST_CASE(pieces_that_stand_too_far_apart_are_named_in_the_explanation) {
  Archive a;
  a.save(record("one", "报告", "食堂由后勤处管理。各部门应在年底前编制预算。"));
  search::SearchRequest request;
  request.access.everything = true;
  request.query = "\"食堂 预算\"~5 后勤";
  const auto explained = a.searcher->explain(request, "item", "one");
  BOOST_REQUIRE(explained.parts.size() == 2U);
  BOOST_TEST(explained.parts[0].text == "\"食堂 预算\"~5");
  BOOST_TEST((!explained.matches && !explained.parts[0].held && explained.parts[1].held));
  request.query = "食堂 NEAR/30 预算";
  BOOST_TEST(a.searcher->explain(request, "item", "one").parts[0].held);
}

BOOST_AUTO_TEST_CASE(what_keeps_a_record_from_being_found_is_named) {
  Archive a;
  a.save(with(record("one", "会议通知", "关于校庆筹备的安排"), "fiscal_year", "2021", false, true));
  const auto explained = [&](const std::string& query, const std::vector<search::FieldFilter>& filters = {},
                             const std::vector<std::string>& terms = {}) {
    search::SearchRequest request;
    request.query = query;
    request.filters = filters;
    request.access.everything = terms.empty();
    request.access.any_of = terms;
    return a.searcher->explain(request, "item", "one");
  };
  const auto found = explained("校庆 \"会议通知\" NOT 图书");
  BOOST_TEST((found.version && found.visible && found.matches && !found.by_any_part));
  BOOST_TEST(found.parts.size() == 3U);

  const auto missing = explained("校庆图书馆");
  BOOST_TEST((!missing.matches && missing.by_any_part));
  BOOST_REQUIRE(missing.parts.size() == 1U);
  BOOST_TEST(!missing.parts[0].held);
  BOOST_TEST(missing.parts[0].missing == std::vector<std::string>{"图书"}, boost::test_tools::per_element());

  const auto excluded = explained("会议 NOT 校庆");
  BOOST_TEST(!excluded.matches);
  BOOST_REQUIRE(excluded.parts.size() == 2U);
  BOOST_TEST((excluded.parts[1].excluded && excluded.parts[1].held && excluded.parts[1].text == "校庆"));

  const auto in_field = explained("title:校庆");
  BOOST_REQUIRE(in_field.parts.size() == 1U);
  BOOST_TEST((in_field.parts[0].field == "title" && !in_field.parts[0].held));

  search::FieldFilter year;
  year.field = "fiscal_year";
  year.any_of = {"2020"};
  BOOST_TEST(explained("会议", {year}).failed_filters == std::vector<std::string>{"fiscal_year"});
  BOOST_TEST(!explained("会议", {}, {"secret"}).visible);
  BOOST_TEST(explained("会议", {}, {"public"}).visible);

  search::SearchRequest request;
  request.query = "会议";
  BOOST_TEST(!a.searcher->explain(request, "item", "two").version.has_value());
  a.save(with(record("one", "会议纪要"), "fiscal_year", "2021", false, true));
  BOOST_TEST(!explained("通知").matches);  // of the version that counts
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(synonyms)

BOOST_AUTO_TEST_CASE(a_word_also_finds_what_means_the_same_and_says_so) {
  Archive a;
  a.save(record("short", "校办关于放假的通知"));
  a.save(record("long", "校长办公室值班安排"));
  a.save(record("room", "校长办公室主任任免"));
  a.save(record("other", "财务处放假安排"));
  BOOST_TEST(a.found("校办") == "short ");
  search::Synonyms list;
  list.add("校办", {"校长办公室"}, true);
  list.add("年假", {"放假"}, false);
  a.synonyms = std::make_shared<const search::Synonyms>(list);
  BOOST_TEST(a.search("校办").total == 3U);
  BOOST_TEST(a.search("校长办公室").total == 3U);  // both ways
  BOOST_TEST(a.search("校办安排").hits.front().id == "long");
  BOOST_TEST(a.search("校办 安排").total == 1U);
  BOOST_TEST(a.search("年假").total == 2U);
  BOOST_TEST(a.search("放假").total == 2U);  // one way: nothing is 年假
  BOOST_TEST(a.found("\"校办\"") == "short ");
  BOOST_TEST(a.found("校办 AND 放假") == "short ");
  const auto result = a.search("校办");
  BOOST_REQUIRE(!result.hints.empty());
  BOOST_TEST(result.hints.front().code == "search.synonyms");
  BOOST_TEST(result.hints.front().detail == "校办 → 校长办公室");
  // Told once, also when parts are enough.
  const auto relaxed = a.search("校办 无此词语");
  BOOST_TEST(std::count(relaxed.hints.begin(), relaxed.hints.end(), result.hints.front()) == 1);
  bool marked = false;
  for (const auto& hit : result.hits) marked = marked || marked_parts(hit).contains("校长办公室");
  BOOST_TEST(marked);
}

BOOST_AUTO_TEST_CASE(a_word_within_a_longer_word_has_no_synonyms) {
  Archive a;
  a.save(record("room", "会议室预约"));
  a.save(record("talk", "座谈预约室"));
  search::Synonyms list;
  list.add("会议", {"座谈"}, true);
  a.synonyms = std::make_shared<const search::Synonyms>(list);
  BOOST_TEST(a.search("会议室预约").total == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(likeness)

BOOST_AUTO_TEST_CASE(records_about_the_same_are_alike_within_what_the_caller_may_see) {
  Archive a;
  const std::string topic = "实验室危险化学品安全管理检查";
  a.save(record("first", "关于实验室安全检查的通知", topic + "，各学院自查并上报整改台账。"));
  a.save(record("second", "实验室危险化学品整改情况报告", "根据安全检查要求，整改台账如下：" + topic));
  auto hidden = record("hidden", "实验室危险化学品事故内部通报", topic + topic);
  hidden.access = {"secret"};
  a.save(hidden);
  for (int i = 0; i < 30; ++i)
    a.save(record("sport" + std::to_string(i), "运动会秩序册", "田径比赛检录顺序与奖项设置" + std::to_string(i)));
  const auto ids = [&](const std::string& id, const search::AccessFilter& access) {
    std::string out;
    for (const auto& hit : a.searcher->similar("item", id, access, 3)) out += hit.id + " ";
    return out;
  };
  BOOST_TEST(ids("first", {false, {"public"}}) == "second ");
  BOOST_TEST(ids("first", {true, {}}).find("hidden") != std::string::npos);
  BOOST_TEST(ids("unknown", {true, {}}) == "");
  BOOST_TEST(a.searcher->similar("item", "sport1", {true, {}}, 3).size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
