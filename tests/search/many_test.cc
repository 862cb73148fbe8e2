// Of very many matches not every text is read: the best are found all the same, and the counts say that they are
// estimates.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "index/holdings.h"
#include "lantai/search/searcher.h"

namespace search = lantai::search;
using lantai::TemporaryDirectory;
using lantai::index::Document;
using lantai::index::Indexer;
using lantai::index::testing::Holdings;
using lantai::index::testing::wait;

namespace {

constexpr int kDocuments = 9000;
constexpr int kBest = 5;  // the last ones have the phrase often

// Two of three have 校办公; the third has its pairs of characters, but apart.
bool has_phrase(int number) { return number % 3 != 0; }

Document document_of(int number) {
  Document document;
  document.type = "item";
  document.id = std::to_string(number);
  document.title = "第" + std::to_string(number) + "件";
  document.access = {number % 10 == 0 ? "secret" : "public"};
  lantai::index::FieldValue year;
  year.name = "year";
  year.values = {number % 7 < 3 ? "2019" : "2020"};
  year.facet = true;
  document.fields = {year};
  std::string body = has_phrase(number) ? "送校办公室。" : "校办与办公用品。";
  for (int i = 0; i < number % 17; ++i) body += "其余文字若干。";
  if (number >= kDocuments - 3 * kBest && has_phrase(number)) body = "校办公、校办公、校办公、校办公";
  document.pages.push_back({1, 1, body});
  return document;
}

struct Many {
  Many() {
    std::vector<Document> documents;
    for (int number = 0; number < kDocuments; ++number) documents.push_back(document_of(number));
    indexer = Indexer::open(holdings.store(), holdings, {directory.path(), 2000});
    BOOST_REQUIRE(wait(*indexer, holdings.save(documents)));
    searcher = search::Searcher::make(*indexer, holdings);
  }
  search::SearchResult find(const std::string& query, const std::string& token = "") {
    search::SearchRequest request;
    request.query = query;
    request.limit = 50;
    request.facets = {"year"};
    request.access.any_of = {"public"};
    request.page_token = token;
    return searcher->search(request);
  }
  // Puts down so many documents that only `name` sees, as `change` makes them; what is found of 校办公.
  template <typename Change>
  search::SearchResult found_among(const std::string& name, int count, Change&& change) {
    std::vector<Document> documents;
    for (int number = 0; number < count; ++number) {
      Document document = document_of(0);
      document.id = name + std::to_string(number);
      document.access = {name};
      change(number, document);
      documents.push_back(std::move(document));
    }
    BOOST_REQUIRE(wait(*indexer, holdings.save(documents)));
    search::SearchRequest request;
    request.query = "\"校办公\"";
    request.facets = {"year"};
    request.access.any_of = {name};
    return searcher->search(request);
  }
  // So that nothing that was answered before is answered again.
  void change_something() {
    Document other;
    other.type = "item";
    other.id = "x" + std::to_string(++changes);
    other.title = "别的";
    other.access = {"public"};
    BOOST_REQUIRE(wait(*indexer, holdings.save(other)));
  }
  TemporaryDirectory directory;
  Holdings holdings;
  std::unique_ptr<Indexer> indexer;
  std::unique_ptr<search::Searcher> searcher;
  int changes = 0;
};

double off(std::uint64_t found, double truth) { return std::abs(static_cast<double>(found) - truth) / truth; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(many, Many)

BOOST_AUTO_TEST_CASE(counts_of_very_many_are_estimates_and_say_so) {
  double truth = 0;
  std::map<std::string, double> years;
  for (int number = 0; number < kDocuments; ++number) {
    if (!has_phrase(number) || number % 10 == 0) continue;
    ++truth;
    ++years[number % 7 < 3 ? "2019" : "2020"];
  }
  const auto found = find("\"校办公\"");
  BOOST_TEST(!found.total_is_exact);
  BOOST_TEST(off(found.total, truth) < 0.05);
  BOOST_TEST_REQUIRE(found.facets.at(0).values.size() == 2U);
  for (const auto& value : found.facets[0].values) BOOST_TEST(off(value.count, years[value.value]) < 0.08);
  // Who asks for it has every match counted.
  search::SearchRequest whole;
  whole.query = "\"校办公\"";
  whole.facets = {"year"};
  whole.access.any_of = {"public"};
  whole.exact_counts = true;
  const auto counted = searcher->search(whole);
  BOOST_TEST(counted.total_is_exact);
  BOOST_TEST(static_cast<double>(counted.total) == truth);
  for (const auto& value : counted.facets.at(0).values)
    BOOST_TEST(static_cast<double>(value.count) == years[value.value]);
  // What needs no text is counted whole.
  const auto pair = find("\"办公\"");
  BOOST_TEST(pair.total_is_exact);
  BOOST_TEST(pair.total == 8100U);
}

BOOST_AUTO_TEST_CASE(the_best_are_found_wherever_they_stand_and_every_hit_has_the_phrase) {
  std::set<std::string> best, seen;
  for (int number = kDocuments - 3 * kBest; number < kDocuments; ++number) {
    if (has_phrase(number) && number % 10 != 0) best.insert(std::to_string(number));
  }
  std::string token;
  for (int page = 0; page < 8; ++page) {
    const auto found = find("\"校办公\"", token);
    BOOST_TEST_REQUIRE(found.hits.size() == 50U);
    for (const auto& hit : found.hits) {
      BOOST_TEST(has_phrase(std::stoi(hit.id)));
      BOOST_TEST(std::stoi(hit.id) % 10 != 0);
      BOOST_TEST(seen.insert(hit.id).second);
      if (seen.size() <= best.size()) BOOST_TEST(best.contains(hit.id));
    }
    token = found.next_page_token;
  }
}

// Postings that are asked for twice are kept in memory.
BOOST_AUTO_TEST_CASE(the_same_is_found_however_often_it_is_asked) {
  const auto order = [&](const std::string& query) {
    std::vector<std::pair<std::string, double>> hits;
    for (const auto& hit : find(query).hits) hits.emplace_back(hit.id, hit.score);
    return hits;
  };
  for (const std::string query : {"\"办公\"", "办公 其余文字", "\"校办公\" AND \"若干\"", "办公 NOT \"校办公\""}) {
    BOOST_TEST_CONTEXT(query) {
      const auto first = order(query);
      BOOST_TEST(first.size() == 50U);
      for (int i = 0; i < 3; ++i) {
        change_something();
        BOOST_TEST((order(query) == first));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_answer_is_kept_for_the_same_question_alone) {
  const auto total = [&](const std::string& term, const std::string& year) {
    search::SearchRequest request;
    request.query = "\"办公\"";
    request.access.any_of = {term};
    if (!year.empty()) request.filters = {{"year", {year}, {}, {}}};
    return searcher->search(request).total;
  };
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST(total("public", "") == 8100U);
    BOOST_TEST(total("secret", "") == 900U);
    BOOST_TEST(total("nobody", "") == 0U);
    BOOST_TEST(total("public", "2019") + total("public", "2020") == 8100U);
  }
  Document gone = document_of(1);
  gone.access = {"secret"};
  BOOST_REQUIRE(wait(*indexer, holdings.save(gone)));
  BOOST_TEST(total("public", "") == 8099U);
  BOOST_TEST(total("secret", "") == 901U);
}

// Of 3,001 that rank the same, the last one is not counted when three pages of 1,000 are asked for.
BOOST_AUTO_TEST_CASE(the_pages_of_an_estimate_end_with_the_last_match) {
  std::vector<Document> documents;
  std::set<std::string> expected, found;
  for (int number = 0; number < 3001; ++number) {
    Document document = document_of(0);
    document.id = "same" + std::to_string(number);
    document.access = {"same"};
    document.pages = {{1, 1, "送校办公室。"}};
    expected.insert(document.id);
    documents.push_back(std::move(document));
  }
  BOOST_REQUIRE(wait(*indexer, holdings.save(documents)));
  search::SearchRequest request;
  request.query = "\"校办公\"";
  request.limit = 1000;
  request.access.any_of = {"same"};
  do {
    const auto page = searcher->search(request);
    for (const auto& hit : page.hits) found.insert(hit.id);
    request.page_token = page.next_page_token;
  } while (!request.page_token.empty());
  BOOST_TEST((found == expected), found.size() << " of " << expected.size());
}

// The first ones let one expect very many, or next to none: how many there are is told all the same.
BOOST_AUTO_TEST_CASE(counts_up_to_a_thousand_are_exact_however_matches_lie) {
  struct Lie {
    std::string name;
    int documents, matches, from;  // the matches stand together, from this one on
  };
  const std::vector<Lie> lies{{"all-first", 6000, 600, 0},     {"all-last", 6000, 600, 5400},
                              {"first-of-few", 900, 600, 0},   {"just-below", 1100, 999, 0},
                              {"none-but-one", 6000, 1, 3000}, {"in-the-middle", 3000, 950, 400}};
  for (const auto& lie : lies) {
    const auto found = found_among(lie.name, lie.documents, [&](int number, Document& document) {
      const bool matches = number >= lie.from && number < lie.from + lie.matches;
      document.pages = {{1, 1, matches ? "送校办公室。" : "校办与办公用品。"}};
    });
    BOOST_TEST_CONTEXT(lie.name) {
      BOOST_TEST(found.total == static_cast<std::uint64_t>(lie.matches));
      BOOST_TEST(found.total_is_exact);
      BOOST_TEST_REQUIRE(found.facets.at(0).values.size() == 1U);
      BOOST_TEST(found.facets[0].values[0].count == static_cast<std::uint64_t>(lie.matches));
    }
  }
}

// Records often come in turns, as a file and its sheets: a sample must not see one kind alone. Of each so many the last
// has the pairs apart; the first is of another year, and of two the one year has no match at all.
BOOST_AUTO_TEST_CASE(an_estimate_is_not_led_astray_by_what_comes_in_turns) {
  constexpr double kAll = 6000;
  for (const int turns : {2, 4, 8, 16}) {
    const auto found =
        found_among("turns" + std::to_string(turns), static_cast<int>(kAll), [&](int number, Document& document) {
          document.fields.front().values = {number % turns == 0 ? "1999" : "2001"};
          document.pages = {{1, 1, number % turns == turns - 1 ? "校办与办公用品。" : "送校办公室。"}};
        });
    std::map<std::string, double> truth{{"1999", kAll / turns}, {"2001", kAll - 2 * kAll / turns}};
    BOOST_TEST_CONTEXT(turns) {
      BOOST_TEST(!found.total_is_exact);
      BOOST_TEST(off(found.total, kAll - kAll / turns) < 0.05);
      for (const auto& [value, count] : found.facets.at(0).values)
        BOOST_TEST(std::abs(static_cast<double>(count) - truth.at(value)) < 0.03 * kAll, value << ": " << count);
    }
  }
}

// Who cannot come into a short list is not weighed to the end; a list that holds everybody weighs all of them.
BOOST_AUTO_TEST_CASE(the_first_of_a_short_list_are_those_of_a_long_one) {
  const std::vector<std::string> words{"会议", "纪要", "招生", "计划", "经费", "安全", "检查", "通知", "合同", "维修"};
  std::mt19937 random(5);
  const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  std::vector<Document> documents;
  for (int number = 0; number < 900; ++number) {
    Document document;
    document.type = "item";
    document.id = std::to_string(number);
    document.access = {"public"};
    document.date = number % 13 == 0 ? "" : std::to_string(2000 + number % 21);
    std::string body;
    // Some are long, and each has words of its own that come again and again.
    const auto length = 5 + any(any(4) == 0 ? 300 : 40), own = any(words.size());
    for (std::size_t i = 0; i < length; ++i)
      body += words[any(3) == 0 ? own : any(words.size())] + (any(3) == 0 ? "，" : "");
    for (int times = number % 100 == 99 ? 1 + number / 100 : 0; times > 0; --times) body += "，消防";
    document.pages.push_back({1, 1, body});
    documents.push_back(std::move(document));
  }
  const TemporaryDirectory apart;
  Holdings varied;
  const auto index = Indexer::open(varied.store(), varied, {apart.path(), 100});
  BOOST_REQUIRE(wait(*index, varied.save(documents)));
  const auto finder = search::Searcher::make(*index, varied);
  const auto first = [&](const std::string& query, std::size_t limit, search::Sort sort) {
    search::SearchRequest request;
    request.query = query;
    request.limit = limit;
    request.sort = sort;
    request.today = {2021, 3, 5};
    request.access.everything = true;
    std::vector<std::string> ids;
    for (const auto& hit : finder->search(request).hits) ids.push_back(hit.id);
    return ids;
  };
  for (const auto sort : {search::Sort::relevance, search::Sort::recent}) {
    for (const char* query :
         {"\"会议纪要\"", "会议纪要 招生", "招生计划 安全检查", "\"经费\" AND \"安全检查\"", "合同 OR 维修通知",
          "会议纪要招生计划经费安全检查通知合同维修会议招生经费检查合同会议计划"}) {
      // A newer one that has a part may come before an older one that has all, if there is room for parts at all.
      if (sort == search::Sort::recent && std::string_view(query) == "招生计划 安全检查") continue;
      const auto all = first(query, 1000, sort);
      BOOST_TEST_REQUIRE(all.size() > 100U, query);
      for (const std::size_t limit : {1U, 3U, 10U, 50U}) {
        const std::vector<std::string> expected(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(limit));
        BOOST_TEST(first(query, limit, sort) == expected, query << " " << limit);
      }
    }
    // Nine have all of it, and come before those that have a part, wherever they stand.
    const auto all = first("消防 会议 检查", 1000, sort);
    BOOST_TEST_REQUIRE(all.size() > 100U);
    for (const std::size_t limit : {10U, 20U, 50U}) {
      const std::vector<std::string> expected(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(limit));
      BOOST_TEST(first("消防 会议 检查", limit, sort) == expected, limit);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
