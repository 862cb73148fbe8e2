#include "lantai/archive/import_jobs.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "file_name.h"
#include "job_records.h"
#include "lantai/base/error.h"
#include "lantai/base/id.h"
#include "lantai/base/log.h"

namespace lantai::archive {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kResultsPerCommit = 64;
constexpr auto kResultsDelay = std::chrono::milliseconds(300);
constexpr std::chrono::seconds kRightsAsked{1};

Error bad_path(std::string_view path) {
  return Error(ErrorCode::invalid_argument, "path not allowed", "import.unsafe_path", {{"path", decode_name(path)}});
}

// What a browser may send as the name of a part; folders stay folders.
fs::path safe_path(std::string_view path) {
  fs::path safe;
  std::string part;
  const auto end = [&] {
    if (part == ".." || part.size() > 255) throw bad_path(path);
    if (!part.empty() && part != ".") safe /= part;
    part.clear();
  };
  if (path.empty() || path.front() == '/' || path.size() > 3000) throw bad_path(path);
  for (const char c : path) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) throw bad_path(path);
    if (c == '/' || c == '\\') {
      end();
    } else {
      part += c;
    }
  }
  end();
  if (safe.empty()) throw bad_path(path);
  return safe;
}

class File final : public StagedFile {
 public:
  File(fs::path part, fs::path final_path) : part_(std::move(part)), final_(std::move(final_path)), out_(open(part_)) {}
  ~File() override {
    std::error_code ignored;  // closed: it is no longer there
    fs::remove(part_, ignored);
  }
  void write(ByteView bytes) override {
    const auto chars = as_chars(bytes);
    out_.write(chars.data(), static_cast<std::streamsize>(chars.size()));
    if (!out_) throw no_space();
  }
  void close() override {
    out_.close();
    if (!out_) throw no_space();
    fs::create_directories(final_.parent_path());
    fs::rename(part_, final_);
  }

 private:
  static std::ofstream open(const fs::path& path) {
    std::ofstream out(path, std::ios::binary);
    if (!out) throw no_space();
    return out;
  }
  static Error no_space() {
    return Error(ErrorCode::resource_exhausted, "a staged file cannot be written", "store.disk_full");
  }
  const fs::path part_, final_;
  std::ofstream out_;
};

class Jobs final : public ImportJobs {
 public:
  Jobs(storage::Store& store, ImportService& imports, fs::path directory, const Clock& clock, StillMay still_may)
      : records_(store),
        imports_(imports),
        directory_(std::move(directory)),
        clock_(clock),
        still_may_(std::move(still_may)) {
    fs::create_directories(directory_);
    take_up_again();
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  ~Jobs() override {
    thread_.request_stop();
    changed_.notify_all();
  }

  std::string begin(const records::Principal& principal, const ImportOptions& options) override {
    StoredJob job;
    job.principal = principal;
    job.options = options;
    job.job.id = make_id(clock_.now());
    job.job.dry_run = options.dry_run;
    job.has_table = options.tables;
    fs::create_directories(files_of(job.job.id));
    fs::create_directories(beside_of(job.job.id));
    fs::create_directories(parts_of(job.job.id));
    records_.put(job);
    return job.job.id;
  }

  std::unique_ptr<StagedFile> add(const records::Principal& principal, std::string_view id, std::string_view path,
                                  StagedAs as) override {
    std::lock_guard lock(mutex_);
    StoredJob job = open_job(principal, id);
    const fs::path safe = safe_path(path);
    job.job.total += as == StagedAs::beside ? 0 : 1;
    const fs::path part = parts_of(id) / random_hex(8);
    job.has_table = job.has_table || as == StagedAs::table;
    records_.put(job);
    return std::make_unique<File>(part, (as == StagedAs::beside ? beside_of(id) : files_of(id)) / safe);
  }

  void submit(const records::Principal& principal, std::string_view id) override {
    {
      std::lock_guard lock(mutex_);
      StoredJob job = open_job(principal, id);
      job.job.state = ImportJobState::waiting;
      records_.put(job);
      waiting_.push_back(job.job.id);
    }
    changed_.notify_all();
  }

  ImportJobPage get(const records::Principal& principal, std::string_view id, std::size_t limit,
                    std::string_view page_token) const override {
    ImportJobPage page;
    page.job = visible_job(principal, id).job;
    page.results = records_.results(id, page_token, limit, page.next_page_token);
    page.job.total = std::max(page.job.total, page.job.done);
    return page;
  }

  void cancel(const records::Principal& principal, std::string_view id) override {
    std::lock_guard lock(mutex_);
    StoredJob job = visible_job(principal, id);
    if (job.job.state == ImportJobState::running) {
      cancelled_ = job.job.id;  // the run ends between two files
    } else if (job.job.state == ImportJobState::open || job.job.state == ImportJobState::waiting) {
      job.job.state = ImportJobState::cancelled;
      records_.put(job);
      waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), job.job.id), waiting_.end());
      fs::remove_all(directory_ / job.job.id);
    }
  }

 private:
  fs::path files_of(std::string_view id) const { return directory_ / id / "files"; }
  fs::path beside_of(std::string_view id) const { return directory_ / id / "beside"; }
  fs::path parts_of(std::string_view id) const { return directory_ / id / "parts"; }

  // A job tells names of files and titles: what an archivist may see who sees as much as its owner.
  static bool looks_after(const records::Principal& principal, const records::Principal& owner) {
    return principal.service || (principal.roles.contains("archivist") && principal.clearance >= owner.clearance);
  }

  StoredJob visible_job(const records::Principal& principal, std::string_view id) const {
    auto job = is_id(id) ? records_.find(id) : std::nullopt;
    const bool visible = job && (job->principal.id == principal.id || looks_after(principal, job->principal));
    if (!visible) throw Error(ErrorCode::not_found, "no such import", "import.not_found");
    return *job;
  }

  StoredJob open_job(const records::Principal& principal, std::string_view id) const {
    StoredJob job = visible_job(principal, id);
    if (job.job.state != ImportJobState::open) {
      throw Error(ErrorCode::failed_precondition, "the import has been submitted", "import.already_submitted");
    }
    return job;
  }

  // After a start: what was submitted goes on; what was still being staged has lost its request; what was over and not
  // cleared away goes.
  void take_up_again() {
    for (auto& job : records_.unfinished()) {
      if (job.job.state == ImportJobState::open) {
        job.job.state = ImportJobState::cancelled;
        records_.put(job);
        fs::remove_all(directory_ / job.job.id);
      } else {
        waiting_.push_back(job.job.id);
      }
    }
    std::vector<fs::path> left;
    for (const auto& entry : fs::directory_iterator(directory_)) left.push_back(entry.path());
    for (const auto& path : left) {
      const bool wanted = std::find(waiting_.begin(), waiting_.end(), path.filename().native()) != waiting_.end();
      if (!wanted) fs::remove_all(path);
    }
  }

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      try {
        if (auto job = next(stop)) run_job(std::move(*job), stop);
      } catch (const std::exception& error) {  // of the store: what cannot be noted is taken up at the next start
        log::error("an import is left until the next start: {}", error.what());
      }
    }
  }

  // Off the row and running in one step: who cancels meets it as the one or the other.
  std::optional<StoredJob> next(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return !waiting_.empty(); })) return std::nullopt;
    const std::string id = std::move(waiting_.front());
    waiting_.pop_front();
    cancelled_.clear();
    auto job = records_.find(id);
    if (!job) return std::nullopt;
    job->job.state = ImportJobState::running;
    job->job.done = 0;
    records_.put(*job);
    return job;
  }

  void run_job(StoredJob job, const std::stop_token& stop) {
    try {
      import_files(job, stop);
      if (job.job.report.stopped && stop.stop_requested()) return;  // taken up at the next start
      job.job.state = job.job.report.stopped ? ImportJobState::cancelled : ImportJobState::done;
    } catch (const Error& error) {
      fail(job, error);
    } catch (const std::exception& error) {  // of the file system, as when staged files are gone
      fail(job, {ErrorCode::internal, error.what(), "request.internal"});
    }
    records_.put(job);
    std::error_code left;
    fs::remove_all(directory_ / job.job.id, left);
    if (left) log::warning("staged files of import {} cannot be removed: {}", job.job.id, left.message());
  }

  void fail(StoredJob& job, const Error& error) const {
    log::error("import {}: {}", job.job.id, error.message());
    job.job.state = ImportJobState::failed;
    job.job.error = imports_.sentence(error, job.options.language);
  }

  void import_files(StoredJob& job, const std::stop_token& stop) {
    ImportOptions options = job.options;
    options.root = files_of(job.job.id);
    options.beside = {beside_of(job.job.id)};
    options.tables = job.has_table;
    std::vector<fs::path> sources;
    for (const auto& entry : fs::directory_iterator(files_of(job.job.id))) sources.push_back(entry.path());
    std::sort(sources.begin(), sources.end());
    std::vector<ImportedFile> results;
    auto put_at = std::chrono::steady_clock::now() + kResultsDelay;
    const auto put = [&] {
      records_.put_results(job, results);
      results.clear();
      put_at = std::chrono::steady_clock::now() + kResultsDelay;
    };
    const auto each = [&](const ImportedFile& file) {
      ++job.job.done;
      job.job.report.count(file.status);
      results.push_back(file);
      if (results.size() == kResultsPerCommit || std::chrono::steady_clock::now() >= put_at) put();
    };
    job.job.report = {};
    // Asked anew, for a long import outlives many a change.
    bool lost = !may_go_on(job);
    auto asked = std::chrono::steady_clock::now();
    const auto rights_lost = [&] {
      const auto now = std::chrono::steady_clock::now();
      if (lost || now - asked < kRightsAsked) return lost;
      asked = now;
      return lost = !may_go_on(job);
    };
    ImportReport report;
    if (!lost)
      report = imports_.run(job.principal, sources, options, each,
                            [&] { return stop.stop_requested() || cancelled(job) || rights_lost(); });
    put();
    job.job.report = report;
    if (lost)
      throw Error(ErrorCode::permission_denied, "who began the import has fewer rights now", "import.rights_lost");
  }

  bool may_go_on(const StoredJob& job) const { return !still_may_ || still_may_(job.principal); }

  bool cancelled(const StoredJob& job) const {
    std::lock_guard lock(mutex_);
    return cancelled_ == job.job.id;
  }

  JobRecords records_;
  ImportService& imports_;
  const fs::path directory_;
  const Clock& clock_;
  const StillMay still_may_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::string> waiting_;
  std::string cancelled_;
  std::jthread thread_;
};

}  // namespace

std::string_view name(ImportJobState state) {
  switch (state) {
    case ImportJobState::open:
      return "open";
    case ImportJobState::waiting:
      return "waiting";
    case ImportJobState::running:
      return "running";
    case ImportJobState::done:
      return "done";
    case ImportJobState::failed:
      return "failed";
    case ImportJobState::cancelled:
      return "cancelled";
  }
  return "failed";
}

std::unique_ptr<ImportJobs> ImportJobs::start(storage::Store& store, ImportService& imports, fs::path directory,
                                              const Clock& clock, StillMay still_may) {
  return std::make_unique<Jobs>(store, imports, std::move(directory), clock, std::move(still_may));
}

}  // namespace lantai::archive
