// What is a store? A directory with a key-value engine, blobs, the change feed, the audit log and the outbox, behind
// one committing thread: transactions are validated and written by it alone, waiting ones merged into one synced batch.
// It gives change positions and audit sequences in commit order.
//
// Thread-safe. Durability: when run_transaction returns, the commit is on disk. Visibility: a ReadView taken after that
// sees it. Disk full: resource_exhausted, reads go on, later commits succeed once space returns. What it threw for was
// not written, save when the engine failed half-way (outcome_unknown, key_value_store.h) or the process died: then all
// of it is there once the engine was opened again, or nothing.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "lantai/base/time.h"
#include "lantai/storage/audit_log.h"
#include "lantai/storage/blob_store.h"
#include "lantai/storage/change_feed.h"
#include "lantai/storage/key_value_store.h"
#include "lantai/storage/outbox.h"
#include "lantai/storage/store_identity.h"
#include "lantai/storage/transaction.h"

namespace lantai::storage {

struct StoreOptions {
  bool create_if_missing = true;
  bool restored = false;  // this directory came back from a backup: the epoch grows by one
  RocksOptions rocksdb;
  std::size_t chunks_per_page = 4'096;  // of a blob's manifest; more would not fit into one commit
  const Clock* clock = nullptr;         // not owned; nullptr: the system's
};

struct Committed {
  std::uint64_t position = 0;        // of the transaction's last change; 0 if it had none
  std::uint64_t audit_sequence = 0;  // of its last audit entry; 0 if it had none
};

struct StoreStatistics {
  std::uint64_t commits = 0;
  std::uint64_t batches = 0;    // synced writes; commits/batches = how many were merged
  std::uint64_t conflicts = 0;  // transactions run again
  std::uint64_t blob_bytes = 0;
  std::uint64_t pack_bytes = 0;
};

class Store {
 public:
  // Throws unavailable when another process has it open, failed_precondition on an unknown format or feature string or
  // when a part of the store is not there, data_loss when acknowledged commits are.
  static std::unique_ptr<Store> open(const std::filesystem::path& directory, const StoreOptions& options = {});
  // In memory, for tests; blobs too.
  static std::unique_ptr<Store> open_in_memory(const StoreOptions& options = {});
  // Over an engine of the caller's, such as one that fails on purpose; blobs in memory.
  static std::unique_ptr<Store> open_over(std::unique_ptr<KeyValueStore> engine, const StoreOptions& options = {});

  virtual ~Store() = default;

  // Runs `body` until it commits without conflict; `body` has no side effects but through its transaction, and what it
  // throws is passed on with nothing written. Throws deadline_exceeded when conflicts last beyond the deadline.
  virtual Committed run_transaction(const std::function<void(Transaction&)>& body,
                                    std::chrono::milliseconds deadline = std::chrono::seconds(10)) = 0;
  virtual std::unique_ptr<ReadView> read_view() const = 0;
  // Grows with every commit, before run_transaction() returns. While it is as it was before a view was taken, the view
  // holds what is there.
  virtual std::uint64_t commits() const = 0;

  virtual const StoreIdentity& identity() const = 0;
  virtual ChangeFeed& changes() = 0;
  virtual AuditLog& audit() = 0;
  virtual Outbox& outbox() = 0;
  virtual BlobStore& blobs() = 0;
  virtual StoreStatistics statistics() const = 0;
  // Engine and blobs; throws data_loss at the first damage in the engine, returns damage in blobs.
  virtual std::vector<BlobDamage> verify(const std::function<void(std::uint64_t)>& progress = {}) const = 0;
};

}  // namespace lantai::storage
