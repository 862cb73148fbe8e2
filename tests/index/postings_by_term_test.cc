// Postings stand by their terms in byte order, whatever bytes those begin with.
#include "postings_by_term.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

using namespace lantai::index;

BOOST_AUTO_TEST_SUITE(postings_by_term)

// Up to twelve bytes of three kinds, of which many share the first eight or end in zeros.
BOOST_AUTO_TEST_CASE(terms_that_begin_alike_or_have_zeros_are_kept_apart) {
  std::mt19937 random(7);
  const std::string bytes("\0a\xE5", 3);
  std::map<std::string, std::vector<std::pair<DocId, std::uint32_t>>> expected;
  std::vector<NumberedDocument> documents;
  for (DocId doc = 1; doc <= 300; ++doc) {
    std::map<std::string, std::uint32_t> counts;
    for (int i = 0; i < 40; ++i) {
      std::string term = random() % 2 == 0 ? "" : "aaaaaaaa";
      for (auto more = 1 + random() % 4; more > 0; --more) term += bytes[random() % 3];
      ++counts[term];
    }
    auto document = std::make_shared<AnalysedDocument>();
    for (const auto& [term, count] : counts) {
      document->terms.push_back({term, count});
      if (term.front() != 'a') continue;
      expected[term].emplace_back(doc, count);
    }
    documents.push_back({doc, document});
  }
  const PostingsByTerm found(documents, [](std::string_view term) { return term.front() == 'a'; });
  BOOST_REQUIRE_EQUAL(found.size(), expected.size());
  std::size_t number = 0;
  for (const auto& [term, postings] : expected) {
    BOOST_TEST(found.holds(number, term));
    BOOST_TEST(found.lower_bound(term) == number);
    std::vector<std::pair<DocId, std::uint32_t>> held;
    for (const auto& [doc, wdf] : found.postings(number)) held.emplace_back(doc, wdf);
    BOOST_TEST((held == postings), term);
    ++number;
  }
}

BOOST_AUTO_TEST_SUITE_END()
