#include "lantai/archive/extraction_pipeline.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "lantai/identity/accounts.h"
#include "source_descriptor.h"

namespace lantai::archive {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view kConsumer = "extraction";
constexpr std::size_t kWindow = 512;               // changes with files under way
constexpr std::size_t kBatchResults = 64;          // results in one commit,
constexpr std::size_t kBatchBytes = 4U << 20U;     // or so many bytes of them
constexpr std::size_t kWaitingBytes = 32U << 20U;  // results that may wait for their commit
constexpr std::uint32_t kAttempts = 3;
constexpr std::uint64_t kSkippedPerCommit = 10'000;  // changes without files, before the position is put down
constexpr auto kBatchWait = std::chrono::milliseconds(20);
constexpr auto kPause = std::chrono::seconds(5);  // after an error that is ours, not the file's

// A change of a record whose files are being read.
struct Entry {
  std::uint64_t position = 0;  // 0: outside the feed, read again at the operator's wish
  std::string type, id;
  std::uint64_t version = 0;
  std::size_t open_files = 0;
  bool in_commit = false;  // its announcement is being written
};

struct Task {
  Bytes digest;
  std::string name;
  std::string record;
  bool careful = false;  // may have been under way when the server fell: count the attempt first
};

struct Result {
  Bytes digest;
  PreparedText text;
};

class Pipeline final : public ExtractionPipeline {
 public:
  Pipeline(storage::Store& store, const records::RecordEngine& engine, extract::Extractor& extractor,
           const TextStore& texts, const PipelineOptions& options)
      : store_(store), engine_(engine), extractor_(extractor), texts_(texts), options_(options) {
    consumer_ = std::string(kConsumer) + "/" + texts_.extractor_version();
    const auto known = store_.changes().find_consumer(consumer_);
    // After a restore, positions may mean other changes: what is there already is met again and not read again.
    if (known && known->store == store_.identity()) read_ = seen_ = settled_ = stored_ = known->position;
    announced_ = store_.changes().last_position();
    if (options.workers == 0) return;
    for (unsigned i = 0; i < options.workers; ++i) {
      threads_.emplace_back([this](const std::stop_token& stop) { run("worker", stop, &Pipeline::work); });
    }
    threads_.emplace_back([this](const std::stop_token& stop) { run("reader", stop, &Pipeline::follow); });
    settler_ = std::jthread([this](const std::stop_token& stop) { run("settler", stop, &Pipeline::settle); });
  }

  ~Pipeline() override { stop(); }

  void stop() override {
    std::lock_guard one_at_a_time(stopping_);
    for (auto& thread : threads_) thread.request_stop();
    threads_.clear();
    settler_ = {};
    settle_rest();
  }

  std::uint64_t wait_until(std::uint64_t position, SteadyClock::time_point deadline) override {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, deadline, [&] { return settled_ >= position; })) return 0;
    return std::max(position, announced_);
  }

  PipelineStatus status() const override {
    std::lock_guard lock(mutex_);
    return {settled_, waiting_for_.size(), extracted_, failed_, last_error_};
  }

  std::size_t retry_failed() override {
    std::size_t count = 0;
    for (const auto& [digest, summary] : texts_.failed(kRetries)) {
      // Of everybody who has these bytes.
      const auto records = records_with(digest);
      std::lock_guard lock(mutex_);
      if (records.empty() || waiting_for_.count(digest) != 0) continue;
      for (const auto& [type, id] : records) {
        again_.push_back({0, type, id, 0, 1, false});
        waiting_for_[digest].push_back(&again_.back());
      }
      tasks_.push_back({digest, {}, summary.record, false});
      ++count;
    }
    tasks_came_.notify_all();
    return count;
  }

 private:
  static constexpr std::size_t kRetries = 100'000;

  std::vector<std::pair<std::string, std::string>> records_with(ByteView digest) const {
    std::vector<std::pair<std::string, std::string>> records;
    for (const auto& owner : store_.blobs().owners(digest)) {
      const auto slash = owner.find('/');
      if (slash == std::string::npos || engine_.schema().find_type(owner.substr(0, slash)) == nullptr) continue;
      records.emplace_back(owner.substr(0, slash), owner.substr(slash + 1));
    }
    return records;
  }

  // An unexpected error stops nothing but this round: it is logged, shown in the status, and tried again.
  void run(const char* which, const std::stop_token& stop, void (Pipeline::*round)(const std::stop_token&)) {
    while (!stop.stop_requested()) {
      try {
        (this->*round)(stop);
      } catch (const std::exception& error) {
        log::error("extraction {}: {}", which, error.what());
        pause(error.what(), stop);
      }
    }
  }

  void pause(const std::string& reason, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    last_error_ = reason;
    changed_.wait_for(lock, stop, kPause, [] { return false; });
  }

  // --- the reader: follows the feed ---

  void follow(const std::stop_token& stop) {
    if (!store_.changes().wait_beyond(read_, SteadyClock::now() + std::chrono::hours(1), stop)) return;
    const auto changes = store_.changes().read(read_, 1000);
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (!take_up(changes[i], i + 1 < changes.size(), stop)) return;
      read_ = changes[i].position;
    }
  }

  bool take_up(const storage::Change& change, bool more_follow, const std::stop_token& stop) {
    std::optional<records::Record> record;
    if (change.kind == "record" && change.operation != "delete") record = find_record(change);
    std::vector<Task> tasks;
    bool has_files = false;
    if (record) {
      for (const auto& file : record->files) {
        for (const auto& version : file.versions) {
          has_files = true;
          if (!texts_.is_current(version.digest)) {
            tasks.push_back({version.digest, version.name, record->type + "/" + record->id, false});
          }
        }
      }
    }
    // A new record is announced even when its text was known before: the index may have taken it up in between.
    const bool announce = has_files && (!tasks.empty() || change.operation != "update");
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return entries_.size() < kWindow; })) return false;
    if (announce) {
      entries_.push_back({change.position, record->type, record->id, record->version, 0, false});
      add_tasks(entries_.back(), std::move(tasks));
    }
    seen_ = change.position;
    more_follow_ = more_follow;
    update_settled();
    const bool work = !tasks_.empty(), nothing_open = entries_.empty(), put_down = wants_to_settle();
    lock.unlock();
    if (work) tasks_came_.notify_all();
    if (put_down) results_came_.notify_one();
    if (nothing_open) changed_.notify_all();
    return true;
  }

  std::optional<records::Record> find_record(const storage::Change& change) const {
    const schema::TypeDecl* type = engine_.schema().find_type(change.subject);
    if (type == nullptr || !type->files) return std::nullopt;
    return engine_.find(principal_, change.subject, change.id);
  }

  void add_tasks(Entry& entry, std::vector<Task> tasks) {
    for (auto& task : tasks) {
      // Somebody may have read these bytes since: what is no longer waited for has its text in the store.
      if (waiting_for_.count(task.digest) == 0 && texts_.is_current(task.digest)) continue;
      auto [place, fresh] = waiting_for_.try_emplace(task.digest);
      if (std::find(place->second.begin(), place->second.end(), &entry) != place->second.end()) continue;
      place->second.push_back(&entry);
      ++entry.open_files;
      if (!fresh) continue;
      task.careful = careful_ > 0;
      if (careful_ > 0) --careful_;
      tasks_.push_back(std::move(task));
    }
    if (entry.open_files == 0) ++ready_;
  }

  // Everything before the oldest change under way is settled.
  void update_settled() { settled_ = entries_.empty() ? std::max(settled_, seen_) : entries_.front().position - 1; }

  // --- the workers: read files ---

  void work(const std::stop_token& stop) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      const bool woken =
          tasks_came_.wait(lock, stop, [&] { return !tasks_.empty() && waiting_bytes_ < kWaitingBytes; });
      if (!woken) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    PreparedText text = read(task, stop);
    if (stop.stop_requested() && text.summary.state == TextState::waiting) return;
    {
      std::lock_guard lock(mutex_);
      last_error_.clear();
      waiting_bytes_ += text.json.size();
      results_.push_back({std::move(task.digest), std::move(text)});
    }
    results_came_.notify_one();
  }

  PreparedText read(const Task& task, const std::stop_token& stop) {
    std::uint32_t attempts = task.careful ? texts_.attempts(task.digest) : 0;
    bool counted = false;
    while (!stop.stop_requested()) {
      if (attempts >= kAttempts) return give_up(task, attempts, "given up after several attempts");
      ++attempts;
      try {
        if (task.careful) count_attempt(task, attempts);
        counted = task.careful;
        extract::Extraction extraction = extract(task, stop, attempts);
        const bool crashed = extraction.failure && extraction.failure->code == "worker_crashed";
        if (!crashed || attempts >= kAttempts) return texts_.prepare(extraction, attempts, task.record);
      } catch (const Error& error) {
        if (error.code() == ErrorCode::data_loss || error.code() == ErrorCode::not_found) {
          return give_up(task, attempts, error.message());
        }
        --attempts;  // ours, not the file's
        if (error.code() == ErrorCode::cancelled) continue;
        log::warning("extraction waits: {}", error.message());
        pause(error.message(), stop);
      } catch (const std::exception& error) {
        log::warning("extraction of {}: {}", to_hex(task.digest), error.what());
      }
    }
    if (counted) count_attempt(task, attempts);
    return {};
  }

  extract::Extraction extract(const Task& task, const std::stop_token& stop, std::uint32_t& attempts) {
    const SourceDescriptor source = SourceDescriptor::of_blob(store_.blobs(), task.digest);
    const auto keep = [&](const extract::PageText& page, const extract::PageLayout& layout) {
      if (options_.keep_layout) options_.keep_layout(task.digest, page.number, layout);
      store_.run_transaction(
          [&](storage::Transaction& transaction) { texts_.keep_page(transaction, task.digest, page, task.record); });
      attempts = 1;
    };
    return extractor_.extract({source.get(), task.name}, {stop, texts_.kept_pages(task.digest), keep});
  }

  PreparedText give_up(const Task& task, std::uint32_t attempts, const std::string& why) const {
    log::warning("file {} of {} cannot be read: {}", to_hex(task.digest), task.record, why);
    extract::Extraction nothing;
    nothing.failure = {"worker_crashed", why};
    return texts_.prepare(nothing, attempts, task.record);
  }

  void count_attempt(const Task& task, std::uint32_t attempts) {
    store_.run_transaction([&](storage::Transaction& transaction) {
      texts_.put_attempt(transaction, task.digest, attempts, task.record);
    });
  }

  // --- the settler: commits results with the position ---

  bool wants_to_settle() const { return !results_.empty() || ready_ > 0 || settled_ >= stored_ + kSkippedPerCommit; }

  // While more is under way a commit waits a little for it: one of a single result costs as much as a full one.
  bool worth_a_commit() const {
    return results_.size() + ready_ >= kBatchResults || waiting_bytes_ >= kBatchBytes ||
           (tasks_.empty() && !more_follow_);
  }

  void settle(const std::stop_token& stop) {
    std::vector<Result> batch;
    std::vector<Entry> finished;
    std::uint64_t position = 0;
    {
      std::unique_lock lock(mutex_);
      if (!results_came_.wait(lock, stop, [&] { return wants_to_settle(); })) return;
      results_came_.wait_for(lock, stop, kBatchWait, [&] { return worth_a_commit(); });
      batch = take_results();
      position = position_after(batch, finished);
    }
    const storage::Committed committed = commit(batch, finished, position);
    {
      std::lock_guard lock(mutex_);
      forget(batch);
      announced_ = std::max(announced_, committed.position);
      stored_ = position;
    }
    tasks_came_.notify_all();  // there is room for results again
    changed_.notify_all();
  }

  // After the threads have ended: what they left.
  void settle_rest() {
    std::stop_source stopped;
    stopped.request_stop();
    try {
      while (!results_.empty()) settle(stopped.get_token());
    } catch (const std::exception& error) {
      log::warning("extraction results are not put down and come again: {}", error.what());
    }
  }

  std::vector<Result> take_results() {
    std::vector<Result> batch;
    std::size_t bytes = 0;
    for (auto& result : results_) {
      if (batch.size() == kBatchResults || (!batch.empty() && bytes + result.text.json.size() > kBatchBytes)) break;
      bytes += result.text.json.size();
      batch.push_back(result);  // stays in results_ until committed
    }
    return batch;
  }

  // Which changes have all their results once this batch is in, and the position that holds then.
  std::uint64_t position_after(const std::vector<Result>& batch, std::vector<Entry>& finished) {
    std::map<const Entry*, std::size_t> done;
    for (const auto& result : batch) {
      for (const Entry* entry : waiting_for_.at(result.digest)) ++done[entry];
    }
    const auto left = [&](const Entry& entry) {
      const auto found = done.find(&entry);
      return entry.open_files - (found == done.end() ? 0 : found->second);
    };
    std::optional<std::uint64_t> first_open;
    for (auto* entries : {&entries_, &again_}) {
      for (auto& entry : *entries) {
        entry.in_commit = left(entry) == 0;
        if (entry.in_commit) {
          finished.push_back(entry);
        } else if (!first_open && entry.position != 0) {
          first_open = entry.position;
        }
      }
    }
    return first_open ? *first_open - 1 : std::max(settled_, seen_);
  }

  storage::Committed commit(const std::vector<Result>& batch, const std::vector<Entry>& finished,
                            std::uint64_t position) {
    return store_.run_transaction([&](storage::Transaction& transaction) {
      for (const auto& result : batch) texts_.put(transaction, result.digest, result.text);
      for (const auto& entry : finished) {
        transaction.append_change({"extraction", entry.type, entry.id, entry.version, "done"});
      }
      store_.changes().set_consumer(transaction, consumer_, position);
    });
  }

  void forget(const std::vector<Result>& batch) {
    for (const auto& result : batch) {
      for (Entry* entry : waiting_for_.at(result.digest)) --entry->open_files;
      waiting_for_.erase(result.digest);
      waiting_bytes_ -= results_.front().text.json.size();
      result.text.summary.state == TextState::failed ? ++failed_ : ++extracted_;
      results_.pop_front();
    }
    ready_ = 0;
    for (auto* entries : {&entries_, &again_}) {
      entries->remove_if([](const Entry& entry) { return entry.in_commit; });
      // Their last file came in while the commit was being written.
      ready_ += static_cast<std::size_t>(
          std::count_if(entries->begin(), entries->end(), [](const Entry& entry) { return entry.open_files == 0; }));
    }
    update_settled();
  }

  storage::Store& store_;
  const records::RecordEngine& engine_;
  extract::Extractor& extractor_;
  const TextStore& texts_;
  const PipelineOptions options_;
  const records::Principal principal_ = identity::service_principal("extraction");
  std::string consumer_;

  std::uint64_t read_ = 0;  // the reader's own

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;  // what is settled, and with it the room for more
  std::condition_variable_any tasks_came_, results_came_;
  std::list<Entry> entries_;  // of the feed, by position
  std::list<Entry> again_;    // outside the feed
  std::map<Bytes, std::vector<Entry*>> waiting_for_;
  std::deque<Task> tasks_;
  std::deque<Result> results_;
  std::size_t waiting_bytes_ = 0;
  bool more_follow_ = false;  // the reader goes on at once
  std::size_t ready_ = 0;     // entries that need no reading, only their announcement
  std::size_t careful_ = kWindow;
  std::uint64_t seen_ = 0, settled_ = 0, stored_ = 0, announced_ = 0;
  std::uint64_t extracted_ = 0, failed_ = 0;
  std::string last_error_;
  std::mutex stopping_;
  std::vector<std::jthread> threads_;  // workers and the reader
  std::jthread settler_;
};

}  // namespace

std::unique_ptr<ExtractionPipeline> ExtractionPipeline::start(storage::Store& store,
                                                              const records::RecordEngine& engine,
                                                              extract::Extractor& extractor, const TextStore& texts,
                                                              const PipelineOptions& options) {
  return std::make_unique<Pipeline>(store, engine, extractor, texts, options);
}

}  // namespace lantai::archive
