#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "generated.h"
#include "index/holdings.h"
#include "lantai/base/error.h"
#include "lantai/search/searcher.h"

namespace search = lantai::search;
using namespace lantai::search::testing;
using lantai::TemporaryDirectory;
using lantai::index::Indexer;
using lantai::index::testing::Holdings;
using lantai::index::testing::wait;

namespace {

struct PagedArchive {
  PagedArchive() : seed(std::random_device{}()), random(seed) {
    BOOST_TEST_MESSAGE("seed " << seed);
    documents = lantai::search::testing::holdings(random, 300);
    indexer = Indexer::open(holdings.store(), holdings, {directory.path()});
    BOOST_REQUIRE(wait(*indexer, holdings.save(documents)));
    searcher = search::Searcher::make(*indexer, holdings);
    request.query = "学 OR 会";
    request.access.everything = true;
    request.limit = 7;
  }
  std::vector<std::string> whole() {
    search::SearchRequest all = request;
    all.limit = 1000;
    all.page_token.clear();
    std::vector<std::string> ids;
    for (const auto& hit : searcher->search(all).hits) ids.push_back(hit.id);
    return ids;
  }
  TemporaryDirectory directory;
  unsigned seed;
  Random random;
  Holdings holdings;
  std::vector<lantai::index::Document> documents;
  std::unique_ptr<Indexer> indexer;
  std::unique_ptr<search::Searcher> searcher;
  search::SearchRequest request;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(paging)

BOOST_AUTO_TEST_CASE(pages_together_are_the_whole_result_in_order_while_documents_arrive_and_change) {
  for (const auto sort :
       {search::Sort::relevance, search::Sort::recent, search::Sort::date_descending, search::Sort::code_ascending}) {
    PagedArchive a;
    a.request.sort = sort;
    a.request.today = {2021, 3, 5};
    const auto whole = a.whole();
    BOOST_REQUIRE(whole.size() > 30);
    std::vector<std::string> paged;
    int fresh = 0;
    do {
      const auto result = a.searcher->search(a.request);
      for (const auto& hit : result.hits) {
        paged.push_back(hit.id);
        BOOST_TEST(hit.rank == paged.size());
      }
      a.request.page_token = result.next_page_token;
      a.request.today = {2029, 3, 5};
      // Something new and something changed between any two pages.
      auto arriving = lantai::search::testing::holdings(a.random, 3);
      for (auto& document : arriving) document.id = "new" + std::to_string(fresh++);
      a.holdings.save(arriving);
      auto changed = a.documents[a.random() % a.documents.size()];
      ++changed.version;
      BOOST_REQUIRE(wait(*a.indexer, a.holdings.save(changed)));
    } while (!a.request.page_token.empty());
    BOOST_TEST(paged == whole, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(an_old_token_counts_no_record_that_was_withdrawn_since) {
  PagedArchive a;
  a.request.access.everything = false;
  a.request.access.any_of = {"public"};
  auto other = search::Searcher::make(*a.indexer, a.holdings);
  const auto first = a.searcher->search(a.request);
  // By another searcher: this one shall not have made the documents already.
  a.searcher.swap(other);
  const auto whole = a.whole();
  a.searcher.swap(other);
  a.request.page_token = first.next_page_token;
  a.request.facets = {"fiscal_year"};
  // What the second page would show.
  for (auto document : a.documents) {
    if (document.id != whole[8] && document.id != whole[9]) continue;
    document.access = {"restricted"};
    ++document.version;
    BOOST_REQUIRE(wait(*a.indexer, a.holdings.save(document)));
  }
  const auto second = a.searcher->search(a.request);
  BOOST_TEST(second.total == first.total - 2);
  std::uint64_t counted = 0;
  for (const auto& year : second.facets.at(0).values) counted += year.count;
  BOOST_TEST(counted == second.total);
  BOOST_REQUIRE_EQUAL(second.hits.size(), 5U);
  BOOST_TEST(second.hits[0].id == whole[7]);
  BOOST_TEST(second.hits[1].id == whole[10]);
  BOOST_TEST(second.hits[1].rank == 11U);
}

BOOST_AUTO_TEST_CASE(a_score_tells_the_share_of_the_best_one_in_tenths_on_every_page) {
  PagedArchive a;
  a.request.query = "学 OR 会";
  double last = 1;
  bool first = true;
  do {
    const auto result = a.searcher->search(a.request);
    for (const auto& hit : result.hits) {
      if (first) BOOST_TEST(hit.score == 1.0);
      first = false;
      BOOST_TEST(hit.score * 10 == std::round(hit.score * 10));
      BOOST_TEST(hit.score <= last);
      last = hit.score;
    }
    a.request.page_token = result.next_page_token;
  } while (!a.request.page_token.empty());
}

BOOST_AUTO_TEST_CASE(a_token_goes_on_after_a_restart) {
  PagedArchive a;
  const auto whole = a.whole();
  const auto first = a.searcher->search(a.request);
  a.request.page_token = first.next_page_token;
  a.searcher.reset();
  a.indexer.reset();
  a.indexer = Indexer::open(a.holdings.store(), a.holdings, {a.directory.path()});
  a.searcher = search::Searcher::make(*a.indexer, a.holdings);
  BOOST_REQUIRE(wait(*a.indexer, a.holdings.store().changes().last_position()));
  const auto second = a.searcher->search(a.request);
  BOOST_REQUIRE_EQUAL(second.hits.size(), 7U);
  for (std::size_t i = 0; i < 7; ++i) BOOST_TEST(second.hits[i].id == whole[7 + i]);
}

BOOST_AUTO_TEST_CASE(a_token_of_another_request_or_none_at_all_is_refused) {
  PagedArchive a;
  const auto first = a.searcher->search(a.request);
  a.request.page_token = first.next_page_token;
  a.request.query = "安全";
  BOOST_CHECK_THROW(a.searcher->search(a.request), lantai::Error);
  for (const auto* token : {"x", "00", "ffff", "01"}) {
    a.request.page_token = token;
    BOOST_CHECK_THROW(a.searcher->search(a.request), lantai::Error);
  }
}

BOOST_AUTO_TEST_SUITE_END()
