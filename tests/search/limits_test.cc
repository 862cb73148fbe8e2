// A query ends when its time is up, whatever was typed, and says what it left out.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "generated.h"
#include "index/holdings.h"
#include "lantai/search/searcher.h"

namespace search = lantai::search;
using namespace lantai::search::testing;
using lantai::TemporaryDirectory;
using lantai::index::Document;
using lantai::index::Indexer;
using lantai::index::testing::Holdings;
using lantai::index::testing::wait;

namespace {

// Many words that begin with each digit.
struct Numbers {
  explicit Numbers(int count) {
    std::vector<Document> documents;
    for (int i = 0; i < count; ++i) {
      Document document;
      document.type = "item";
      document.id = std::to_string(i);
      document.title = "学会 n" + std::to_string(i * 7919 % 100'000) + " x" + std::to_string(i);
      document.access = {"public"};
      documents.push_back(std::move(document));
    }
    indexer = Indexer::open(holdings.store(), holdings, {directory.path()});
    BOOST_REQUIRE(wait(*indexer, holdings.save(documents)));
    searcher = search::Searcher::make(*indexer, holdings);
    request.access.everything = true;
    request.limit = 5;
  }
  search::SearchResult find(const std::string& query) {
    request.query = query;
    return searcher->search(request);
  }
  TemporaryDirectory directory;
  Holdings holdings;
  std::unique_ptr<Indexer> indexer;
  std::unique_ptr<search::Searcher> searcher;
  search::SearchRequest request;
};

bool hints_at(const search::SearchResult& result, const std::string& code) {
  return std::any_of(result.hints.begin(), result.hints.end(), [&](const auto& hint) { return hint.code == code; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(of_many_beginnings_only_so_many_are_looked_up_and_the_result_says_so) {
  Numbers numbers(300);
  std::string few = "x0*", many = "x0*";
  for (int i = 1; i < 900; ++i) many += " OR x" + std::to_string(i) + "*";
  for (int i = 1; i < 30; ++i) few += " OR x" + std::to_string(i) + "*";
  const auto whole = numbers.find(few);
  BOOST_TEST(whole.total_is_exact);
  BOOST_TEST(whole.total == 300U);
  const auto cut = numbers.find(many);
  BOOST_TEST(!cut.total_is_exact);
  BOOST_TEST(hints_at(cut, "search.too_many_terms"));
  // The same beginning again costs nothing and is not counted again.
  std::string same = "x1*";
  for (int i = 1; i < 900; ++i) same += " OR x1*";
  const auto once = numbers.find(same);
  BOOST_TEST(once.total_is_exact);
  BOOST_TEST(once.total == 111U);
}

BOOST_AUTO_TEST_CASE(single_characters_of_a_boolean_query_count_as_beginnings) {
  Numbers numbers(10);
  std::string query = "学";
  for (char32_t c = 0x4e00; c < 0x4e00 + 200; ++c) {
    query += " OR ";
    query += static_cast<char>(0xe4);
    query += static_cast<char>(0x80 | ((c >> 6U) & 0x3fU));
    query += static_cast<char>(0x80 | (c & 0x3fU));
  }
  const auto result = numbers.find(query);
  BOOST_TEST(result.total == 10U);
  BOOST_TEST(!result.total_is_exact);
}

BOOST_AUTO_TEST_CASE(the_time_limit_holds_while_terms_are_looked_up) {
  Numbers numbers(6000);
  numbers.request.time_limit = std::chrono::milliseconds(0);
  // Looking up alone takes more steps than the clock is left unasked for.
  const auto result = numbers.find("n* x*");
  BOOST_TEST(!result.total_is_exact);
  BOOST_TEST(hints_at(result, "search.time_limit"));
  BOOST_TEST(result.total == 0U);
  numbers.request.time_limit = std::chrono::minutes(1);
  BOOST_TEST(numbers.find("n* x*").total == 6000U);
}

BOOST_AUTO_TEST_CASE(a_page_that_takes_too_long_to_show_ends_early_and_the_next_goes_on_after_it) {
  Numbers numbers(40);
  std::vector<Document> documents;
  for (int i = 0; i < 40; ++i) {
    Document document;
    document.type = "item";
    document.id = std::to_string(i);
    document.title = "学会";
    document.access = {"public"};
    document.pages.push_back({1, 1, std::string(100'000, 'a') + " 学会"});
    documents.push_back(std::move(document));
  }
  BOOST_REQUIRE(wait(*numbers.indexer, numbers.holdings.save(documents)));
  numbers.request.time_limit = std::chrono::milliseconds(0);
  std::vector<std::string> ids;
  do {
    const auto result = numbers.find("学会");
    if (result.hits.empty()) break;
    BOOST_TEST(result.hits.size() < 5U);
    for (const auto& hit : result.hits) ids.push_back(hit.id);
    numbers.request.page_token = result.next_page_token;
  } while (!numbers.request.page_token.empty());
  std::sort(ids.begin(), ids.end());
  BOOST_TEST((std::unique(ids.begin(), ids.end()) == ids.end()));
}

// Of 200,000 places of each piece every two would be 40,000,000,000.
BOOST_AUTO_TEST_CASE(what_stands_near_is_found_in_one_walk_through_a_long_text) {
  Numbers numbers(1);
  Document document;
  document.type = "item";
  document.id = "long";
  document.title = "学会";
  document.access = {"public"};
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "食堂";
  document.pages.push_back({1, 1, text + std::string(1000, '0') + "预算"});
  BOOST_REQUIRE(wait(*numbers.indexer, numbers.holdings.save({document})));
  const auto begun = std::chrono::steady_clock::now();
  BOOST_TEST(numbers.find("\"食 堂 预算\"~20").total == 0U);
  BOOST_TEST(numbers.find("\"食 堂 预算\"~1000").total == 1U);
  BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::seconds(10)));
}

BOOST_AUTO_TEST_SUITE_END()
