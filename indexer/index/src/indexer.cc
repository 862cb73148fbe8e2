#include "lantai/index/indexer.h"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <set>
#include <span>
#include <thread>

#include "generation.h"
#include "intake.h"
#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "lantai/text/folding.h"

namespace lantai::index {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 500;
constexpr std::uint64_t kBacklogForBulk = 1'000;  // further behind than this, documents appear only as they settle
constexpr auto kIdleWait = std::chrono::milliseconds(500);
constexpr auto kLongestPause = std::chrono::milliseconds(8'000);  // after errors, doubling up to this
constexpr auto kMaxUnsettled = std::chrono::seconds(30);
constexpr std::uint64_t kMinGone = 20'000;
// As far behind, documents wait for their texts, if those of so many changes come this quickly; if not, they are not
// waited for again for a while, which doubles.
constexpr std::uint64_t kBacklogForTexts = 64;
constexpr std::chrono::milliseconds kTextsTakeUpTo{300}, kTextsAreLate{500}, kTextsAreVeryLate{60'000};

class IndexerThread final : public Indexer, public Searchable {
 public:
  IndexerThread(storage::Store& store, const DocumentSource& source, const IndexerOptions& options)
      : store_(store),
        source_(source),
        root_(options.directory),
        settle_documents_(options.settle_documents),
        quiet_(options.quiet),
        texts_until_(options.texts_until) {
    open_current();
    publish();
    checker_ =
        std::jthread([this, check = current_->checker()](const std::stop_token& stop) { check_segments(check, stop); });
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~IndexerThread() override {
    checker_.request_stop();
    thread_.request_stop();
    checker_.join();
    thread_.join();
  }

  bool wait_until(std::uint64_t position, SteadyClock::time_point deadline) override;
  IndexerStatus status() const override;
  void rebuild() override { rebuild_wanted_ = true; }
  Searchable& searchable() override { return *this; }
  std::shared_ptr<const Snapshot> snapshot() const override {
    std::lock_guard lock(mutex_);
    return snapshot_;
  }
  void report_damage(const std::string& what) override;
  bool repair(const Snapshot& snapshot, const std::vector<DocId>& damaged, SteadyClock::time_point deadline) override;

 private:
  void open_current();
  void start_empty();
  std::string next_name();
  void make_current(const std::string& name) const { write_file_atomically(root_ / "CURRENT", name + "\n"); }
  IndexState wanted_state() const;

  using Checker = std::function<std::string(const std::stop_token&)>;
  void check_segments(const Checker& check, const std::stop_token& stop);

  void run(const std::stop_token& stop);
  void follow(const std::stop_token& stop);
  std::uint64_t with_their_texts();
  bool apply_batch(Generation& generation, std::uint64_t up_to = kForever);
  void apply(Generation& generation, const std::vector<Subject>& subjects);
  void apply(Generation& generation, Taken taken);
  void repair_wanted();
  void settle_if_idle();
  void rebuild_if_wanted(const std::stop_token& stop);
  bool fill(Generation& fresh, const std::stop_token& stop);
  void pump();
  void publish();
  void stands_still(const std::string& error);
  void note_problem(const std::string& problem);

  storage::Store& store_;
  const DocumentSource& source_;
  const std::filesystem::path root_;
  const std::size_t settle_documents_;
  const std::chrono::milliseconds quiet_;
  const std::function<std::uint64_t(std::uint64_t, SteadyClock::time_point)> texts_until_;
  SteadyClock::time_point no_texts_before_;  // they were late: nothing waits for them until then
  std::chrono::milliseconds texts_pause_ = kTextsAreLate;
  Intake intake_{source_};
  std::unique_ptr<Generation> current_;
  SteadyClock::time_point settled_at_ = SteadyClock::now();
  SteadyClock::time_point applied_at_ = settled_at_;  // the last change, to the generation in use
  std::atomic<bool> rebuild_wanted_{false};
  std::atomic<bool> rebuilding_{false}, at_rest_{false};

  mutable std::mutex mutex_;
  std::condition_variable published_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::string last_error_, last_problem_;
  std::string damage_;         // of the generation in use; searches may miss something until it is replaced
  std::set<Subject> damaged_;  // records to be read again
  std::uint64_t repairs_asked_ = 0, repairs_done_ = 0;
  std::jthread checker_, thread_;
};

IndexState IndexerThread::wanted_state() const {
  IndexState state;
  state.store = store_.identity();
  state.analyser = text::analyser_version();
  state.schema = source_.schema_hash();
  return state;
}

std::string IndexerThread::next_name() {
  unsigned long highest = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root_)) {
    const std::string name = entry.path().filename();
    if (entry.is_directory() && name.starts_with("g")) highest = std::max(highest, std::stoul(name.substr(1)));
  }
  return fmt::format("g{:06}", highest + 1);
}

void IndexerThread::start_empty() {
  const std::string name = next_name();
  current_ = std::make_unique<Generation>(root_, name, wanted_state(), settle_documents_);
  make_current(name);
}

void IndexerThread::open_current() {
  std::filesystem::create_directories(root_);
  std::string name;
  std::ifstream current(root_ / "CURRENT");
  if (!(current >> name) && std::filesystem::exists(root_ / "CURRENT") && !current.eof()) {
    throw Error(ErrorCode::unavailable, "index: CURRENT cannot be read");
  }
  try {
    if (!name.empty() && std::filesystem::exists(root_ / name / "MANIFEST")) {
      current_ = std::make_unique<Generation>(root_, name, IndexState{}, settle_documents_);
      if (current_->state().store != store_.identity() ||
          current_->state().position > store_.changes().last_position()) {
        log::warning("index: made from another life of the store; it is built again");
        current_.reset();
      } else if (!current_->state().same_source(wanted_state())) {
        rebuild_wanted_ = true;
      }
    }
  } catch (const Error& error) {
    // What may pass (no descriptors, no memory) is no reason to throw away what is there.
    if (error.code() != ErrorCode::data_loss && error.code() != ErrorCode::failed_precondition) throw;
    log::error("index: cannot be used and is built again: {}", error.what());
    last_problem_ = error.what();
  }
  for (const auto& entry : std::filesystem::directory_iterator(root_)) {
    const bool keep = current_ && entry.path().filename() == name;
    if (entry.is_directory() && !keep) std::filesystem::remove_all(entry.path());
  }
  if (!current_) start_empty();
}

bool IndexerThread::wait_until(std::uint64_t position, SteadyClock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return published_.wait_until(lock, deadline, [&] { return snapshot_->position >= position; });
}

IndexerStatus IndexerThread::status() const {
  IndexerStatus status;
  {
    std::lock_guard lock(mutex_);
    status.position = snapshot_->position;
    status.documents = snapshot_->documents;
    status.segments = snapshot_->segments.size();
    status.at_rest = at_rest_;
    status.last_error = damage_.empty() ? last_error_ : damage_;
    status.last_problem = last_problem_;
  }
  status.feed_position = store_.changes().last_position();
  status.rebuilding = rebuilding_ || rebuild_wanted_;
  std::error_code ignored;
  std::filesystem::recursive_directory_iterator at(root_, ignored);
  for (const std::filesystem::recursive_directory_iterator end; !ignored && at != end; at.increment(ignored)) {
    std::error_code gone;
    const auto size = std::filesystem::file_size(at->path(), gone);
    if (!gone) status.disk_bytes += size;
  }
  return status;
}

void IndexerThread::stands_still(const std::string& error) {
  if (!error.empty()) log::error("index: {}", error);
  std::lock_guard lock(mutex_);
  last_error_ = error;
}

void IndexerThread::note_problem(const std::string& problem) {
  log::error("index: {}", problem);
  std::lock_guard lock(mutex_);
  last_problem_ = problem;
}

void IndexerThread::publish() {
  auto fresh = current_->snapshot();
  at_rest_ = current_->at_rest();
  {
    std::lock_guard lock(mutex_);
    snapshot_.swap(fresh);
  }
  published_.notify_all();
}

void IndexerThread::run(const std::stop_token& stop) {
  bool failed = false;
  auto pause = std::chrono::milliseconds(kIdleWait);
  while (!stop.stop_requested()) {
    try {
      rebuild_if_wanted(stop);
      follow(stop);
      if (failed) stands_still({});
      failed = false;
      pause = kIdleWait;
    } catch (const std::exception& error) {
      failed = true;
      stands_still(error.what());
      store_.changes().wait_beyond(~std::uint64_t{0}, SteadyClock::now() + pause, stop);
      pause = std::min(2 * pause, kLongestPause);
    }
  }
  try {
    current_->finish_merge(true);
    if (current_->has_unsettled()) current_->settle();
  } catch (const std::exception& error) {
    stands_still(error.what());  // what did not settle is read from the feed again
  }
}

void IndexerThread::report_damage(const std::string& what) {
  log::error("index: {} is damaged on disk; the index is built again", what);
  {
    std::lock_guard lock(mutex_);
    damage_ = what + " is damaged on disk; the index is built again";
    last_problem_ = damage_;
  }
  rebuild_wanted_ = true;
}

// Once after opening, beside the searches: what was damaged while nobody ran is found without delaying the start.
void IndexerThread::check_segments(const Checker& check, const std::stop_token& stop) {
  try {
    const std::string damaged = check(stop);
    if (!damaged.empty()) report_damage(damaged);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::data_loss) return report_damage(error.what());
    note_problem(error.what());
  }
}

bool IndexerThread::repair(const Snapshot& snapshot, const std::vector<DocId>& damaged,
                           SteadyClock::time_point deadline) {
  std::unique_lock lock(mutex_);
  for (const DocId doc : damaged) {
    const DocumentEntry& entry = snapshot.columns->at(doc);
    damaged_.insert({snapshot.columns->types().at(entry.type), entry.id});
  }
  const std::uint64_t ticket = ++repairs_asked_;
  return published_.wait_until(lock, deadline, [&] { return repairs_done_ >= ticket; });
}

void IndexerThread::repair_wanted() {
  std::set<Subject> records;
  std::uint64_t ticket = 0;
  {
    std::lock_guard lock(mutex_);
    if (damaged_.empty()) return;
    records.swap(damaged_);
    ticket = repairs_asked_;
  }
  for (const auto& [type, id] : records) {
    note_problem(fmt::format("the text of {}/{} is damaged on disk and is read again from the store", type, id));
  }
  apply(*current_, {records.begin(), records.end()});
  current_->prepare_fresh();
  publish();
  {
    std::lock_guard lock(mutex_);
    repairs_done_ = ticket;
  }
  published_.notify_all();
}

void IndexerThread::follow(const std::stop_token& stop) {
  repair_wanted();
  if (current_->wants_to_settle()) pump();  // before more is read: what cannot settle stays in memory
  if (!apply_batch(*current_, with_their_texts())) {
    settle_if_idle();
    store_.changes().wait_beyond(current_->state().position, SteadyClock::now() + kIdleWait, stop);
    return;
  }
  applied_at_ = SteadyClock::now();
  pump();
}

// Up to where changes may be taken up: to where the texts are, when many changes have come and files are read as
// quickly.
std::uint64_t IndexerThread::with_their_texts() {
  const auto wanted = current_->state().position + kBacklogForTexts;
  const auto now = SteadyClock::now();
  if (!texts_until_ || store_.changes().last_position() < wanted || now < no_texts_before_) return kForever;
  if (const auto there = texts_until_(wanted, now + kTextsTakeUpTo); there >= wanted) {
    texts_pause_ = kTextsAreLate;
    return there;
  }
  no_texts_before_ = SteadyClock::now() + texts_pause_;
  texts_pause_ = std::min(2 * texts_pause_, kTextsAreVeryLate);
  return kForever;
}

// After a batch: settle or show what is fresh.
void IndexerThread::pump() {
  const std::uint64_t behind = store_.changes().last_position() - current_->state().position;
  const bool old = SteadyClock::now() - settled_at_ > kMaxUnsettled;
  if (current_->wants_to_settle() || (old && current_->has_unsettled())) {
    if (behind >= kBacklogForBulk && current_->replaces_nothing()) {
      current_->settle_beside();
    } else {
      current_->settle();
    }
    current_->merge_if_worthwhile(false);
    settled_at_ = SteadyClock::now();
    publish();
  } else if (behind < kBacklogForBulk) {
    current_->finish_settling();
    current_->prepare_fresh();
    publish();
  }
}

void IndexerThread::settle_if_idle() {
  if (current_->has_unsettled()) {
    // Quiet for one waiting time: nothing came since the last look.
    if (SteadyClock::now() - settled_at_ > kIdleWait) {
      current_->settle();
      settled_at_ = SteadyClock::now();
      publish();
    }
  }
  if (current_->merge_if_worthwhile(SteadyClock::now() - applied_at_ >= quiet_)) publish();
  if (!current_->damage().empty()) report_damage(current_->damage());
  if (current_->gone() > kMinGone && current_->gone() > current_->documents()) rebuild_wanted_ = true;
  if (!current_->state().same_source(wanted_state())) rebuild_wanted_ = true;
}

bool IndexerThread::apply_batch(Generation& generation, std::uint64_t up_to) {
  auto changes = store_.changes().read(generation.state().position, std::min(kBatch, settle_documents_));
  while (!changes.empty() && changes.back().position > up_to) changes.pop_back();
  if (changes.empty()) return false;
  // A record is read once for all its changes here: as it is now.
  std::set<Subject> seen;
  std::vector<Subject> subjects;
  std::vector<std::uint64_t> positions;
  const auto take = [&] {
    for (std::size_t done = 0; done < subjects.size();) {
      for (auto& taken : intake_.take(std::span(subjects).subspan(done))) {
        apply(generation, std::move(taken));
        // It counts at once, so that an error of the next does not take it up again.
        generation.set_position(positions[done++]);
      }
    }
    subjects.clear();
    positions.clear();
  };
  for (const auto& change : changes) {
    // Texts of files are announced; whoever had them all has nothing new to say. What is read again has no version.
    const bool announced = change.kind == kTextsRead && change.version != 0;
    if (announced && generation.has_whole(change.subject, change.id, change.version)) continue;
    if (seen.insert({change.subject, change.id}).second) {
      if (subjects.size() == Intake::kAtOnce) take();
      subjects.push_back({change.subject, change.id});
      positions.push_back(change.position);
    } else if (!positions.empty()) {
      positions.back() = change.position;
    }
  }
  take();
  generation.set_position(changes.back().position);
  return true;
}

void IndexerThread::apply(Generation& generation, const std::vector<Subject>& subjects) {
  for (std::span rest(subjects); !rest.empty();) {
    auto all = intake_.take(rest);
    for (auto& taken : all) apply(generation, std::move(taken));
    rest = rest.subspan(all.size());
  }
}

void IndexerThread::apply(Generation& generation, Taken taken) {
  const auto& [type, id] = taken.subject;
  try {
    if (taken.error) std::rethrow_exception(taken.error);
  } catch (const Error& error) {
    const bool later = error.code() == ErrorCode::unavailable || error.code() == ErrorCode::resource_exhausted ||
                       error.code() == ErrorCode::deadline_exceeded;
    if (later) throw;
    note_problem(fmt::format("{}/{} cannot be read and is left out: {}", type, id, error.what()));
  }
  if (taken.document) {
    generation.put(*taken.document, std::move(taken.analysed));
  } else {
    generation.remove(type, id);
  }
}

void IndexerThread::rebuild_if_wanted(const std::stop_token& stop) {
  if (!rebuild_wanted_) return;
  rebuilding_ = true;
  rebuild_wanted_ = false;
  IndexState state = wanted_state();
  state.position = store_.changes().last_position();
  auto fresh = std::make_unique<Generation>(root_, next_name(), state, settle_documents_);
  fresh->set_position(state.position);
  try {
    if (fill(*fresh, stop)) {
      make_current(fresh->name());
      current_.swap(fresh);
      publish();
      std::lock_guard lock(mutex_);
      damage_.clear();
      log::info("index: generation {} is in use, {} documents", current_->name(), current_->documents());
    } else {
      rebuild_wanted_ = true;
    }
  } catch (...) {
    fresh->retire();
    rebuilding_ = false;
    rebuild_wanted_ = true;
    throw;
  }
  fresh->retire();
  rebuilding_ = false;
}

// True when complete. The generation in use goes on following the feed meanwhile.
bool IndexerThread::fill(Generation& fresh, const std::stop_token& stop) {
  std::vector<Subject> subjects;
  const auto take = [&] {
    apply(fresh, subjects);
    subjects.clear();
    if (fresh.wants_to_settle()) {
      fresh.settle_beside();
      fresh.merge_if_worthwhile(false);
    }
    if (apply_batch(*current_)) pump();
  };
  source_.each([&](const std::string& type, const std::string& id) {
    subjects.push_back({type, id});
    if (subjects.size() == Intake::kAtOnce) take();
    return !stop.stop_requested();
  });
  take();
  while (!stop.stop_requested() && apply_batch(fresh)) {
    if (fresh.wants_to_settle()) fresh.settle();
  }
  if (stop.stop_requested()) return false;
  fresh.settle();
  return true;
}

}  // namespace

std::unique_ptr<Indexer> Indexer::open(storage::Store& store, const DocumentSource& source,
                                       const IndexerOptions& options) {
  return std::make_unique<IndexerThread>(store, source, options);
}

}  // namespace lantai::index
