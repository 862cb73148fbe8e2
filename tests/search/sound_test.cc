// Names by pinyin, completions while typing, and what may have been meant.
#include <boost/test/unit_test.hpp>
#include <set>

#include "index/holdings.h"
#include "lantai/search/searcher.h"
#include "lantai/text/folding.h"

namespace search = lantai::search;
using lantai::TemporaryDirectory;
using lantai::index::Document;
using lantai::index::Indexer;
using lantai::index::testing::Holdings;

namespace {

struct NamesArchive {
  NamesArchive() {
    save("item", "council", "关于召开校长办公会的通知", "2021-03-05");
    save("item", "council2", "校长办公会纪要", "2022-03-05");
    save("item", "bank", "中國銀行開戶資料", "2020");
    save("item", "secret", "校长办公会机要", "2023", "secret");
    save("person", "zhang", "张三丰", "");
    save("person", "zeng", "曾小长", "");
    save("department", "office", "校长办公室", "");
    for (int i = 0; i < 40; ++i)
      save("item", "other" + std::to_string(i), "运动会秩序册第" + std::to_string(i) + "册", "2019");
  }
  void save(const std::string& type, const std::string& id, const std::string& title, const std::string& date,
            const std::string& access = "public", const std::string& body = "") {
    Document document;
    document.type = type;
    document.id = id;
    document.title = title;
    document.date = date;
    document.access = {access};
    document.fields.push_back({type == "item" ? "title" : "name", {title}, true, false, false, 5, false});
    if (!body.empty()) document.pages.push_back({1, 1, body});
    if (!indexer) {
      indexer = Indexer::open(holdings.store(), holdings, {directory.path()});
      searcher = search::Searcher::make(*indexer, holdings, {{}, search::unsealed_tokens(), {"title", "name"}});
    }
    BOOST_REQUIRE(lantai::index::testing::wait(*indexer, holdings.save(document)));
  }
  search::SearchResult search(const std::string& query) {
    search::SearchRequest request;
    request.query = query;
    request.access.any_of = {"public"};
    return searcher->search(request);
  }
  std::string found(const std::string& query) {
    std::string out;
    for (const auto& hit : search(query).hits) out += hit.id + " ";
    return out;
  }
  std::string hint(const std::string& query, const std::string& code) {
    for (const auto& hint : search(query).hints)
      if (hint.code == code) return hint.detail;
    return "-";
  }
  // Names with what was typed in brackets.
  std::string completed(const std::string& typed, const std::string& types = "", std::size_t limit = 8) {
    search::CompletionRequest request;
    request.typed = typed;
    request.access.any_of = {"public"};
    request.types = types;
    request.limit = limit;
    request.time_limit = std::chrono::seconds(20);
    std::string out;
    for (const auto& one : searcher->complete(request)) {
      out += one.name.substr(0, one.begin) + "[" + one.name.substr(one.begin, one.end - one.begin) + "]" +
             one.name.substr(one.end) + " ";
    }
    return out;
  }
  TemporaryDirectory directory;
  Holdings holdings;
  std::unique_ptr<Indexer> indexer;
  std::unique_ptr<search::Searcher> searcher;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sound, NamesArchive)

BOOST_AUTO_TEST_CASE(names_are_found_by_pinyin_initials_and_both) {
  for (const auto* typed : {"xiaozhangbangonghui", "xzbgh", "xiaozbgh"})
    BOOST_TEST(found(typed) == "council council2 ", typed);
  BOOST_TEST(found("zhangsanfeng") == "zhang ");
  BOOST_TEST(found("zsf") == "zhang ");
  BOOST_TEST(found("zengxiaochang") == "zeng ");  // both characters are read in another way as well
  BOOST_TEST(found("zhongguoyinhang") == "bank ");
  BOOST_TEST(hint("xzbgh", "search.by_sound") == "xzbgh");
}

BOOST_AUTO_TEST_CASE(every_word_is_still_needed) {
  BOOST_TEST(found("xzbgh 纪要") == "council2 ");
  BOOST_TEST(found("xzbgh jiyao") == "council2 ");
}

BOOST_AUTO_TEST_CASE(letters_that_stand_in_a_text_mean_themselves) {
  save("item", "letters", "XZBGH 系统说明", "2020");
  BOOST_TEST(found("xzbgh") == "letters ");
  BOOST_TEST(hint("xzbgh", "search.by_sound") == "-");
}

BOOST_AUTO_TEST_CASE(pinyin_is_looked_for_in_names_alone_and_never_in_quotes) {
  save("item", "body", "无题", "2020", "public", "正文提到学术委员会");
  BOOST_TEST(found("xueshuweiyuanhui") == "");
  BOOST_TEST(found("\"xzbgh\"") == "");
  BOOST_TEST(found("xzbgh AND 纪要") == "");
}

BOOST_AUTO_TEST_CASE(what_the_caller_may_not_see_is_neither_found_nor_completed_nor_meant) {
  BOOST_TEST(found("jiyao") == "council2 ");
  BOOST_TEST(completed("jiyao") == "校长办公会[纪要] ");
  BOOST_TEST(hint("校长办公会鸡腰", "search.did_you_mean") == "校长办公会纪要");
  save("item", "hidden", "绝密预案", "2023", "secret");
  BOOST_TEST(found("juemiyuan") == "");
  BOOST_TEST(completed("juemi") == "");
  BOOST_TEST(hint("决密预案", "search.did_you_mean") == "-");
  // Nor does a hidden text with the very letters keep pinyin from being taken for a name.
  save("item", "hidden_letters", "XZBGH", "2023", "secret");
  BOOST_TEST(found("xzbgh") == "council council2 ");
}

BOOST_AUTO_TEST_CASE(pages_of_what_was_found_by_sound_go_on) {
  search::SearchRequest request;
  request.query = "ydhzxc";
  request.access.everything = true;
  request.limit = 15;
  std::set<std::string> seen;
  std::size_t pages = 0;
  do {
    const auto result = searcher->search(request);
    BOOST_TEST(result.total == 40U);
    for (const auto& hit : result.hits) {
      BOOST_TEST(!hit.partial);
      BOOST_TEST(seen.insert(hit.id).second);
    }
    request.page_token = result.next_page_token;
    BOOST_REQUIRE(++pages < 5);
  } while (!request.page_token.empty());
  BOOST_TEST(seen.size() == 40U);
}

BOOST_AUTO_TEST_CASE(completions_come_for_characters_pinyin_and_both) {
  BOOST_TEST(completed("校长b") == "[校长办]公室 [校长办]公会纪要 关于召开[校长办]公会的通知 ");
  BOOST_TEST(completed("xiaozhangbangongs") == "[校长办公室] ");
  BOOST_TEST(completed("校长办公室") == "[校长办公室] ");
  BOOST_TEST(completed("yinhang") == "中國[銀行]開戶資料 ");
  BOOST_TEST(completed("zhang", "person") == "[张]三丰 曾小[长] ");
  BOOST_TEST(completed("xzb", "", 1) == "[校长办]公室 ");
  BOOST_TEST(completed("") == "");
  BOOST_TEST(completed("uuu") == "");
  save("item", "system", "OA系统 Handbook", "2020");
  BOOST_TEST(completed("oaxt") == "[OA系统] Handbook ");
  BOOST_TEST(completed("handb") == "OA系统 [Handb]ook ");
  BOOST_TEST(completed(std::string(5000, 'a')) == "");
}

BOOST_AUTO_TEST_CASE(a_changed_name_is_completed_at_once_and_its_old_one_no_more) {
  BOOST_TEST(completed("zsf") == "[张三丰] ");
  save("person", "zhang", "章君宝", "");
  BOOST_TEST(completed("zsf") == "");
  BOOST_TEST(completed("zjb") == "[章君宝] ");
}

BOOST_AUTO_TEST_CASE(what_sounds_the_same_is_offered_when_nothing_was_found) {
  BOOST_TEST(hint("校长办工会", "search.did_you_mean") == "校长办公会");
  BOOST_TEST(hint("纪要 校长办工会", "search.did_you_mean") == "纪要 校长办公会");
  BOOST_TEST(hint("校长办公会", "search.did_you_mean") == "-");
  BOOST_TEST(hint("完全不存在", "search.did_you_mean") == "-");
}

BOOST_AUTO_TEST_CASE(a_latin_word_that_is_spelled_almost_so_is_offered_when_nothing_was_found) {
  save("item", "letter", "Minutes of the Committee", "2020", "public", "scholarship programme");
  const auto meant = [&](const std::string& query) { return hint(query, "search.did_you_mean"); };
  BOOST_TEST(meant("Comittee") == "committee");      // one too few
  BOOST_TEST(meant("comitee") == "-");               // two, in a word too short for that
  BOOST_TEST(meant("scholrashp") == "scholarship");  // two, in a long one
  BOOST_TEST(meant("imnutes") == "minutes");         // swapped at the beginning
  BOOST_TEST(meant("纪要 minutez") == "纪要 minutes");
  BOOST_TEST(meant("of") == "-");
  BOOST_TEST(meant("minutes") == "-");
  save("item", "hidden", "plutonium", "2023", "secret");
  BOOST_TEST(meant("plutonim") == "-");  // of what the caller may not see
}

BOOST_AUTO_TEST_CASE(why_a_record_is_found_by_sound_is_told) {
  search::SearchRequest request;
  request.query = "xzbgh";
  request.access.everything = true;
  const auto explanation = searcher->explain(request, "item", "council");
  BOOST_TEST(!explanation.matches);
  BOOST_TEST(explanation.by_sound);
  BOOST_TEST(!searcher->explain(request, "item", "bank").by_sound);
}

BOOST_AUTO_TEST_SUITE_END()
