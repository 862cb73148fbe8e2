// What does the blob store promise, over files and in memory alike?
#define BOOST_TEST_MODULE blob_contract
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <random>

#include "lantai/base/error.h"
#include "lantai/storage/store.h"
#include "temporary_directory.h"

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
  // A page put in near the front: all cuts behind it move along.
  const auto inserted = noise(5'000, 4);
  bytes.insert(bytes.begin() + 1'000'000, inserted.begin(), inserted.end());
  const auto info = s.store->blobs().put(bytes);
  BOOST_TEST(s.store->blobs().get(info.digest) == bytes);
  BOOST_TEST(s.store->statistics().pack_bytes - once < 600'000U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(only_a_blob_that_is_there_can_be_owned, S, Stores) {
  S s;
  BOOST_CHECK_EXCEPTION(own(*s.store, sha256(as_bytes("nothing")), "item/1"), Error, code_is(ErrorCode::not_found));
  BOOST_CHECK_EXCEPTION(own(*s.store, to_bytes("short"), "item/1"), Error, code_is(ErrorCode::invalid_argument));
  disown(*s.store, sha256(as_bytes("nothing")), "item/1");
}

}  // namespace lantai::storage
