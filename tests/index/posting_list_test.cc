// A list of postings, unpacked into memory or packed in a file, gives what a plain sorted list gives, however dense, by
// whichever way it is asked.
#include "posting_list.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "posting_file.h"
#include "support/temporary_directory.h"

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

// In a file of its own, which it keeps.
class FiledCursor final : public PackedCursor {
 public:
  explicit FiledCursor(std::shared_ptr<const PostingFile> file) : PackedCursor(*file, *file->find("B")), file_(file) {}

 private:
  std::shared_ptr<const PostingFile> file_;
};

std::unique_ptr<PostingCursor> filed(const Plain& plain) {
  const lantai::TemporaryDirectory directory;
  const auto path = directory.path() / "grams";
  std::vector<Posting> postings;
  for (const auto& [doc, count] : plain) postings.push_back({doc, count});
  PostingFileWriter out(path);
  out.add("A", std::span(postings).first(1));
  out.add("B", postings);
  out.finish();
  return std::make_unique<FiledCursor>(
      std::make_shared<const PostingFile>(path, plain.begin()->first, plain.rbegin()->first));
}

constexpr auto kBoth = {&listed, &filed};

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
  for (const auto open : kBoth) {
    const auto cursor = open(plain);
    for (const auto& [doc, count] : plain) {
      BOOST_REQUIRE_EQUAL(cursor->doc(), doc);
      BOOST_REQUIRE_EQUAL(cursor->wdf(), shown(count));
      cursor->next();
    }
    BOOST_TEST(cursor->doc() == kNoDoc);

    std::mt19937 random(2);
    for (const DocId apart : {3U, 500U, 100'000U}) {
      const auto skipping = open(plain);
      for (const DocId doc : some_documents(random, apart)) {
        skipping->skip_to(doc);
        const auto expected = plain.lower_bound(doc);
        BOOST_REQUIRE_EQUAL(skipping->doc(), expected == plain.end() ? kNoDoc : expected->first);
        if (expected != plain.end()) BOOST_REQUIRE_EQUAL(skipping->wdf(), shown(expected->second));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(many_at_once_are_the_same_as_one_by_one) {
  const Plain plain = plain_postings(3);
  for (const auto open : kBoth) {
    std::mt19937 random(4);
    const auto cursor = open(plain);
    std::vector<DocId> all, some(700);
    std::vector<std::uint8_t> counts(700), all_counts;
    while (const auto count = cursor->fill(std::span(some).first(1 + random() % some.size()), counts.data())) {
      all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
      all_counts.insert(all_counts.end(), counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(count));
    }
    BOOST_REQUIRE_EQUAL(all.size(), plain.size());
    std::size_t at = 0;
    for (const auto& [doc, count] : plain) {
      BOOST_REQUIRE_EQUAL(all[at], doc);
      BOOST_REQUIRE_EQUAL(all_counts[at++], shown(count));
    }

    const auto later = open(plain);
    later->skip_to(70'000);
    BOOST_REQUIRE_EQUAL(later->fill(std::span(some).first(1)), 1U);
    BOOST_TEST(some.front() == plain.lower_bound(70'000)->first);
    BOOST_TEST(later->doc() == plain.upper_bound(some.front())->first);
  }
}

BOOST_AUTO_TEST_CASE(of_given_documents_those_that_hold_the_term_are_kept_with_their_counts) {
  const Plain plain = plain_postings(5);
  std::mt19937 random(6);
  for (const auto open : kBoth)
    for (const DocId apart : {2U, 40U, 30'000U}) {
      const auto keeping = open(plain), counting = open(plain);
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
