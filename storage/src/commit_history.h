// Has a key changed since a transaction took its view? Remembers which commit last wrote each key, as far back as the
// oldest transaction under way needs. Keys are remembered by their hash: should two have the same, somebody runs again
// for nothing. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lantai/base/bytes.h"
#include "lantai/storage/key_space.h"

namespace lantai::storage {

using KeyHash = std::uint64_t;
using KeyHashes = std::unordered_set<KeyHash>;

KeyHash hash_of(KeySpace space, ByteView key);

class CommitHistory {
 public:
  // The commit a new transaction starts after; held until `release`.
  std::uint64_t acquire();
  void release(std::uint64_t started_after);

  // Committer only. `unchanged`: no key of `read` was written after `started_after`.
  bool unchanged(const KeyHashes& read, std::uint64_t started_after) const;
  // Gives the next commit number to these keys.
  void record(std::vector<KeyHash> written);
  // What has been recorded is now what new transactions see.
  void publish();
  // Nothing is known of what came before: transactions that have read anything until now conflict.
  void start_afresh();

 private:
  void forget_before_oldest();

  mutable std::mutex mutex_;
  std::unordered_map<KeyHash, std::uint64_t> last_write_;
  std::deque<std::pair<std::uint64_t, std::vector<KeyHash>>> commits_;
  std::size_t remembered_keys_ = 0;
  std::multiset<std::uint64_t> started_;
  std::uint64_t last_ = 0;
  std::uint64_t published_ = 0;
  std::uint64_t floor_ = 0;  // commits up to this one may have been forgotten
};

}  // namespace lantai::storage
