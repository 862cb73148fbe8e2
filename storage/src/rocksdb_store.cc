// The RocksDB engine: one column family, the space as the first byte of every key. No RocksDB name leaves this file and
// rocksdb_options.h.
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <tuple>

#include "commit_mark.h"
#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "lantai/storage/key_codec.h"
#include "rocksdb_options.h"
#include "size_limits.h"
#include "write_ahead_log.h"

namespace lantai::storage {
namespace {

rocksdb::Slice slice(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

Bytes copy(const rocksdb::Slice& s) { return {s.data(), s.data() + s.size()}; }

Bytes engine_key(KeySpace space, ByteView key) {
  Bytes out;
  out.reserve(key.size() + 1);
  out.push_back(static_cast<std::uint8_t>(space));
  out.insert(out.end(), key.begin(), key.end());
  return out;
}

// For the small files that are made when the engine opens.
constexpr std::uintmax_t kRoomToOpen = 1U << 20U;

// The open engine, and how it is opened again. Thread-safe.
//
// After a failed write or flush RocksDB takes no more writes. Its own way out (Resume) can wait for ever and can keep a
// log that refuses every write (seen with 7.8); closing and opening always works. Views from before then say so.
class Engine {
 public:
  Engine(std::filesystem::path directory, const RocksOptions& options)
      : directory_(std::move(directory)), options_(options), mark_(directory_.string() + ".reached") {
    open();
    options_.create_if_missing = false;
  }

  const RocksOptions& options() const { return options_; }

  void require_free(std::uintmax_t bytes) const {
    auto directory = std::filesystem::absolute(directory_);
    while (!std::filesystem::exists(directory)) directory = directory.parent_path();
    const auto available = std::filesystem::space(directory).available;
    if (available >= bytes) return;
    throw Error(ErrorCode::resource_exhausted,
                fmt::format("{} bytes are free at {} and {} are needed: nothing was written", available,
                            directory_.string(), bytes),
                "storage.disk_full");
  }

  // Runs `use(db)` while the engine stays open.
  template <typename Use>
  auto with(Use use) const {
    const std::shared_lock lock(mutex_);
    if (!db_) throw Error(ErrorCode::unavailable, "the key-value store could not be opened again");
    return use(*db_);
  }

  // As `with`, for a view taken at this generation.
  template <typename Use>
  auto with(std::uint64_t generation, Use use) const {
    return with([&](rocksdb::DB& db) {
      if (generation != generation_) {
        throw Error(ErrorCode::unavailable, "the key-value store was opened again; this view is gone",
                    std::string(kStoreReopened));
      }
      return use(db);
    });
  }

  std::pair<std::uint64_t, const rocksdb::Snapshot*> acquire() {
    open_if_closed();
    return with([&](rocksdb::DB& db) {
      const auto* snapshot = db.GetSnapshot();
      const std::lock_guard lock(snapshots_mutex_);
      snapshots_.insert(snapshot);
      return std::pair(generation_, snapshot);
    });
  }

  void release(std::uint64_t generation, const rocksdb::Snapshot* snapshot) noexcept {
    const std::shared_lock lock(mutex_);
    if (generation != generation_ || !db_) return;
    {
      const std::lock_guard snapshots_lock(snapshots_mutex_);
      snapshots_.erase(snapshot);
    }
    db_->ReleaseSnapshot(snapshot);
  }

  // A synced write has succeeded. Writing thread only.
  void note_durable() {
    mark_.save(with([](rocksdb::DB& db) { return db.GetLatestSequenceNumber(); }));
  }

  void reopen() {
    const std::unique_lock lock(mutex_);
    ++generation_;
    for (const auto* snapshot : snapshots_) db_->ReleaseSnapshot(snapshot);
    snapshots_.clear();
    db_.reset();
    open();
  }

 private:
  // Opening again may have failed, for want of space once more.
  void open_if_closed() {
    if (const std::shared_lock lock(mutex_); db_) return;
    const std::unique_lock lock(mutex_);
    if (!db_) open();
  }

  void open() {
    // Without a byte of room RocksDB does not fail but abort (seen with 7.8).
    require_free(bytes_in_logs(directory_) + kRoomToOpen);
    const auto mark = mark_.load();
    if (!check_newest_log(directory_, mark)) require_reached(*mark);
    rocksdb::DB* db = nullptr;
    const auto status = rocksdb::DB::Open(engine_options(options_), directory_.string(), &db);
    if (!status.ok() && !options_.create_if_missing && status.IsInvalidArgument()) {
      throw Error(ErrorCode::not_found, fmt::format("no key-value store at {}", directory_.string()));
    }
    check(status, "opening the key-value store at " + directory_.string());
    db_.reset(db);
  }

  // Without changing anything: opening for good would make what is missing useless when it is put back.
  void require_reached(std::uint64_t mark) const {
    rocksdb::DB* db = nullptr;
    check(rocksdb::DB::OpenForReadOnly(engine_options(options_), directory_.string(), &db),
          "looking at the key-value store at " + directory_.string());
    const std::unique_ptr<rocksdb::DB> opened(db);
    const auto reached = opened->GetLatestSequenceNumber();
    if (reached >= mark) return;
    throw Error(ErrorCode::data_loss,
                fmt::format("{} ends at write {}, but {} says that write {} was acknowledged: a log is missing",
                            directory_.string(), reached, mark_.file().string(), mark));
  }

  std::filesystem::path directory_;
  RocksOptions options_;
  CommitMark mark_;
  mutable std::shared_mutex mutex_;
  std::unique_ptr<rocksdb::DB> db_;
  std::uint64_t generation_ = 0;
  std::mutex snapshots_mutex_;
  std::set<const rocksdb::Snapshot*> snapshots_;
};

class RocksView final : public ReadView {
 public:
  explicit RocksView(std::shared_ptr<Engine> engine) : engine_(std::move(engine)) {
    std::tie(generation_, options_.snapshot) = engine_->acquire();
    options_.verify_checksums = true;
  }
  ~RocksView() override { engine_->release(generation_, options_.snapshot); }
  RocksView(const RocksView&) = delete;
  RocksView& operator=(const RocksView&) = delete;

  std::optional<Bytes> get(KeySpace space, ByteView key) const override {
    check_key(space, key);
    return engine_->with(generation_, [&](rocksdb::DB& db) -> std::optional<Bytes> {
      rocksdb::PinnableSlice value;
      const auto status = db.Get(options_, db.DefaultColumnFamily(), slice(engine_key(space, key)), &value);
      if (status.IsNotFound()) return std::nullopt;
      check(status, "reading the key-value store");
      return copy(value);
    });
  }

  Page scan(KeySpace space, const ScanRange& range) const override {
    check_range(space, range);
    const auto begin = engine_key(space, range.begin);
    const auto end = range.end.empty() ? Bytes{static_cast<std::uint8_t>(static_cast<unsigned>(space) + 1)}
                                       : engine_key(space, range.end);
    if (end <= begin) return {};
    return engine_->with(generation_, [&](rocksdb::DB& db) { return collect(db, begin, end, range); });
  }

 private:
  Page collect(rocksdb::DB& db, const Bytes& begin, const Bytes& end, const ScanRange& range) const {
    Page page;
    const auto lower = slice(begin), upper = slice(end);
    auto options = options_;
    options.iterate_lower_bound = &lower;
    options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator(options));
    range.reverse ? it->SeekToLast() : it->SeekToFirst();
    std::size_t bytes = 0;
    for (; it->Valid(); range.reverse ? it->Prev() : it->Next()) {
      const auto size = it->key().size() + it->value().size();
      if (page.entries.size() >= range.limit || (!page.entries.empty() && bytes + size > kMaxPageBytes)) {
        page.more = true;
        break;
      }
      bytes += size;
      auto key = it->key();
      key.remove_prefix(1);
      page.entries.push_back({copy(key), copy(it->value())});
    }
    check(it->status(), "scanning the key-value store");
    return page;
  }

  std::shared_ptr<Engine> engine_;
  std::uint64_t generation_ = 0;
  rocksdb::ReadOptions options_;
};

class RocksStore final : public KeyValueStore {
 public:
  RocksStore(const std::filesystem::path& directory, const RocksOptions& options)
      : engine_(std::make_shared<Engine>(directory, options)) {}

  std::unique_ptr<ReadView> read_view() const override { return std::make_unique<RocksView>(engine_); }

  void write(const std::vector<Write>& batch, bool sync, Room room) override {
    check_batch(batch);
    const auto& options = engine_->options();
    engine_->require_free(room == Room::within_reserve ? options.reserve_bytes / 4 : options.reserve_bytes);
    if (stopped_) go_on();
    rocksdb::WriteBatch engine_batch;
    for (const auto& write : batch) {
      const auto key = engine_key(write.space, write.key);
      if (write.value) {
        engine_batch.Put(slice(key), slice(*write.value));
      } else {
        engine_batch.Delete(slice(key));
      }
    }
    rocksdb::WriteOptions write_options;
    write_options.sync = sync;
    const auto status = engine_->with([&](rocksdb::DB& db) { return db.Write(write_options, &engine_batch); });
    if (status.ok()) {
      if (sync) engine_->note_durable();
      return;
    }
    stopped_ = true;
    log::error("the key-value store has stopped: {}", status.ToString());
    try {
      check(status, "writing to the key-value store");
    } catch (const Error& e) {
      throw with_unknown_outcome(e);
    }
  }

  void verify() const override {
    engine_->with([](rocksdb::DB& db) {
      check(db.Flush(rocksdb::FlushOptions()), "flushing before verification");
      check(db.VerifyFileChecksums(rocksdb::ReadOptions()), "verifying tables");
      check(db.VerifyChecksum(), "verifying blocks");
    });
  }

  void compact() override {
    engine_->with([](rocksdb::DB& db) {
      check(db.CompactRange(rocksdb::CompactRangeOptions(), nullptr, nullptr), "compacting the key-value store");
    });
  }

 private:
  // Opens the engine again once there is room for what its log holds, then lets the caller start afresh: what the
  // failed batch had put into the log before it failed may be there after all.
  [[noreturn]] void go_on() {
    const auto& options = engine_->options();
    engine_->require_free(std::max(options.reserve_bytes, 3 * options.write_buffer_bytes));
    engine_->reopen();
    stopped_ = false;
    log::warning("the key-value store was opened again and goes on");
    throw Error(ErrorCode::unavailable, "the key-value store was opened again; try again", std::string(kStoreReopened));
  }

  std::shared_ptr<Engine> engine_;
  bool stopped_ = false;  // of the writing thread
};

}  // namespace

std::unique_ptr<KeyValueStore> open_rocksdb(const std::filesystem::path& directory, const RocksOptions& options) {
  return std::make_unique<RocksStore>(directory, options);
}

}  // namespace lantai::storage
