#include "lantai/archive/caretaker.h"

#include <boost/test/unit_test.hpp>
#include <thread>

namespace lantai::archive {
namespace {

bool gone_soon(storage::Store& store, ByteView digest) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < deadline) {
    if (!store.blobs().find(digest)) return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(caretaker)

BOOST_AUTO_TEST_CASE(what_nobody_refers_to_is_given_back_and_the_rest_stays) {
  const auto store = storage::Store::open_in_memory();
  const auto owned = store->blobs().put(as_bytes("kept"));
  store->run_transaction(
      [&](storage::Transaction& transaction) { transaction.add_blob_owner(owned.digest, "item/1"); });
  const auto left = store->blobs().put(as_bytes("left behind"));
  const auto caretaker = Caretaker::start(*store, {std::chrono::milliseconds(1), std::chrono::seconds(0)});
  BOOST_TEST(gone_soon(*store, left.digest));
  BOOST_TEST(store->blobs().find(owned.digest).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::archive
