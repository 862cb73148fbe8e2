#include "rocksdb_options.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>

#include "lantai/base/error.h"

namespace lantai::storage {
namespace {

[[noreturn]] void fail(const rocksdb::Status& status, std::string_view doing) {
  const auto message = fmt::format("{}: {}", doing, status.ToString());
  if (status.IsNoSpace()) throw Error(ErrorCode::resource_exhausted, message, "storage.disk_full");
  if (status.IsCorruption()) throw Error(ErrorCode::data_loss, message);
  // RocksDB's words for a lock that another process, or this one, holds.
  if (status.IsIOError() && (message.find("While lock file: ") != std::string::npos ||
                             message.find("lock hold by current process") != std::string::npos)) {
    throw Error(ErrorCode::unavailable, "the store is open in another process: " + message, "storage.in_use");
  }
  if (status.IsIOError() && status.ToString().find("File too large") != std::string::npos) {
    throw Error(ErrorCode::resource_exhausted, message, "storage.disk_full");
  }
  if (status.IsInvalidArgument()) throw Error(ErrorCode::failed_precondition, message);
  throw Error(status.IsIOError() ? ErrorCode::unavailable : ErrorCode::internal, message);
}

// The engine would look every few seconds whether there is space again; the next write does that instead.
class NoAutomaticRecovery final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                            bool* automatic) override {
    *automatic = false;
  }
};

rocksdb::CompressionType best_compression() {
  const auto supported = rocksdb::GetSupportedCompressions();
  for (const auto wanted : {rocksdb::kLZ4Compression, rocksdb::kSnappyCompression}) {
    if (std::find(supported.begin(), supported.end(), wanted) != supported.end()) return wanted;
  }
  return rocksdb::kNoCompression;
}

}  // namespace

void check(const rocksdb::Status& status, std::string_view doing) {
  if (!status.ok()) fail(status, doing);
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
  // A damaged log is an error; only an unfinished last record is not. See also check_newest_log.
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  out.listeners.push_back(std::make_shared<NoAutomaticRecovery>());
  out.compression = best_compression();
  out.max_background_jobs = 2;
  out.allow_concurrent_memtable_write = false;
  // Most of what is asked for by its key is not there: another record of that name, an earlier import.
  out.memtable_prefix_bloom_size_ratio = 0.05;
  out.memtable_whole_key_filtering = true;
  // Of each key space: the place of the last key is where the search for the next one's begins.
  out.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  out.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  out.max_log_file_size = 1U << 20U;
  out.keep_log_file_num = 4;
  return out;
}

}  // namespace lantai::storage
