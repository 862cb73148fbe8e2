#include "lantai/archive/rename_announcer.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "lantai/identity/accounts.h"

namespace lantai::archive {
namespace {

using SteadyClock = std::chrono::steady_clock;
using schema::Json;

constexpr std::string_view kConsumer = "renames";
constexpr std::uint64_t kSkippedPerCommit = 10'000;  // changes that rename nothing, before the position is put down
constexpr auto kPause = std::chrono::seconds(5);

struct Linking {
  std::string type, field;
};

// Link target → the fields that show it.
std::map<std::string, std::vector<Linking>> linking_fields(const schema::Schema& schema) {
  std::map<std::string, std::vector<Linking>> found;
  for (const auto& type : schema.types()) {
    for (const auto& field : type.fields) {
      if (field.kind == schema::FieldKind::link) found[field.target].push_back({type.name, field.name});
    }
  }
  return found;
}

class Announcer final : public RenameAnnouncer {
 public:
  Announcer(storage::Store& store, const records::RecordEngine& engine) : store_(store), engine_(engine) {
    const auto known = store_.changes().find_consumer(kConsumer);
    // After a restore, positions may mean other changes.
    if (known && known->store == store_.identity()) settled_ = stored_ = known->position;
    announced_ = store_.changes().last_position();
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  ~Announcer() override {
    thread_.request_stop();
    changed_.notify_all();
  }

  std::uint64_t wait_until(std::uint64_t position, SteadyClock::time_point deadline) override {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, deadline, [&] { return settled_ >= position; })) return 0;
    return std::max(position, announced_);
  }

 private:
  // An unexpected error is logged and the change tried again.
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      try {
        follow(stop);
      } catch (const std::exception& error) {
        log::error("announcing new names: {}", error.what());
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, stop, kPause, [] { return false; });
      }
    }
  }

  void follow(const std::stop_token& stop) {
    if (!store_.changes().wait_beyond(settled_, SteadyClock::now() + std::chrono::hours(1), stop)) return;
    const auto linking = linking_fields(*engine_.current_schema());
    for (const auto& change : store_.changes().read(settled_, 1000)) {
      const auto fields = linking.find(change.subject);
      if (fields != linking.end() && renames(change)) {
        if (!announce(change, fields->second, stop)) return;
      } else if (change.position >= stored_ + kSkippedPerCommit) {
        commit({}, change.position);
      }
      std::lock_guard lock(mutex_);
      settled_ = change.position;
    }
    changed_.notify_all();
  }

  bool renames(const storage::Change& change) const {
    if (change.kind != "record" || change.operation != "update" || change.version < 2) return false;
    const schema::TypeDecl& type = engine_.schema().type(change.subject);
    try {
      const auto before = engine_.get_version(principal_, change.subject, change.id, change.version - 1);
      const auto after = engine_.get_version(principal_, change.subject, change.id, change.version);
      return value(before, type.title_field) != value(after, type.title_field) ||
             value(before, type.code_field) != value(after, type.code_field) ||
             value(before, type.level_field) != value(after, type.level_field);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::not_found) return false;
      throw;
    }
  }

  static Json value(const records::Record& record, const std::string& field) {
    const auto found = record.fields.find(field);
    return field.empty() || found == record.fields.end() ? Json() : *found;
  }

  // False when asked to stop in between.
  bool announce(const storage::Change& change, const std::vector<Linking>& linking, const std::stop_token& stop) {
    std::vector<storage::ChangeDraft> batch;
    for (const auto& [type, field] : linking) {
      records::ListRequest request;
      request.where.push_back({field, Json(change.id), {}, {}});
      request.limit = kBatch;
      do {
        auto page = engine_.list(principal_, type, request);
        for (const auto& record : page.records) {
          if (batch.size() == kBatch) commit(std::exchange(batch, {}), 0);
          batch.push_back({"rename", record.type, record.id, record.version, "linked"});
        }
        request.page_token = std::move(page.next_page_token);
        if (stop.stop_requested()) return false;
      } while (!request.page_token.empty());
    }
    commit(batch, change.position);
    return true;
  }

  // `position` 0: not all of the change's batches are in yet.
  void commit(const std::vector<storage::ChangeDraft>& batch, std::uint64_t position) {
    const auto committed = store_.run_transaction([&](storage::Transaction& transaction) {
      for (const auto& draft : batch) transaction.append_change(draft);
      if (position != 0) store_.changes().set_consumer(transaction, kConsumer, position);
    });
    std::lock_guard lock(mutex_);
    announced_ = std::max(announced_, committed.position);
    if (position != 0) stored_ = position;
  }

  storage::Store& store_;
  const records::RecordEngine& engine_;
  const records::Principal principal_ = identity::service_principal("renames");
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t settled_ = 0;  // written by the thread alone
  std::uint64_t stored_ = 0;   // the thread's own
  std::uint64_t announced_ = 0;
  std::jthread thread_;
};

}  // namespace

std::unique_ptr<RenameAnnouncer> RenameAnnouncer::start(storage::Store& store, const records::RecordEngine& engine) {
  return std::make_unique<Announcer>(store, engine);
}

}  // namespace lantai::archive
