// Who commits? One thread, this one: it validates waiting transactions in the order they came, numbers their changes
// and audit entries, merges them into one synced batch, and only then tells them. Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <stop_token>
#include <thread>

#include "commit_history.h"
#include "commit_log.h"
#include "lantai/base/bounded_queue.h"
#include "lantai/base/error.h"
#include "lantai/storage/store.h"
#include "transaction_buffer.h"

namespace lantai::storage {

class Committer {
 public:
  // `engine` and `clock` must outlive it.
  Committer(KeyValueStore& engine, const Clock& clock, StoreIdentity identity);
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  Committed run(const std::function<void(TransactionBuffer&)>& body,
                std::chrono::milliseconds deadline = std::chrono::seconds(10));

  std::unique_ptr<ReadView> read_view() const { return engine_.read_view(); }
  std::uint64_t last_position() const { return position_.load(std::memory_order_acquire); }
  AuditHead audit_head() const;
  bool wait_beyond(std::uint64_t position, std::chrono::steady_clock::time_point deadline, std::stop_token stop) const;

  std::uint64_t commits() const { return commits_; }
  std::uint64_t batches() const { return batches_; }
  std::uint64_t conflicts() const { return conflicts_; }

 private:
  struct Waiting;
  struct Batch;

  std::optional<Committed> attempt(const std::function<void(TransactionBuffer&)>& body,
                                   std::chrono::steady_clock::time_point deadline);
  void work();
  Batch gather(Waiting* first);
  void admit(Waiting& waiting, Batch& batch);
  void write(Batch& batch);
  bool reload(Waiting& first);
  void refuse(Batch& batch, const Error& error);
  void publish(const CommitState& state);

  KeyValueStore& engine_;
  const Clock& clock_;
  CommitHistory history_;
  const StoreIdentity identity_;
  CommitState state_;    // of the committing thread
  bool reload_ = false;  // a write has failed: ask the engine what is there
  BoundedQueue<Waiting*> queue_;
  Waiting* left_over_ = nullptr;  // taken from the queue, but too large for the batch before it
  std::atomic<std::uint64_t> position_, commits_{0}, batches_{0}, conflicts_{0};
  mutable std::mutex published_mutex_;
  mutable std::condition_variable_any published_;
  AuditHead audit_head_;
  std::jthread thread_;
};

}  // namespace lantai::storage
