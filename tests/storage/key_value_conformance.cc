// What must every key-value engine keep? The same cases run over each of them.
#define BOOST_TEST_MODULE key_value_conformance
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"
#include "lantai/storage/key_value_store.h"
#include "support/temporary_directory.h"

namespace lantai::storage {
namespace {

struct OnRocks {
  TemporaryDirectory directory;
  std::unique_ptr<KeyValueStore> store = open_rocksdb(directory.path() / "db");
};
struct InMemory {
  std::unique_ptr<KeyValueStore> store = make_memory_store();
};
using Engines = boost::mpl::list<OnRocks, InMemory>;

constexpr auto kSpace = KeySpace::records;

Write put(std::string_view key, std::string_view value, KeySpace space = kSpace) {
  return {space, to_bytes(key), to_bytes(value)};
}
Write erase(std::string_view key) { return {kSpace, to_bytes(key), std::nullopt}; }

std::string joined(const Page& page) {
  std::string out;
  for (const auto& [key, value] : page.entries)
    out += std::string(as_chars(key)) + "=" + std::string(as_chars(value)) + " ";
  return out + (page.more ? "…" : "");
}

bool is_invalid(const Error& e) { return e.code() == ErrorCode::invalid_argument; }

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(what_was_written_is_read_back_until_it_is_erased, E, Engines) {
  E engine;
  engine.store->write({put("a", "1"), put("b", "")}, true);
  BOOST_TEST(as_chars(*engine.store->read_view()->get(kSpace, as_bytes("a"))) == "1");
  BOOST_TEST(engine.store->read_view()->get(kSpace, as_bytes("b"))->empty());
  BOOST_TEST(!engine.store->read_view()->get(kSpace, as_bytes("c")));
  engine.store->write({erase("a"), erase("never there")}, false);
  BOOST_TEST(!engine.store->read_view()->get(kSpace, as_bytes("a")));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_same_key_in_two_spaces_is_two_keys, E, Engines) {
  E engine;
  engine.store->write({put("k", "here"), put("k", "there", KeySpace::versions)}, true);
  const auto view = engine.store->read_view();
  BOOST_TEST(as_chars(*view->get(kSpace, as_bytes("k"))) == "here");
  BOOST_TEST(as_chars(*view->get(KeySpace::versions, as_bytes("k"))) == "there");
  BOOST_TEST(joined(view->scan(kSpace, {})) == "k=here ");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(later_writes_of_a_batch_win, E, Engines) {
  E engine;
  engine.store->write({put("k", "1"), erase("k"), put("k", "2"), put("l", "1"), erase("l")}, true);
  BOOST_TEST(joined(engine.store->read_view()->scan(kSpace, {})) == "k=2 ");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_view_stays_as_it_was_whatever_is_written_after_it, E, Engines) {
  E engine;
  engine.store->write({put("a", "old"), put("b", "old")}, true);
  const auto before = engine.store->read_view();
  engine.store->write({put("a", "new"), erase("b"), put("c", "new")}, true);
  engine.store->write({put("a", "newer")}, true);
  BOOST_TEST(joined(before->scan(kSpace, {})) == "a=old b=old ");
  BOOST_TEST(as_chars(*before->get(kSpace, as_bytes("b"))) == "old");
  BOOST_TEST(!before->get(kSpace, as_bytes("c")));
  BOOST_TEST(joined(engine.store->read_view()->scan(kSpace, {})) == "a=newer c=new ");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_view_outlives_compaction, E, Engines) {
  E engine;
  engine.store->write({put("a", "old")}, true);
  const auto before = engine.store->read_view();
  engine.store->write({erase("a")}, true);
  engine.store->compact();
  engine.store->verify();
  BOOST_TEST(joined(before->scan(kSpace, {})) == "a=old ");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_scan_is_half_open_ordered_by_bytes_and_bounded, E, Engines) {
  E engine;
  engine.store->write({put("b", "2"), put("a", "1"), put("\xFF", "5"), put("c", "3"), put("ca", "4")}, true);
  const auto view = engine.store->read_view();
  const auto scan = [&](std::string_view begin, std::string_view end, std::size_t limit, bool reverse) {
    return joined(view->scan(kSpace, {to_bytes(begin), to_bytes(end), limit, reverse}));
  };
  BOOST_TEST(scan("", "", 100, false) == "a=1 b=2 c=3 ca=4 \xFF=5 ");
  BOOST_TEST(scan("b", "ca", 100, false) == "b=2 c=3 ");
  BOOST_TEST(scan("b", "ca", 1, false) == "b=2 …");
  BOOST_TEST(scan("b", "ca", 2, false) == "b=2 c=3 ");
  BOOST_TEST(scan("b", "ca", 100, true) == "c=3 b=2 ");
  BOOST_TEST(scan("", "", 1, true) == "\xFF=5 …");
  BOOST_TEST(scan("c", "b", 100, false) == "");
  BOOST_TEST(scan("x", "x", 100, true) == "");
  BOOST_TEST(scan("a", "", 0, false) == "…");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_page_ends_before_it_grows_too_large, E, Engines) {
  E engine;
  const std::string large(900'000, 'x');
  for (const auto* key : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"})
    engine.store->write({put(key, large)}, false);
  const auto page = engine.store->read_view()->scan(kSpace, {});
  BOOST_TEST(page.more);
  BOOST_TEST(page.entries.size() == 9U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_beyond_the_limits_is_refused_and_nothing_written, E, Engines) {
  E engine;
  const std::string key(kMaxKeyBytes, 'k'), value(kMaxValueBytes, 'v');
  engine.store->write({put(key, value)}, true);
  BOOST_TEST(engine.store->read_view()->get(kSpace, as_bytes(key))->size() == kMaxValueBytes);
  BOOST_CHECK_EXCEPTION(engine.store->write({put("a", "1"), put(key + "k", "")}, true), Error, is_invalid);
  BOOST_CHECK_EXCEPTION(engine.store->write({put("a", "1"), put("b", value + "v")}, true), Error, is_invalid);
  BOOST_CHECK_EXCEPTION(engine.store->write({put("a", "1"), put("", "")}, true), Error, is_invalid);
  std::vector<Write> batch;
  for (char c = 'a'; c < 'i'; ++c) batch.push_back(put(std::string(1, c), value));
  BOOST_CHECK_EXCEPTION(engine.store->write(batch, true), Error, is_invalid);
  BOOST_CHECK_EXCEPTION(engine.store->read_view()->scan(kSpace, {.begin = {}, .end = {}, .limit = kMaxPageEntries + 1}),
                        Error, is_invalid);
  BOOST_TEST(!engine.store->read_view()->get(kSpace, as_bytes("a")));
}

// Both engines against a std::map, with the seed printed.
BOOST_AUTO_TEST_CASE_TEMPLATE(random_writes_and_scans_agree_with_a_plain_map, E, Engines) {
  E engine;
  const auto seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  std::map<Bytes, Bytes> model;
  const auto some_key = [&] {
    Bytes key(1 + random() % 3);
    for (auto& byte : key) byte = static_cast<std::uint8_t>(random() % 4 * 85);
    return key;
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<Write> batch;
    for (auto count = random() % 5; count > 0; --count) {
      auto key = some_key();
      if (random() % 3 == 0) {
        model.erase(key);
        batch.push_back({kSpace, key, std::nullopt});
      } else {
        const Bytes value{static_cast<std::uint8_t>(random())};
        model[key] = value;
        batch.push_back({kSpace, key, value});
      }
    }
    engine.store->write(batch, false);
    const ScanRange range{some_key(), some_key(), 10'000, random() % 2 == 0};
    std::vector<std::pair<Bytes, Bytes>> expected, found;
    for (const auto& [key, value] : model) {
      if (key >= range.begin && key < range.end) expected.emplace_back(key, value);
    }
    if (range.reverse) std::reverse(expected.begin(), expected.end());
    for (const auto& entry : engine.store->read_view()->scan(kSpace, range).entries) {
      found.emplace_back(entry.key, entry.value);
    }
    BOOST_REQUIRE_MESSAGE(found == expected, "seed " << seed << " round " << round);
  }
}

BOOST_AUTO_TEST_CASE(rocksdb_keeps_what_was_written_and_lets_in_one_process_at_a_time) {
  const TemporaryDirectory directory;
  {
    const auto first = open_rocksdb(directory.path() / "db");
    first->write({put("a", "1")}, true);
    BOOST_CHECK_EXCEPTION(open_rocksdb(directory.path() / "db"), Error,
                          [](const Error& e) { return e.code() == ErrorCode::unavailable; });
  }
  BOOST_TEST(joined(open_rocksdb(directory.path() / "db")->read_view()->scan(kSpace, {})) == "a=1 ");
}

BOOST_AUTO_TEST_CASE(rocksdb_is_not_created_unless_asked_for) {
  const TemporaryDirectory directory;
  BOOST_CHECK_EXCEPTION(open_rocksdb(directory.path() / "db", {.create_if_missing = false}), Error,
                        [](const Error& e) { return e.code() == ErrorCode::not_found; });
}

}  // namespace lantai::storage
