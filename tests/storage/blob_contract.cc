// What does the blob store promise, over files and in memory alike?
#define BOOST_TEST_MODULE blob_contract
#include <atomic>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <random>
#include <thread>

#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"
#include "lantai/storage/store.h"
#include "support/temporary_directory.h"

namespace lantai::storage {
namespace {

struct OnDisk {
  ManualClock clock{{1'600'000'000'000'000}};
  TemporaryDirectory directory;
  StoreOptions options() {
    StoreOptions out;
    out.clock = &clock;
    return out;
  }
  std::unique_ptr<Store> store = Store::open(directory.path() / "store", options());
};
struct InMemory {
  ManualClock clock{{1'600'000'000'000'000}};
  StoreOptions options() {
    StoreOptions out;
    out.clock = &clock;
    return out;
  }
  std::unique_ptr<Store> store = Store::open_in_memory(options());
};
using Stores = boost::mpl::list<OnDisk, InMemory>;

Bytes noise(std::size_t size, std::uint32_t seed) {
  std::mt19937_64 random(seed);
  Bytes out(size);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(random());
  return out;
}

auto code_is(ErrorCode code) {
  return [code](const Error& e) { return e.code() == code; };
}

// A key of the blob index (docs/formats/store.md).
Bytes tagged(char tag, const Bytes& digest) {
  Bytes out{static_cast<std::uint8_t>(tag)};
  out.insert(out.end(), digest.begin(), digest.end());
  return out;
}

void own(Store& store, const Bytes& digest, std::string_view owner) {
  store.run_transaction([&](Transaction& t) { t.add_blob_owner(digest, owner); });
}
void disown(Store& store, const Bytes& digest, std::string_view owner) {
  store.run_transaction([&](Transaction& t) { t.remove_blob_owner(digest, owner); });
}

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(bytes_come_back_whole_and_in_any_range, S, Stores) {
  S s;
  for (const std::size_t size : {0UL, 1UL, 1000UL, 16'384UL, 65'537UL, 3'000'000UL}) {
    const auto bytes = noise(size, 1);
    const auto writer = s.store->blobs().create();
    for (std::size_t at = 0; at < size; at += 12'345)
      writer->write(ByteView(bytes).subspan(at, std::min<std::size_t>(12'345, size - at)));
    const auto info = writer->finish();
    BOOST_TEST(info.size == size);
    BOOST_TEST(info.digest == sha256(bytes));
    BOOST_TEST(s.store->blobs().get(info.digest) == bytes);
    BOOST_TEST(s.store->blobs().find(info.digest)->size == size);
    const auto reader = s.store->blobs().open(info.digest);
    std::mt19937 random(7);
    for (int i = 0; i < 30 && size > 0; ++i) {
      const std::size_t from = random() % size, count = random() % (size - from + 10);
      const auto end = std::min(size, from + count);
      const Bytes expected(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                           bytes.begin() + static_cast<std::ptrdiff_t>(end));
      BOOST_REQUIRE(reader->read(from, count) == expected);
    }
    BOOST_TEST(reader->read(size, 10).empty());
  }
  BOOST_TEST(s.store->blobs().verify().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(small_blobs_stored_together_are_those_stored_alone, S, Stores) {
  S s;
  auto& blobs = s.store->blobs();
  const auto known = noise(40'000, 7);
  blobs.put(known);
  const auto before = s.store->statistics();
  const std::vector<Bytes> contents = {noise(65'536, 1), known, {}, noise(5, 2), noise(65'536, 1)};
  const auto infos = blobs.put_small(std::vector<ByteView>(contents.begin(), contents.end()));
  BOOST_REQUIRE_EQUAL(infos.size(), contents.size());
  for (std::size_t i = 0; i < contents.size(); ++i) {
    BOOST_TEST(infos[i].digest == sha256(contents[i]));
    BOOST_TEST(infos[i].size == contents[i].size());
    BOOST_TEST(blobs.get(infos[i].digest) == contents[i]);
  }
  BOOST_TEST(s.store->statistics().blob_bytes == before.blob_bytes + 65'536 + 5);
  BOOST_TEST(blobs.verify().empty());
  own(*s.store, infos[0].digest, "item/1");
  s.clock.advance_micros(7'200'000'000LL);
  BOOST_TEST(blobs.collect(std::chrono::hours(1)).blobs_removed == 3U);
  BOOST_TEST(blobs.get(infos[0].digest) == contents[0]);

  const Bytes large(BlobStore::kSmallBlobBytes + 1);
  BOOST_CHECK_EXCEPTION(blobs.put_small(std::vector<ByteView>{large}), Error, code_is(ErrorCode::invalid_argument));
  BOOST_CHECK_EXCEPTION(blobs.put_small(std::vector<ByteView>(BlobStore::kSmallBlobs + 1)), Error,
                        code_is(ErrorCode::invalid_argument));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_unfinished_blob_is_not_there_and_takes_no_room, S, Stores) {
  S s;
  const auto bytes = noise(1'000'000, 2);
  s.store->blobs().create()->write(bytes);
  BOOST_TEST(!s.store->blobs().find(sha256(bytes)));
  BOOST_CHECK_EXCEPTION(s.store->blobs().open(sha256(bytes)), Error, code_is(ErrorCode::not_found));
  BOOST_TEST(s.store->statistics().pack_bytes == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_same_bytes_are_stored_once_and_versions_share_most, S, Stores) {
  S s;
  auto bytes = noise(4'000'000, 3);
  s.store->blobs().put(bytes);
  const auto once = s.store->statistics().pack_bytes;
  s.store->blobs().put(bytes);
  BOOST_TEST(s.store->statistics().pack_bytes == once);
  BOOST_TEST(s.store->statistics().blob_bytes == bytes.size());
  // Kept up to date from here on.
  s.clock.advance_micros(1);
  s.store->blobs().put(as_bytes("short"));
  BOOST_TEST(s.store->statistics().blob_bytes == bytes.size() + 5);
  s.clock.advance_micros(1);
  s.store->run_transaction([&](Transaction& t) { t.add_blob_owner(sha256(bytes), "item/1"); });
  BOOST_TEST(s.store->blobs().collect(std::chrono::seconds(0)).blobs_removed == 1U);
  BOOST_TEST(s.store->statistics().blob_bytes == bytes.size());
  // A page put in near the front: all cuts behind it move along.
  const auto inserted = noise(5'000, 4);
  bytes.insert(bytes.begin() + 1'000'000, inserted.begin(), inserted.end());
  const auto info = s.store->blobs().put(bytes);
  BOOST_TEST(s.store->blobs().get(info.digest) == bytes);
  BOOST_TEST(s.store->statistics().pack_bytes - once < 600'000U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_blob_is_kept_while_owned_and_for_the_grace_time_after, S, Stores) {
  using std::chrono::hours;
  S s;
  auto& blobs = s.store->blobs();
  const auto bytes = noise(3'000'000, 5);
  const auto digest = blobs.put(bytes).digest;
  const auto advance = [&](hours by) { s.clock.advance_micros(std::chrono::microseconds(by).count()); };
  own(*s.store, digest, "item/1");
  own(*s.store, digest, "item/2");
  advance(hours(100));
  BOOST_TEST(blobs.collect(hours(1)).blobs_removed == 0U);
  disown(*s.store, digest, "item/1");
  BOOST_TEST(blobs.collect(hours(0)).blobs_removed == 0U);
  disown(*s.store, digest, "item/2");
  advance(hours(1));
  BOOST_TEST(blobs.collect(hours(2)).blobs_removed == 0U);
  BOOST_TEST(blobs.get(digest) == bytes);
  // Put again: the time starts anew.
  advance(hours(1));
  blobs.put(bytes);
  BOOST_TEST(blobs.collect(hours(2)).blobs_removed == 0U);
  advance(hours(2));
  const auto report = blobs.collect(hours(2));
  BOOST_TEST(report.blobs_removed == 1U);
  BOOST_TEST(report.bytes_freed > bytes.size());
  BOOST_TEST(!blobs.find(digest));
  BOOST_TEST(s.store->statistics().pack_bytes == 0U);
  blobs.put(bytes);
  BOOST_TEST(blobs.get(digest) == bytes);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(collection_leaves_chunks_that_others_share_and_moves_them_together, S, Stores) {
  S s;
  auto& blobs = s.store->blobs();
  const auto shared = noise(1'000'000, 6);
  auto first = shared, second = shared;
  const auto tail = noise(5'000'000, 7), other_tail = noise(300'000, 8);
  first.insert(first.end(), tail.begin(), tail.end());
  second.insert(second.end(), other_tail.begin(), other_tail.end());
  blobs.put(first);
  const auto kept = blobs.put(second).digest;
  own(*s.store, kept, "item/1");
  const auto reader = blobs.open(kept);
  s.clock.advance_micros(1'000'000);
  const auto report = blobs.collect(std::chrono::seconds(1));
  BOOST_TEST(report.blobs_removed == 1U);
  BOOST_TEST(report.bytes_freed > 4'000'000U);
  BOOST_TEST(s.store->statistics().pack_bytes < 1'500'000U);
  BOOST_TEST(reader->read(0, second.size()) == second);
  BOOST_TEST(blobs.get(kept) == second);
  BOOST_TEST(blobs.verify().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_pack_of_very_small_blobs_is_not_rewritten_at_every_collection, S, Stores) {
  S s;
  for (std::uint32_t i = 0; i < 100; ++i) own(*s.store, s.store->blobs().put(noise(10, i)).digest, "item/1");
  const auto before = s.store->statistics();
  BOOST_TEST(s.store->blobs().collect(std::chrono::seconds(0)).bytes_freed == 0U);
  BOOST_TEST(s.store->statistics().commits == before.commits);
  BOOST_TEST(s.store->statistics().pack_bytes == before.pack_bytes);
}

// Written by a writer that cut otherwise and died: its pages do not become a part of this blob.
BOOST_AUTO_TEST_CASE(pages_left_by_a_writer_that_died_are_replaced_when_they_differ) {
  TemporaryDirectory directory;
  ManualClock clock{{1'600'000'000'000'000}};
  StoreOptions options;
  options.clock = &clock;
  options.chunks_per_page = 2;
  const auto bytes = noise(1'500'000, 12);
  auto store = Store::open(directory.path() / "store", options);
  const auto digest = store->blobs().put(bytes).digest;
  // Without its header, and marked as being written: as after a kill between the commits.
  store->run_transaction([&](Transaction& t) {
    t.erase(KeySpace::blobs, tagged('h', digest));
    t.put(KeySpace::blobs, tagged('u', digest), KeyWriter().number(40).take());
  });
  store.reset();
  options.chunks_per_page = 3;
  store = Store::open(directory.path() / "store", options);
  store->blobs().put(bytes);
  BOOST_TEST(store->blobs().get(digest) == bytes);
  BOOST_TEST(store->verify().empty());
  clock.advance_micros(1);
  BOOST_TEST(store->blobs().collect(std::chrono::seconds(0)).blobs_removed == 1U);
  BOOST_TEST(store->statistics().pack_bytes == 0U);
}

// More than one manifest page: such a blob is committed, and removed, in several commits.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_very_large_blob_is_written_read_and_removed, S, Stores) {
  S s;
  auto& blobs = s.store->blobs();
  const auto writer = blobs.create();
  const Bytes zeros(1U << 20U), mark = noise(100'000, 11);
  for (int i = 0; i < 1100; ++i) {
    writer->write(zeros);
    if (i == 1050) writer->write(mark);
  }
  const auto info = writer->finish();
  BOOST_TEST(info.size == (std::uint64_t{1100} << 20U) + mark.size());
  BOOST_TEST(s.store->statistics().pack_bytes < 2'000'000U);
  const auto reader = blobs.open(info.digest);
  BOOST_TEST(reader->read(std::uint64_t{1051} << 20U, mark.size()) == mark);
  BOOST_TEST(reader->read(0, 1000) == Bytes(1000));
  s.clock.advance_micros(1);
  BOOST_TEST(blobs.collect(std::chrono::seconds(0)).blobs_removed == 1U);
  BOOST_TEST(s.store->statistics().pack_bytes == 0U);
  BOOST_CHECK_EXCEPTION(reader->read(std::uint64_t{700} << 20U, 10), Error, code_is(ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(collection_does_not_take_what_a_blob_under_way_relies_on, S, Stores) {
  S s;
  auto& blobs = s.store->blobs();
  const auto bytes = noise(1'000'000, 9);
  const auto digest = blobs.put(bytes).digest;
  const auto writer = blobs.create();
  writer->write(bytes);
  writer->write(noise(1'000'000, 10));
  s.clock.advance_micros(1'000'000);
  BOOST_TEST(blobs.collect(std::chrono::seconds(1)).blobs_removed == 1U);
  const auto info = writer->finish();
  BOOST_TEST(!blobs.find(digest));
  BOOST_TEST(blobs.get(info.digest).size() == 2'000'000U);
  BOOST_TEST(blobs.verify().empty());
}

// Readers, writers and collection at once: nothing owned is lost, nothing wrong is read.
BOOST_AUTO_TEST_CASE_TEMPLATE(collection_runs_beside_writers_and_readers, S, Stores) {
  S s;
  auto& blobs = s.store->blobs();
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  {
    std::jthread collector([&] {
      while (!done) {
        s.clock.advance_micros(1'000'000);
        blobs.collect(std::chrono::seconds(0));
      }
    });
    std::vector<std::jthread> writers;
    for (std::uint32_t w = 0; w < 2; ++w) {
      writers.emplace_back([&, w] {
        for (std::uint32_t i = 0; i < 25; ++i) {
          // Both write the same blobs now and then; some keep theirs and some let go.
          const auto bytes = noise(200'000, i / 2);
          const auto owner = std::to_string(w) + "/" + std::to_string(i);
          while (true) {
            const auto info = blobs.put(bytes);
            try {
              own(*s.store, info.digest, owner);
            } catch (const Error& e) {
              if (e.code() != ErrorCode::not_found) ++wrong;
              continue;  // collected before it got its owner
            }
            if (blobs.get(info.digest) != bytes) ++wrong;
            if (i % 3 == 0) disown(*s.store, info.digest, owner);
            break;
          }
        }
      });
    }
    writers.clear();
    done = true;
  }
  BOOST_TEST(wrong == 0);
  BOOST_TEST(blobs.verify().empty());
  for (std::uint32_t i = 0; i < 25; ++i) {
    if (i % 3 != 0) BOOST_TEST(blobs.get(sha256(noise(200'000, i / 2))).size() == 200'000U);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(only_a_blob_that_is_there_can_be_owned, S, Stores) {
  S s;
  BOOST_CHECK_EXCEPTION(own(*s.store, sha256(as_bytes("nothing")), "item/1"), Error, code_is(ErrorCode::not_found));
  BOOST_CHECK_EXCEPTION(own(*s.store, to_bytes("short"), "item/1"), Error, code_is(ErrorCode::invalid_argument));
  disown(*s.store, sha256(as_bytes("nothing")), "item/1");
}

}  // namespace lantai::storage
