// What has changed since position n? Positions are gap-free, start at 1 and are given in commit order, so a reader that
// has seen n never later meets one below n. A consumer is a name with a position. Thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/storage/store_identity.h"
#include "lantai/storage/transaction.h"

namespace lantai::storage {

struct Change : ChangeDraft {
  std::uint64_t position = 0;
  Timestamp time;
};

struct ConsumerPosition {
  StoreIdentity store;
  std::uint64_t position = 0;
};

class ChangeFeed {
 public:
  virtual ~ChangeFeed() = default;
  virtual std::uint64_t last_position() const = 0;
  virtual std::vector<Change> read(std::uint64_t after, std::size_t limit) const = 0;
  // Waits until last_position() > after; false at the deadline or when stop is asked for.
  virtual bool wait_beyond(std::uint64_t after, std::chrono::steady_clock::time_point deadline,
                           std::stop_token stop = {}) const = 0;
  virtual std::optional<ConsumerPosition> find_consumer(std::string_view name) const = 0;
  // In the same commit as what the consumer wrote.
  virtual void set_consumer(Transaction& transaction, std::string_view name, std::uint64_t position) const = 0;
};

}  // namespace lantai::storage
