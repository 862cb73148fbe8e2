#include "committer.h"

#include <semaphore>
#include <utility>

#include "lantai/base/error.h"
#include "lantai/base/log.h"

namespace lantai::storage {
namespace {

// As many transactions may wait before callers wait for a place in the queue.
constexpr std::size_t kQueueCapacity = 1024;

using Steady = std::chrono::steady_clock;

class HistoryPlace {
 public:
  explicit HistoryPlace(CommitHistory& history) : history_(history), started_after_(history.acquire()) {}
  ~HistoryPlace() { history_.release(started_after_); }
  HistoryPlace(const HistoryPlace&) = delete;
  HistoryPlace& operator=(const HistoryPlace&) = delete;
  std::uint64_t started_after() const { return started_after_; }

 private:
  CommitHistory& history_;
  std::uint64_t started_after_;
};

}  // namespace

// Lives on the stack of the caller, who waits until the committer has released `answered`.
struct Committer::Waiting {
  TransactionBuffer& transaction;
  std::uint64_t started_after;
  std::optional<Committed> committed;  // neither this nor an error: conflict
  std::optional<Error> error;
  std::binary_semaphore answered{0};
};

struct Committer::Batch {
  std::vector<Waiting*> members;   // admitted
  std::vector<Waiting*> answered;  // refused already
  std::vector<Write> writes;
  CommitState state;
  Timestamp time;
  std::size_t bytes = 0;
  Room room = Room::beyond_reserve;
};

Committer::Committer(KeyValueStore& engine, const Clock& clock, StoreIdentity identity)
    : engine_(engine),
      clock_(clock),
      identity_(std::move(identity)),
      state_(load_commit_state(*engine.read_view(), identity_)),
      queue_(kQueueCapacity),
      position_(state_.position),
      audit_head_(state_.audit),
      thread_([this] { work(); }) {}

Committer::~Committer() {
  queue_.close();
  thread_.join();
}

Committed Committer::run(const std::function<void(TransactionBuffer&)>& body, std::chrono::milliseconds deadline) {
  const auto until = Steady::now() + deadline;
  while (true) {
    if (const auto committed = attempt(body, until)) return *committed;
    ++conflicts_;
    if (Steady::now() >= until) {
      throw Error(ErrorCode::deadline_exceeded, "the transaction kept conflicting with others until its deadline");
    }
  }
}

std::optional<Committed> Committer::attempt(const std::function<void(TransactionBuffer&)>& body,
                                            Steady::time_point deadline) {
  // In this order: a commit that falls between the two is seen and still counts as later, which errs on the safe side.
  const HistoryPlace place(history_);
  const auto view = engine_.read_view();
  TransactionBuffer transaction(*view, clock_.now());
  try {
    body(transaction);
  } catch (const Error& e) {
    if (e.message_id() != kStoreReopened) throw;
    return std::nullopt;
  }
  if (!transaction.has_effects()) return Committed{};
  Waiting waiting{.transaction = transaction, .started_after = place.started_after(), .committed = {}, .error = {}};
  if (!queue_.push(&waiting, deadline)) {
    throw Error(ErrorCode::deadline_exceeded, "no place in the commit queue before the deadline");
  }
  waiting.answered.acquire();
  if (waiting.error) throw *waiting.error;
  return waiting.committed;
}

void Committer::work() {
  while (true) {
    auto* first = std::exchange(left_over_, nullptr);
    if (!first) {
      const auto next = queue_.pop();
      if (!next) return;
      first = *next;
    }
    if (reload_ && !reload(*first)) continue;
    auto batch = gather(first);
    if (!batch.members.empty()) write(batch);
    for (auto* waiting : batch.answered) waiting->answered.release();
  }
}

Committer::Batch Committer::gather(Waiting* first) {
  Batch batch;
  batch.state = state_;
  batch.room = first->transaction.room();
  batch.time = clock_.now();
  admit(*first, batch);
  while (const auto next = queue_.try_pop()) {
    const auto& transaction = (*next)->transaction;
    if (transaction.room() != first->transaction.room() || batch.bytes + transaction.bytes() > kMaxBatchBytes) {
      left_over_ = *next;
      break;
    }
    admit(**next, batch);
  }
  return batch;
}

void Committer::admit(Waiting& waiting, Batch& batch) {
  auto& transaction = waiting.transaction;
  if (!history_.unchanged(transaction.read_keys(), waiting.started_after)) {
    batch.answered.push_back(&waiting);
    return;
  }
  history_.record(transaction.written_keys());
  transaction.move_writes(batch.writes);
  append_changes(transaction.changes(), batch.time, batch.state, batch.writes);
  append_audits(transaction.audits(), batch.time, batch.state, batch.writes);
  append_effects(transaction.effects(), batch.state, batch.writes);
  batch.bytes += transaction.bytes();
  waiting.committed = Committed{transaction.changes().empty() ? 0 : batch.state.position,
                                transaction.audits().empty() ? 0 : batch.state.audit.sequence};
  batch.members.push_back(&waiting);
}

void Committer::write(Batch& batch) {
  try {
    engine_.write(batch.writes, true, batch.room);
    state_ = batch.state;
    ++batches_;
    history_.publish();
    publish(state_);
    commits_ += batch.members.size();  // last: whoever sees it sees all of it
  } catch (const Error& e) {
    refuse(batch, e);
  } catch (const std::exception& e) {
    refuse(batch, with_unknown_outcome(Error(ErrorCode::internal, e.what())));
  }
  for (auto* waiting : batch.members) waiting->answered.release();
}

// All of the batch hear the same. The history keeps their keys: at worst somebody runs again. When the engine was
// opened again they all do.
void Committer::refuse(Batch& batch, const Error& error) {
  log::error("a commit of {} transactions failed: {}", batch.members.size(), error.what());
  reload_ = true;
  history_.publish();
  for (auto* waiting : batch.members) {
    waiting->committed.reset();
    if (error.message_id() != kStoreReopened) waiting->error = error;
  }
}

// A write that failed may have reached the log all the same, and is there once the engine has been opened again: what
// transactions have read until now may be out of date.
bool Committer::reload(Waiting& first) {
  try {
    state_ = load_commit_state(*engine_.read_view(), identity_);
    history_.start_afresh();
    publish(state_);
    reload_ = false;
    return true;
  } catch (const Error& e) {
    first.error = e;
    first.answered.release();
    return false;
  }
}

void Committer::publish(const CommitState& state) {
  {
    std::lock_guard lock(published_mutex_);
    position_.store(state.position, std::memory_order_release);
    audit_head_ = state.audit;
  }
  published_.notify_all();
}

AuditHead Committer::audit_head() const {
  std::lock_guard lock(published_mutex_);
  return audit_head_;
}

bool Committer::wait_beyond(std::uint64_t position, Steady::time_point deadline, std::stop_token stop) const {
  std::unique_lock lock(published_mutex_);
  return published_.wait_until(lock, std::move(stop), deadline, [&] { return last_position() > position; });
}

}  // namespace lantai::storage
