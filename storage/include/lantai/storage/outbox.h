// Which effects of past commits are still to be executed? An effect is enqueued in the commit that causes it and
// removed once its handler has returned; after a crash it runs again, so handlers use the idempotency key. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "lantai/storage/transaction.h"

namespace lantai::storage {

struct OutboxEntry : OutboxDraft {
  std::uint64_t number = 0;  // in commit order
  std::uint32_t attempts = 0;
  std::string last_error;
};

class Outbox {
 public:
  virtual ~Outbox() = default;
  virtual std::vector<OutboxEntry> pending(std::size_t limit) const = 0;
  virtual void done(std::uint64_t number) = 0;
  virtual void failed(std::uint64_t number, std::string_view error) = 0;  // stays pending with one attempt more
};

}  // namespace lantai::storage
