#include "postponed.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>

namespace search = lantai::search;
using lantai::index::DocId;

namespace {

search::Postponed of(std::size_t count, DocId step, std::size_t at_once) {
  std::vector<DocId> docs(count);
  for (std::size_t i = 0; i < count; ++i) docs[i] = static_cast<DocId>(1 + i * step);
  search::Postponed postponed;
  for (std::size_t at = 0; at < count; at += at_once)
    postponed.add(std::span(docs).subspan(at, std::min(at_once, count - at)));
  return postponed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(postponed)

BOOST_AUTO_TEST_CASE(all_are_kept_while_there_is_room) {
  const auto all = of(4000, 3, 512);
  BOOST_TEST(all.count() == 4000U);
  BOOST_TEST(all.each_stands_for() == 1U);
  BOOST_TEST(all.docs().size() == 4000U);
  BOOST_TEST(all.docs().back() == 1U + 3999U * 3U);
}

BOOST_AUTO_TEST_CASE(each_part_of_a_long_list_has_its_share) {
  for (const std::size_t count : {4097U, 50'000U, 1'000'000U}) {
    const auto sample = of(count, 1, 100);
    BOOST_TEST(sample.docs().size() < search::Postponed::kMost);
    BOOST_TEST(sample.docs().size() >= search::Postponed::kMost / 2 - 1);
    BOOST_TEST(std::is_sorted(sample.docs().begin(), sample.docs().end()));
    const auto each = sample.each_stands_for();
    const double stands_for = static_cast<double>(sample.docs().size() * each);
    BOOST_TEST(std::abs(stands_for - static_cast<double>(count)) <= static_cast<double>(2 * each));
    for (std::size_t part = 0; part < 10; ++part) {
      const auto begin = part * count / 10, end = (part + 1) * count / 10;
      const auto in_part = std::count_if(sample.docs().begin(), sample.docs().end(),
                                         [&](DocId doc) { return doc > begin && doc <= end; });
      const double share = static_cast<double>(in_part) / static_cast<double>(sample.docs().size());
      BOOST_TEST(std::abs(share - 0.1) < 0.002, count << ": part " << part << " has " << share);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_comes_in_turns_is_met_evenly) {
  const auto sample = of(200'000, 1, 512);
  for (const DocId turns : {2U, 4U, 8U, 64U}) {
    for (DocId turn = 0; turn < std::min(turns, DocId{8}); ++turn) {
      const auto met =
          std::count_if(sample.docs().begin(), sample.docs().end(), [&](DocId doc) { return doc % turns == turn; });
      const double expected = static_cast<double>(sample.docs().size()) / turns;
      // Five times what chance leaves.
      BOOST_TEST(std::abs(static_cast<double>(met) - expected) < 5 * std::sqrt(expected), turns << ": " << turn);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_same_leave_the_same_however_they_come) {
  BOOST_TEST((of(30'000, 1, 1).docs() == of(30'000, 1, 512).docs()));
}

BOOST_AUTO_TEST_CASE(of_each_two_one_is_left) {
  for (const std::size_t count : {0U, 1U, 2U, 7U, 1000U}) {
    std::vector<DocId> docs(count);
    std::iota(docs.begin(), docs.end(), DocId{1});
    search::halve(docs);
    BOOST_TEST(docs.size() >= count / 2);
    BOOST_TEST(docs.size() <= (count + 1) / 2);
    for (std::size_t i = 0; i < docs.size(); ++i) BOOST_TEST((docs[i] - 1) / 2 == i);
  }
}

BOOST_AUTO_TEST_SUITE_END()
