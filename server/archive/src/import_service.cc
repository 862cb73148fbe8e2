#include "lantai/archive/import_service.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "lantai/base/bounded_queue.h"
#include "lantai/base/error.h"
#include "source_walker.h"
#include "unit_storer.h"

namespace lantai::archive {
namespace {

constexpr std::size_t kQueue = 64;
constexpr std::uint64_t kAhead = 1024;      // units under way beyond the last one reported
constexpr std::size_t kBatchEntries = 256;  // units whose records are made, and entries put, together
constexpr auto kBatchWait = std::chrono::milliseconds(50);
constexpr auto kForEver = std::chrono::hours(24 * 365);

// One run: a thread walks the sources, several prepare them, one stores what small files hold, and the caller's makes
// the records and reports in order.
class ImportRun {
 public:
  ImportRun(storage::Store& store, records::RecordEngine& engine, extract::Extractor& extractor, const TextStore& texts,
            const records::Principal& principal, const ImportOptions& options)
      : store_(store),
        queue_(kQueue),
        storer_(store, engine, extractor, texts, principal, options,
                [this](std::uint64_t sequence) { return wait_until_settled(sequence); }),
        walker_(store, engine.schema(), extractor, options,
                [this](ImportUnit unit) { return take_up(std::move(unit)); }) {}

  ImportReport run(const std::vector<std::filesystem::path>& sources, unsigned threads,
                   const std::function<void(const ImportedFile&)>& each, const std::function<bool()>& stop) {
    std::vector<std::jthread> working;
    const Ending ending{*this};
    working.emplace_back([&] { walk(sources); });
    for (unsigned i = 0; i < std::max(1U, threads); ++i) working.emplace_back([this] { work(); });
    working.emplace_back([this] { store(); });
    ImportReport report;
    while (auto batch = stored_.pop()) {
      settle(*batch);
      for (const auto& unit : *batch) {
        report.count(unit.told.status);
        report.last_position = std::max(report.last_position, unit.position);
        each(unit.told);
      }
      if (stop && stop()) {
        report.stopped = true;
        break;
      }
    }
    if (walk_error_) std::rethrow_exception(walk_error_);
    return report;
  }

 private:
  // However the run ends, its threads end with it.
  struct Ending {
    ImportRun& run;
    ~Ending() {
      {
        std::lock_guard lock(run.mutex_);
        run.stopping_ = true;
      }
      run.queue_.close();
      run.stored_.close();
      run.changed_.notify_all();
    }
  };

  void walk(const std::vector<std::filesystem::path>& sources) {
    std::exception_ptr error;
    try {
      walker_.walk(sources);
    } catch (...) {
      error = std::current_exception();  // given on by run()
    }
    {
      std::lock_guard lock(mutex_);
      walk_error_ = error;
      total_ = handed_out_;
    }
    queue_.close();
    changed_.notify_all();
  }

  bool take_up(ImportUnit unit) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopping_ || unit.sequence < settled_ + kAhead; });
      if (stopping_) return false;
      ++handed_out_;
    }
    return queue_.push(std::move(unit), std::chrono::steady_clock::now() + kForEver);
  }

  void work() {
    while (const auto unit = queue_.pop()) {
      {
        std::lock_guard lock(mutex_);
        if (stopping_) return;
      }
      StoredUnit stored = storer_.prepare(*unit);
      bool first = false, enough = false;
      {
        std::lock_guard lock(mutex_);
        ready_.emplace(unit->sequence, std::move(stored));
        first = unit->sequence == taken_;
        enough = worth_settling();
      }
      if (first) changed_.notify_all();
      if (enough) worth_it_.notify_one();
    }
  }

  // Under the lock: many are ready, or all that have been handed out.
  bool worth_settling() const {
    return ready_.size() >= kBatchEntries || taken_ + ready_.size() == handed_out_ || held_up_ > 0;
  }

  bool wait_until_settled(std::uint64_t sequence) {
    std::unique_lock lock(mutex_);
    ++held_up_;
    worth_it_.notify_one();
    changed_.wait(lock, [&] { return stopping_ || settled_ >= sequence; });
    --held_up_;
    return !stopping_;
  }

  // The next units in order, as many as are ready; nothing when all are done. While more are under way it waits a
  // little for them: a batch of one costs as many syncs as a full one.
  std::optional<std::vector<StoredUnit>> next_batch() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopping_ || ready_.count(taken_) != 0 || total_ == taken_; });
    worth_it_.wait_for(lock, kBatchWait, [&] { return stopping_ || worth_settling(); });
    std::vector<StoredUnit> batch;
    for (auto at = ready_.find(taken_); at != ready_.end() && batch.size() < kBatchEntries; at = ready_.find(taken_)) {
      batch.push_back(std::move(at->second));
      ready_.erase(at);
      ++taken_;
    }
    if (batch.empty()) return std::nullopt;
    return batch;
  }

  // What the next batch brings is stored while the records of the last are made.
  void store() {
    while (auto batch = next_batch()) {
      storer_.store_pending(*batch);
      if (!stored_.push(*std::move(batch), std::chrono::steady_clock::now() + kForEver)) return;
    }
    stored_.close();
  }

  void settle(std::vector<StoredUnit>& batch) {
    storer_.create_pending(batch);
    const bool any = std::any_of(batch.begin(), batch.end(), [](const auto& unit) { return !unit.entries.empty(); });
    if (any) {
      store_.run_transaction([&](storage::Transaction& transaction) {
        for (const auto& unit : batch) {
          for (const auto& [key, entry] : unit.entries) ImportLedger::put(transaction, key, entry);
        }
      });
    }
    {
      std::lock_guard lock(mutex_);
      settled_ += batch.size();
    }
    changed_.notify_all();
  }

  storage::Store& store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable worth_it_;
  std::map<std::uint64_t, StoredUnit> ready_;
  std::uint64_t handed_out_ = 0, taken_ = 0, settled_ = 0;  // units
  unsigned held_up_ = 0;                                    // units that wait for earlier ones
  std::uint64_t total_ = UINT64_MAX;                        // known when everything has been walked
  bool stopping_ = false;
  std::exception_ptr walk_error_;
  BoundedQueue<ImportUnit> queue_;
  BoundedQueue<std::vector<StoredUnit>> stored_{1};
  UnitStorer storer_;
  SourceWalker walker_;
};

}  // namespace

std::string_view name(ImportStatus status) {
  switch (status) {
    case ImportStatus::created:
      return "created";
    case ImportStatus::updated:
      return "updated";
    case ImportStatus::unchanged:
      return "unchanged";
    case ImportStatus::skipped:
      return "skipped";
    case ImportStatus::failed:
      return "failed";
    case ImportStatus::planned:
      return "planned";
  }
  return "failed";
}

void ImportReport::count(ImportStatus status) {
  switch (status) {
    case ImportStatus::created:
      ++created;
      break;
    case ImportStatus::updated:
      ++updated;
      break;
    case ImportStatus::unchanged:
      ++unchanged;
      break;
    case ImportStatus::skipped:
      ++skipped;
      break;
    case ImportStatus::failed:
      ++failed;
      break;
    case ImportStatus::planned:
      ++planned;
      break;
  }
}

ImportService::ImportService(storage::Store& store, records::RecordEngine& engine, extract::Extractor& extractor,
                             const TextStore& texts)
    : store_(store), engine_(engine), extractor_(extractor), texts_(texts) {}

std::string ImportService::sentence(const Error& error, schema::Language language) const {
  return sentence_of(error, engine_.schema(), language);
}

ImportReport ImportService::run(const records::Principal& principal, const std::vector<std::filesystem::path>& sources,
                                const ImportOptions& options, const std::function<void(const ImportedFile&)>& each,
                                const std::function<bool()>& stop) {
  const schema::TypeDecl* type = engine_.schema().find_type(options.type);
  if (type == nullptr) {
    throw Error(ErrorCode::invalid_argument, "unknown type", "import.unknown_type", {{"type", options.type}});
  }
  if (!records::allowed(engine_.schema(), principal, records::Action::create, *type)) {
    throw Error(ErrorCode::permission_denied, "may not create records of type " + options.type);
  }
  ImportRun run(store_, engine_, extractor_, texts_, principal, options);
  return run.run(sources, options.threads, each, stop);
}

}  // namespace lantai::archive
