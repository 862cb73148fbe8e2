// A list of postings unpacked into memory gives what a plain sorted list gives, however dense, by whichever way it is
// asked.
#include "posting_list.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

using namespace lantai::index;

namespace {

using Plain = std::map<DocId, std::uint32_t>;  // document → count

class PlainCursor final : public PostingCursor {
 public:
  explicit PlainCursor(const Plain& plain) : at_(plain.begin()), end_(plain.end()) { settle(); }
  void next() override {
    ++at_;
    settle();
  }
  void skip_to(DocId doc) override {
    while (doc_ < doc) next();
  }
  std::uint32_t wdf() const override { return at_->second; }

 private:
  void settle() { doc_ = at_ == end_ ? kNoDoc : at_->first; }
  Plain::const_iterator at_, end_;
};

// Of 400,000 documents, some in each 65,536: one in a hundred, four in five, none, one in eleven, all, the last one
// only.
Plain plain_postings(unsigned seed) {
  std::mt19937 random(seed);
  const double shares[] = {0.01, 0.8, 0, 0.09, 1, 0};
  Plain plain;
  for (DocId doc = 1; doc < 6 << 16; ++doc) {
    const double share = shares[(doc >> 16) % std::size(shares)];
    if (std::uniform_real_distribution<>(0, 1)(random) < share) plain[doc] = 1 + random() % 400;
  }
  plain[(6 << 16) - 1] = 7;
  return plain;
}

std::unique_ptr<PostingCursor> listed(const Plain& plain) {
  PlainCursor all(plain);
  return open_list(std::make_shared<const PostingList>(all, plain.size()));
}

std::uint8_t shown(std::uint32_t count) { return static_cast<std::uint8_t>(std::min(count, kMostCounted)); }

std::vector<DocId> some_documents(std::mt19937& random, DocId most_apart) {
  std::vector<DocId> docs;
  for (DocId doc = 1; doc < (6 << 16) + 1000; doc += 1 + random() % most_apart) docs.push_back(doc);
  return docs;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(posting_lists)

BOOST_AUTO_TEST_CASE(one_by_one_and_by_skipping_every_posting_is_met) {
  const Plain plain = plain_postings(1);
  const auto cursor = listed(plain);
  for (const auto& [doc, count] : plain) {
    BOOST_REQUIRE_EQUAL(cursor->doc(), doc);
    BOOST_REQUIRE_EQUAL(cursor->wdf(), shown(count));
    cursor->next();
  }
  BOOST_TEST(cursor->doc() == kNoDoc);

  std::mt19937 random(2);
  for (const DocId apart : {3U, 500U, 100'000U}) {
    const auto skipping = listed(plain);
    for (const DocId doc : some_documents(random, apart)) {
      skipping->skip_to(doc);
      const auto expected = plain.lower_bound(doc);
      BOOST_REQUIRE_EQUAL(skipping->doc(), expected == plain.end() ? kNoDoc : expected->first);
      if (expected != plain.end()) BOOST_REQUIRE_EQUAL(skipping->wdf(), shown(expected->second));
    }
  }
}

BOOST_AUTO_TEST_CASE(many_at_once_are_the_same_as_one_by_one) {
  const Plain plain = plain_postings(3);
  std::mt19937 random(4);
  const auto cursor = listed(plain);
  std::vector<DocId> all, some(700);
  while (const auto count = cursor->fill(std::span(some).first(1 + random() % some.size())))
    all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
  BOOST_REQUIRE_EQUAL(all.size(), plain.size());
  BOOST_TEST(
      std::equal(all.begin(), all.end(), plain.begin(), [](DocId doc, const auto& one) { return doc == one.first; }));

  const auto later = listed(plain);
  later->skip_to(70'000);
  BOOST_REQUIRE_EQUAL(later->fill(std::span(some).first(1)), 1U);
  BOOST_TEST(some.front() == plain.lower_bound(70'000)->first);
  BOOST_TEST(later->doc() == plain.upper_bound(some.front())->first);
}

BOOST_AUTO_TEST_CASE(of_given_documents_those_that_hold_the_term_are_kept_with_their_counts) {
  const Plain plain = plain_postings(5);
  std::mt19937 random(6);
  for (const DocId apart : {2U, 40U, 30'000U}) {
    const auto keeping = listed(plain), counting = listed(plain);
    const auto docs = some_documents(random, apart);
    for (std::size_t begin = 0; begin < docs.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random() % 300, docs.size() - begin);
      std::vector<DocId> kept(docs.begin() + static_cast<std::ptrdiff_t>(begin),
                              docs.begin() + static_cast<std::ptrdiff_t>(begin + size));
      std::vector<std::uint8_t> counts(size), expected_counts;
      counting->counts(kept, counts.data());
      std::vector<DocId> expected;
      for (const DocId doc : kept) {
        const auto found = plain.find(doc);
        expected_counts.push_back(found == plain.end() ? 0 : shown(found->second));
        if (found != plain.end()) expected.push_back(doc);
      }
      kept.resize(keeping->keep(kept));
      BOOST_REQUIRE(kept == expected);
      BOOST_REQUIRE(counts == expected_counts);
      begin += size;
    }
  }
}

BOOST_AUTO_TEST_CASE(a_list_takes_little_room) {
  const Plain plain = plain_postings(7);
  PlainCursor all(plain);
  const PostingList list(all, plain.size());
  BOOST_TEST(list.bytes() < plain.size() * 3);
}

BOOST_AUTO_TEST_SUITE_END()
