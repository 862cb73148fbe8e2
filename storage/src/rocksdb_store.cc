// The RocksDB engine: one column family, the space as the first byte of every key. No RocksDB name leaves this file.
#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <mutex>

#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "lantai/storage/key_codec.h"
#include "size_limits.h"

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

[[noreturn]] void fail(const rocksdb::Status& status, std::string_view doing) {
  const auto message = fmt::format("{}: {}", doing, status.ToString());
  if (status.IsNoSpace()) throw Error(ErrorCode::resource_exhausted, message, "storage.disk_full");
  if (status.IsCorruption()) throw Error(ErrorCode::data_loss, message);
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
    throw Error(ErrorCode::unavailable, "the store is open in another process: " + message);
  }
  if (status.IsIOError() && status.ToString().find("File too large") != std::string::npos) {
    throw Error(ErrorCode::resource_exhausted, message, "storage.disk_full");
  }
  if (status.IsInvalidArgument()) throw Error(ErrorCode::failed_precondition, message);
  throw Error(status.IsIOError() ? ErrorCode::unavailable : ErrorCode::internal, message);
}

void check(const rocksdb::Status& status, std::string_view doing) {
  if (!status.ok()) fail(status, doing);
}

class RocksView final : public ReadView {
 public:
  explicit RocksView(std::shared_ptr<rocksdb::DB> db) : db_(std::move(db)), snapshot_(db_->GetSnapshot()) {
    options_.snapshot = snapshot_;
    options_.verify_checksums = true;
  }
  ~RocksView() override { db_->ReleaseSnapshot(snapshot_); }
  RocksView(const RocksView&) = delete;
  RocksView& operator=(const RocksView&) = delete;

  std::optional<Bytes> get(KeySpace space, ByteView key) const override {
    check_key(space, key);
    rocksdb::PinnableSlice value;
    const auto status = db_->Get(options_, db_->DefaultColumnFamily(), slice(engine_key(space, key)), &value);
    if (status.IsNotFound()) return std::nullopt;
    check(status, "reading the key-value store");
    return copy(value);
  }

  Page scan(KeySpace space, const ScanRange& range) const override {
    check_range(space, range);
    const auto begin = engine_key(space, range.begin);
    const auto end = range.end.empty() ? Bytes{static_cast<std::uint8_t>(static_cast<unsigned>(space) + 1)}
                                       : engine_key(space, range.end);
    Page page;
    if (end <= begin) return page;
    const auto lower = slice(begin), upper = slice(end);
    auto options = options_;
    options.iterate_lower_bound = &lower;
    options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options));
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

 private:
  std::shared_ptr<rocksdb::DB> db_;
  const rocksdb::Snapshot* snapshot_;
  rocksdb::ReadOptions options_;
};

class RocksStore final : public KeyValueStore {
 public:
  explicit RocksStore(std::shared_ptr<rocksdb::DB> db) : db_(std::move(db)) {}

  std::unique_ptr<ReadView> read_view() const override { return std::make_unique<RocksView>(db_); }

  void write(const std::vector<Write>& batch, bool sync) override {
    check_batch(batch);
    rocksdb::WriteBatch engine_batch;
    for (const auto& write : batch) {
      const auto key = engine_key(write.space, write.key);
      if (write.value) {
        engine_batch.Put(slice(key), slice(*write.value));
      } else {
        engine_batch.Delete(slice(key));
      }
    }
    rocksdb::WriteOptions options;
    options.sync = sync;
    auto status = db_->Write(options, &engine_batch);
    if (status.ok()) return;
    // A failed write or flush stops the engine until it is asked to go on; it does so once there is space again. What
    // the failed attempt left in the log is dropped with that log, so that the second one starts clean.
    if (status.IsIOError() && db_->Resume().ok()) {
      log::warning("the key-value store goes on after: {}", status.ToString());
      status = db_->Write(options, &engine_batch);
    }
    check(status, "writing to the key-value store");
  }

  void verify() const override {
    check(db_->Flush(rocksdb::FlushOptions()), "flushing before verification");
    check(db_->VerifyFileChecksums(rocksdb::ReadOptions()), "verifying tables");
    check(db_->VerifyChecksum(), "verifying blocks");
  }

  void compact() override {
    check(db_->CompactRange(rocksdb::CompactRangeOptions(), nullptr, nullptr), "compacting the key-value store");
  }

 private:
  std::shared_ptr<rocksdb::DB> db_;
};

rocksdb::CompressionType best_compression() {
  const auto supported = rocksdb::GetSupportedCompressions();
  for (const auto wanted : {rocksdb::kLZ4Compression, rocksdb::kSnappyCompression}) {
    if (std::find(supported.begin(), supported.end(), wanted) != supported.end()) return wanted;
  }
  return rocksdb::kNoCompression;
}

rocksdb::Options engine_options(const RocksOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  rocksdb::Options out;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  out.write_buffer_size = options.write_buffer_bytes;
  out.create_if_missing = options.create_if_missing;
  out.paranoid_checks = true;
  out.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  // A damaged log in front of acknowledged commits is an error; only an unfinished last record is not.
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  out.compression = best_compression();
  out.max_background_jobs = 2;
  out.allow_concurrent_memtable_write = false;
  out.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  out.max_log_file_size = 1U << 20U;
  out.keep_log_file_num = 4;
  return out;
}

}  // namespace

std::unique_ptr<KeyValueStore> open_rocksdb(const std::filesystem::path& directory, const RocksOptions& options) {
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(engine_options(options), directory.string(), &db);
  if (!status.ok() && !options.create_if_missing && status.IsInvalidArgument()) {
    throw Error(ErrorCode::not_found, fmt::format("no key-value store at {}", directory.string()));
  }
  check(status, "opening the key-value store at " + directory.string());
  return std::make_unique<RocksStore>(std::shared_ptr<rocksdb::DB>(db));
}

}  // namespace lantai::storage
