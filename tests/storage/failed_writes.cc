// What if the engine fails half-way, so that nobody knows whether a commit is there? It is there, or not, as a whole
// once the engine was opened again, and nothing that was decided without knowing it stands.
#define BOOST_TEST_MODULE storage_failed_writes
#include <boost/test/unit_test.hpp>
#include <mutex>

#include "files.h"
#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"
#include "lantai/storage/store.h"

namespace lantai::storage {
namespace {

constexpr auto kSpace = KeySpace::records;

// Behaves as RocksDB does after a failed write: the batch is in the log and not seen; the next write opens the engine
// again, which brings the batch to light and ends all views from before.
struct Engine {
  std::unique_ptr<KeyValueStore> stored = make_memory_store();
  std::mutex mutex;
  std::vector<Write> in_log;
  bool fail_next = false, stopped = false;
  std::uint64_t life = 0;

  void expect_life(std::uint64_t expected) {
    const std::lock_guard lock(mutex);
    if (life != expected) throw Error(ErrorCode::unavailable, "opened again", std::string(kStoreReopened));
  }
};

class View final : public ReadView {
 public:
  explicit View(Engine& engine) : engine_(engine), view_(engine.stored->read_view()) {
    const std::lock_guard lock(engine.mutex);
    life_ = engine.life;
  }
  std::optional<Bytes> get(KeySpace space, ByteView key) const override {
    engine_.expect_life(life_);
    return view_->get(space, key);
  }
  Page scan(KeySpace space, const ScanRange& range) const override {
    engine_.expect_life(life_);
    return view_->scan(space, range);
  }

 private:
  Engine& engine_;
  std::unique_ptr<ReadView> view_;
  std::uint64_t life_ = 0;
};

class FailingStore final : public KeyValueStore {
 public:
  explicit FailingStore(Engine& engine) : engine_(engine) {}
  std::unique_ptr<ReadView> read_view() const override { return std::make_unique<View>(engine_); }
  void write(const std::vector<Write>& batch, bool sync, Room room) override {
    const std::lock_guard lock(engine_.mutex);
    if (engine_.stopped) {
      engine_.stored->write(engine_.in_log, sync, room);
      engine_.stopped = false;
      ++engine_.life;
      throw Error(ErrorCode::unavailable, "opened again", std::string(kStoreReopened));
    }
    if (std::exchange(engine_.fail_next, false)) {
      engine_.in_log = batch;
      engine_.stopped = true;
      throw with_unknown_outcome(Error(ErrorCode::unavailable, "the disk does not answer"));
    }
    engine_.stored->write(batch, sync, room);
  }
  void verify() const override {}
  void compact() override {}

 private:
  Engine& engine_;
};

struct Failing {
  Engine engine;
  std::unique_ptr<Store> store = Store::open_over(std::make_unique<FailingStore>(engine));

  void fail_next() {
    const std::lock_guard lock(engine.mutex);
    engine.fail_next = true;
  }
};

void increment(Transaction& transaction, std::string_view key) {
  const auto value = transaction.get(kSpace, as_bytes(key));
  transaction.put(kSpace, as_bytes(key), KeyWriter().number(value ? KeyReader(*value).number() + 1 : 1).take());
}

std::uint64_t number_at(Store& store, std::string_view key) {
  const auto value = store.read_view()->get(kSpace, as_bytes(key));
  return value ? KeyReader(*value).number() : 0;
}

bool unknown(const Error& e) { return outcome_unknown(e); }

}  // namespace

BOOST_FIXTURE_TEST_CASE(who_read_before_the_engine_was_opened_again_runs_again, Failing) {
  fail_next();
  BOOST_CHECK_EXCEPTION(store->run_transaction([](Transaction& t) { increment(t, "n"); }), Error, unknown);
  int runs = 0;
  store->run_transaction([&](Transaction& t) {
    increment(t, "n");
    if (++runs == 1) store->run_transaction([](Transaction& other) { increment(other, "other"); });
  });
  BOOST_TEST(runs == 2);
  BOOST_TEST(number_at(*store, "n") == 2U);  // the one of unknown outcome has come to light
  BOOST_TEST(number_at(*store, "other") == 1U);
}

BOOST_FIXTURE_TEST_CASE(who_reads_from_a_view_that_is_gone_runs_again, Failing) {
  int runs = 0;
  store->run_transaction([&](Transaction& t) {
    if (++runs == 1) {
      fail_next();
      BOOST_CHECK_EXCEPTION(store->run_transaction([](Transaction& other) { increment(other, "n"); }), Error, unknown);
      store->run_transaction([](Transaction& other) { increment(other, "other"); });
    }
    increment(t, "n");
  });
  BOOST_TEST(runs == 2);
  BOOST_TEST(number_at(*store, "n") == 2U);
}

BOOST_FIXTURE_TEST_CASE(positions_go_on_behind_a_commit_that_came_to_light, Failing) {
  const auto append = [&] {
    return store->run_transaction([](Transaction& t) {
      t.append_change({"record", "item", "1", 1, "create"});
      t.append_audit({"u", "record.create", "item/1", "ok", "", ""});
    });
  };
  append();
  fail_next();
  BOOST_CHECK_EXCEPTION(append(), Error, unknown);
  BOOST_TEST(append().position == 3U);
  BOOST_TEST(store->changes().read(0, 10).size() == 3U);
  BOOST_TEST(store->audit().verify().checked == 3U);
  BOOST_TEST(!store->audit().verify().first_broken);
}

BOOST_FIXTURE_TEST_CASE(bytes_that_a_commit_of_unknown_outcome_names_are_left_alone, Failing) {
  const auto first = noise(300'000, 1), second = noise(300'000, 2), third = noise(300'000, 3);
  store->blobs().put(first);
  fail_next();
  BOOST_CHECK_EXCEPTION(store->blobs().put(second), Error, unknown);
  store->blobs().put(third);
  for (const auto* bytes : {&first, &second, &third}) BOOST_TEST(store->blobs().get(sha256(*bytes)) == *bytes);
  BOOST_TEST(store->verify().empty());
}

}  // namespace lantai::storage
