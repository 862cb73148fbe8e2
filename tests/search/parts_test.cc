// What has only a part of what was typed: when it is found, where it stands, what it says.
#include <boost/test/unit_test.hpp>
#include <map>

#include "archive.h"

namespace search = lantai::search;
using namespace lantai::search::testing;

BOOST_AUTO_TEST_SUITE(parts)

BOOST_AUTO_TEST_CASE(when_not_everything_is_found_together_any_part_will_do_and_a_hint_says_so) {
  Archive a;
  a.save(record("one", "会议纪要"));
  const auto result = a.search("会议 天文台");
  BOOST_TEST(result.total == 1U);
  BOOST_REQUIRE_EQUAL(result.hints.size(), 1U);
  BOOST_TEST(result.hints[0].code == "search.relaxed");
  BOOST_TEST(a.search("会议 AND 天文台").total == 0U);
}

// Ten times as many words of one kind do not outweigh that the other is missing.
BOOST_AUTO_TEST_CASE(what_has_a_part_follows_and_is_counted_apart_unless_there_is_enough_that_has_all) {
  Archive a;
  const auto in_year = [](const Document& document, const std::string& year) {
    return with(document, "fiscal_year", year, false, true);
  };
  a.save(in_year(record("part", "预算 预算 预算 预算 预算 预算 预算 预算 预算 预算"), "2020"));
  a.save(in_year(record("all", "其他事项", "预算见后。下面谈食堂。"), "2019"));
  search::SearchRequest request;
  request.query = "预算 食堂";
  request.access.everything = true;
  request.facets = {"fiscal_year"};
  const auto result = a.searcher->search(request);
  BOOST_REQUIRE_EQUAL(result.hits.size(), 2U);
  BOOST_TEST(result.hits[0].id == "all");
  BOOST_TEST(!result.hits[0].partial);
  BOOST_TEST(result.hits[1].id == "part");
  BOOST_TEST(result.hits[1].partial);
  BOOST_TEST(result.total == 1U);
  BOOST_TEST(result.partial == 1U);
  BOOST_TEST(result.hints.empty());
  BOOST_REQUIRE_EQUAL(result.facets.at(0).values.size(), 1U);
  BOOST_TEST(result.facets[0].values[0].value == "2019");

  request.limit = 1;  // one that has all fills it
  BOOST_TEST(a.searcher->search(request).partial == 0U);
  request.limit = 20;
  request.sort = search::Sort::date_descending;
  BOOST_TEST(a.searcher->search(request).hits.size() == 1U);
}

BOOST_AUTO_TEST_CASE(of_more_than_three_words_or_of_one_run_the_score_decides_and_what_has_a_part_says_so) {
  Archive a;
  for (const auto& id : {"b1", "b2", "b3", "b4"}) a.save(record(id, "预算"));
  std::string weather;
  for (int day = 0; day < 200; ++day) weather += "第" + std::to_string(day) + "天天气晴朗。";
  a.save(record("all", "其他事项", weather + "预算、食堂、采购、设备各占一句。"));
  a.save(record("part", "食堂设备采购", "食堂设备采购，食堂设备采购。"));
  for (const char* query : {"预算 食堂 采购 设备", "预算食堂采购", "预算 食堂 采购"}) {
    search::SearchRequest request;
    request.query = query;
    request.access.everything = true;
    const auto result = a.searcher->search(request);
    BOOST_REQUIRE_EQUAL(result.hits.size(), 6U);
    const bool all_first = std::string_view(query) == "预算 食堂 采购";
    BOOST_TEST(result.hits[0].id == (all_first ? "all" : "part"), query);
    for (const auto& hit : result.hits) BOOST_TEST(hit.partial == (hit.id != "all"), hit.id);
    BOOST_TEST(result.total == 1U);
    BOOST_TEST(result.partial == 5U);

    request.all_words = true;
    const auto strict = a.searcher->search(request);
    BOOST_TEST(ids_of(strict) == "all ", query);
    BOOST_TEST(strict.partial == 0U);
  }
}

BOOST_AUTO_TEST_CASE(what_has_a_part_tells_what_it_lacks_as_it_was_typed) {
  Archive a;
  a.save(record("all", "消防演练、食堂与预算"));
  a.save(record("drill", "消防演练"));
  a.save(with(record("number", "食堂预算"), "document_number", "校办〔2021〕5号", true, false));
  const auto lacked = [&](const std::string& query) {
    std::map<std::string, std::string> told;
    for (const auto& hit : a.search(query).hits)
      for (const auto& part : hit.missing) told[hit.id] += part + "|";
    return told;
  };
  using Told = std::map<std::string, std::string>;
  BOOST_TEST((lacked("消防演练食堂预算") == Told{{"drill", "食堂|预算|"}, {"number", "消防|演练|"}}));
  BOOST_TEST((lacked("消防演練 食堂 預算") == Told{{"drill", "食堂|預算|"}, {"number", "消防|演練|"}}));
  BOOST_TEST((lacked("消防演练 校办【2021】5号") ==
              Told{{"all", "校办【2021】5号|"}, {"drill", "校办【2021】5号|"}, {"number", "消防|演练|"}}));
  BOOST_TEST((lacked("食堂 NoSuchWord") == Told{{"all", "NoSuchWord|"}, {"number", "NoSuchWord|"}}));
  BOOST_TEST((lacked("食堂 预算").empty()));
}

// However long the passage: who wants all words wants them all.
BOOST_AUTO_TEST_CASE(where_all_words_are_wanted_a_part_will_not_do) {
  Archive a;
  const std::string passage = "物业服务企业应当对业主装修房屋的登记事项予以记载，并在小区内公布，接受全体业主监督。";
  a.save(record("all", "装修管理", passage + "其余从略。"));
  a.save(record("part", "物业服务企业年度总结", "登记事项予以记载。"));
  search::SearchRequest request;
  request.access.everything = true;
  request.query = passage;
  BOOST_TEST(a.searcher->search(request).total == 2U);
  request.all_words = true;
  BOOST_TEST(ids_of(a.searcher->search(request)) == "all ");
  request.query = "装修 天文台";
  const auto none = a.searcher->search(request);
  BOOST_TEST(none.total == 0U);
  BOOST_TEST(none.hits.empty());
  BOOST_TEST(none.hints.empty());
}

BOOST_AUTO_TEST_CASE(a_passage_pasted_in_several_pieces_ranks_and_requires_nothing) {
  Archive a;
  a.save(record("other", "物业服务企业年度总结"));
  a.save(record("meant", "装修管理",
                "物业服务企业应当对业主装修房屋的登记事项予以记载，并在小区内公布，接受全体业主监督。"));
  search::SearchRequest request;
  request.access.everything = true;
  request.query =
      "（二）物业服务企业和村（居）民委员会应当对“装修”登记事项予以记载 并在房屋所在区域内公布，接受监督检查和社会评议 "
      "无人有过的词语";
  const auto result = a.searcher->search(request);
  BOOST_REQUIRE(!result.hits.empty());
  BOOST_TEST(result.hits[0].id == "meant");
  BOOST_TEST(!result.hits[0].partial);
}

BOOST_AUTO_TEST_CASE(what_has_a_part_goes_on_over_the_pages) {
  Archive a;
  for (const auto& id : {"p1", "p2", "p3", "p4"}) a.save(record(id, "预算"));
  a.save(record("all", "预算与食堂"));
  search::SearchRequest request;
  request.query = "预算 食堂";
  request.access.everything = true;
  request.limit = 2;
  std::string found;
  for (int page = 0; page < 4; ++page) {
    const auto result = a.searcher->search(request);
    BOOST_TEST(result.total == 1U);
    BOOST_TEST(result.partial == 4U);
    for (const auto& hit : result.hits) found += hit.id + (hit.partial ? "? " : " ");
    request.page_token = result.next_page_token;
    if (request.page_token.empty()) break;
  }
  BOOST_TEST(found == "all p1? p2? p3? p4? ");
}

BOOST_AUTO_TEST_CASE(quotes_and_fields_hold_when_any_part_of_the_rest_will_do) {
  Archive a;
  a.save(with(record("old", "食堂"), "fiscal_year", "2018", false, true));
  a.save(with(record("new", "食堂"), "fiscal_year", "2019", false, true));
  a.save(with(record("other", "预算"), "fiscal_year", "2019", false, true));
  BOOST_TEST(a.found("年度:2019 食堂 卫生") == "new ");
  BOOST_TEST(a.found("\"预算\" 食堂 卫生") == "");
}

BOOST_AUTO_TEST_SUITE_END()
