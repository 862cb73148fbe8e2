// What is remembered of indexes names all that may be seen, in order, wherever one begins and whichever way one goes.
#include "remembered_entries.h"

#include <boost/test/unit_test.hpp>
#include <random>

namespace lantai::records {
namespace {

Bytes key(int number) { return {static_cast<std::uint8_t>(number), 7}; }

// Everything of a range by parts, as a list goes through it; where nothing is remembered, key by key.
std::set<Bytes> walked(const RememberedEntries& entries, storage::ScanRange range, const std::set<Bytes>& seen) {
  std::set<Bytes> out;
  std::optional<Bytes> last;
  const auto take = [&](const Bytes& one) {
    BOOST_TEST_REQUIRE((!last || (range.reverse ? one < *last : one > *last)));
    out.insert(one);
    last = one;
  };
  while (range.begin < range.end) {
    if (const auto part = entries.find("viewer", range)) {
      BOOST_TEST_REQUIRE(part->keys.size() <= range.limit);
      for (const auto& one : part->keys) take(one);
      BOOST_TEST_REQUIRE((range.reverse ? part->rest < range.end : part->rest > range.begin));
      (range.reverse ? range.end : range.begin) = part->rest;
    } else if (range.reverse) {
      const auto at = seen.lower_bound(range.end);
      if (at == seen.begin() || *std::prev(at) < range.begin) return out;
      take(*std::prev(at));
      range.end = *std::prev(at);
    } else {
      const auto at = seen.lower_bound(range.begin);
      if (at == seen.end() || *at >= range.end) return out;
      take(*at);
      (range.begin = *at).push_back(0);
    }
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(remembered_entries)

BOOST_AUTO_TEST_CASE(nothing_that_may_be_seen_is_missing_and_nothing_comes_twice_or_out_of_order) {
  std::mt19937 random(11);
  const auto any = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  for (int world = 0; world < 60; ++world) {
    RememberedEntries entries;
    std::set<Bytes> seen;
    for (int i = 0; i < 30; ++i) seen.insert(key(any(256)));
    for (int round = 0; round < 60; ++round) {
      if (any(4) == 0) {
        const auto fresh = key(any(256));
        seen.insert(fresh);
        entries.changed({fresh});
      } else {
        const int one = any(256), other = any(256);
        const Bytes from = key(std::min(one, other)), to = key(std::max(one, other));
        entries.add("viewer", from, to, {seen.lower_bound(from), seen.lower_bound(to)});
      }
      const int one = any(256), other = any(256);
      storage::ScanRange range{key(std::min(one, other)), key(std::max(one, other)),
                               static_cast<std::size_t>(1 + any(5)), any(2) == 0};
      const std::set<Bytes> expected(seen.lower_bound(range.begin), seen.lower_bound(range.end));
      BOOST_TEST_REQUIRE((walked(entries, range, seen) == expected));
    }
    entries.add("viewer", key(0), key(255), {key(3)});
    BOOST_TEST_REQUIRE(entries.find("viewer", {key(0), key(255), 1000, false}).has_value());
    BOOST_TEST(!entries.find("somebody else", {key(0), key(255), 1000, false}).has_value());
    entries.forget();
    BOOST_TEST(!entries.find("viewer", {key(0), key(255), 1000, false}).has_value());
  }
}

BOOST_AUTO_TEST_CASE(more_than_there_is_room_for_is_forgotten) {
  RememberedEntries entries;
  std::set<Bytes> many;
  for (std::size_t i = 0; i < RememberedEntries::kMost; ++i)
    many.insert(
        {static_cast<std::uint8_t>(i >> 16U), static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i)});
  const Bytes last{0xff};
  entries.add("viewer", {0}, last, many);
  BOOST_TEST(entries.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
