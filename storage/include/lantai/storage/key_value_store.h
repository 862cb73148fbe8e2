// Where do small values live? In named spaces of ordered keys. This is the narrow contract that an engine must keep; it
// has two implementations, RocksDB and in-memory, under one conformance suite (tests/storage/key_value_conformance.cc),
// and room for a networked one: keys ≤ 1 KiB, values ≤ 1 MiB, batches ≤ 8 MiB. No engine type leaves the library.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lantai/base/bytes.h"
#include "lantai/base/error.h"
#include "lantai/storage/key_space.h"

namespace lantai::storage {

inline constexpr std::size_t kMaxKeyBytes = 1024;
inline constexpr std::size_t kMaxValueBytes = 1U << 20U;
inline constexpr std::size_t kMaxBatchBytes = 8U << 20U;
inline constexpr std::size_t kMaxPageEntries = 10'000;
inline constexpr std::size_t kMaxPageBytes = 8U << 20U;

// Message id of the `unavailable` that says the engine was opened again after it had stopped: views from before are
// gone, and a batch must be made afresh. The committer does so by itself.
inline constexpr std::string_view kStoreReopened = "storage.reopened";

// A write that failed half-way: its batch may be there all the same once the engine was opened again, as a whole or not
// at all. Every other error of a write says that nothing was written.
Error with_unknown_outcome(const Error& error);
bool outcome_unknown(const Error& error);

struct Entry {
  Bytes key;
  Bytes value;
};

// Half-open [begin, end); an empty `end` means to the end of the space. `limit` entries at most (≤ kMaxPageEntries).
struct ScanRange {
  Bytes begin;
  Bytes end;
  std::size_t limit = 100;
  bool reverse = false;  // from the end backwards
};

// Owned: nothing in a page points into the engine. `more`: the range holds further entries, beyond the limit or beyond
// kMaxPageBytes; so `more`, not the number of entries, says whether to go on.
struct Page {
  std::vector<Entry> entries;
  bool more = false;
};

// One consistent state. Thread-safe. Keep it briefly: it holds back compaction.
class ReadView {
 public:
  virtual ~ReadView() = default;
  virtual std::optional<Bytes> get(KeySpace space, ByteView key) const = 0;
  virtual Page scan(KeySpace space, const ScanRange& range) const = 0;
};

struct Write {
  KeySpace space;
  Bytes key;
  std::optional<Bytes> value;  // absent: erase
};

enum class Room { beyond_reserve, within_reserve };

class KeyValueStore {
 public:
  virtual ~KeyValueStore() = default;
  virtual std::unique_ptr<ReadView> read_view() const = 0;  // thread-safe
  // Atomic: all or none, also after a crash. With `sync`, durable on return. Throws resource_exhausted when the disk is
  // full (reads go on; later writes succeed once space returns), data_loss on a damaged file; see outcome_unknown.
  // Thread-safe, but only the committer calls it.
  // `room`: what frees space may use most of the reserve that other writes leave alone (RocksOptions::reserve_bytes).
  virtual void write(const std::vector<Write>& batch, bool sync, Room room = Room::beyond_reserve) = 0;
  // Reads every stored byte and checks it; throws data_loss naming the file.
  virtual void verify() const = 0;
  virtual void compact() = 0;
};

struct RocksOptions {
  std::size_t block_cache_bytes = 128U << 20U;
  std::size_t write_buffer_bytes = 64U << 20U;  // kept in memory (and in the log) before a table is written
  // Free space below which writes are refused, so that what was accepted can always be made into tables. Deletions and
  // collection, which free space, go on down to a quarter of it.
  std::size_t reserve_bytes = 160U << 20U;
  bool create_if_missing = true;
};

// `directory` is owned by one process at a time; a second one gets `unavailable`.
std::unique_ptr<KeyValueStore> open_rocksdb(const std::filesystem::path& directory, const RocksOptions& options = {});
std::unique_ptr<KeyValueStore> make_memory_store();

}  // namespace lantai::storage
