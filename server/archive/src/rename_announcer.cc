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
constexpr std::string_view kOpened = "opened";  // its position is a day
constexpr auto kLookForOpened = std::chrono::minutes(10);
constexpr std::size_t kDeepest = 100;                // of what lies in one another
constexpr std::uint64_t kSkippedPerCommit = 10'000;  // changes that rename nothing, before the position is put down
constexpr auto kPause = std::chrono::seconds(5);

struct Linking {
  std::string type, field;
  bool lies_in = false;  // the record with the link inherits from what it links to
};

// Link target → the fields that show it.
std::map<std::string, std::vector<Linking>> linking_fields(const schema::Schema& schema) {
  std::map<std::string, std::vector<Linking>> found;
  for (const auto& type : schema.types()) {
    for (const auto& field : type.fields) {
      if (field.kind != schema::FieldKind::link) continue;
      const bool lies_in = std::find(type.inherits.begin(), type.inherits.end(), field.name) != type.inherits.end();
      found[field.target].push_back({type.name, field.name, lies_in});
    }
  }
  return found;
}

class Announcer final : public RenameAnnouncer {
 public:
  Announcer(storage::Store& store, const records::RecordEngine& engine, const Clock& clock)
      : store_(store), engine_(engine), clock_(clock) {
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

  Progress progress() const override {
    std::lock_guard lock(mutex_);
    return {settled_, announced_};
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
    const auto linking = linking_fields(*engine_.current_schema());
    batch_.clear();  // of an attempt that failed
    if (!announce_opened(linking, stop)) return;
    if (!store_.changes().wait_beyond(settled_, SteadyClock::now() + kLookForOpened, stop)) return;
    for (const auto& change : store_.changes().read(settled_, 1000)) {
      const Effect effect = linking.contains(change.subject) ? effect_of(change) : Effect::none;
      if (effect != Effect::none) {
        if (!announce_linking(linking, change.subject, change.id, effect == Effect::access, stop)) return;
        commit(std::exchange(batch_, {}), change.position);
      } else if (change.position >= stored_ + kSkippedPerCommit) {
        commit({}, change.position);
      }
      std::lock_guard lock(mutex_);
      settled_ = change.position;
    }
    changed_.notify_all();
  }

  enum class Effect { none, name, access };

  Effect effect_of(const storage::Change& change) const {
    if (change.kind != "record" || change.operation != "update" || change.version < 2) return Effect::none;
    const schema::TypeDecl& type = engine_.schema().type(change.subject);
    try {
      const auto before = engine_.get_version(principal_, change.subject, change.id, change.version - 1);
      const auto after = engine_.get_version(principal_, change.subject, change.id, change.version);
      const auto differs = [&](const std::string& field) { return value(before, field) != value(after, field); };
      if (differs(type.level_field) || differs(type.closed_field) || differs(type.department_field) ||
          std::any_of(type.inherits.begin(), type.inherits.end(), differs)) {
        return Effect::access;
      }
      return differs(type.title_field) || differs(type.code_field) ? Effect::name : Effect::none;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::not_found) return Effect::none;
      throw;
    }
  }

  static Json value(const records::Record& record, const std::string& field) {
    const auto found = record.fields.find(field);
    return field.empty() || found == record.fields.end() ? Json() : *found;
  }

  using LinkingFields = std::map<std::string, std::vector<Linking>>;

  // `deep`: also of what lies in the linking records. False when asked to stop in between.
  bool announce_linking(const LinkingFields& linking, const std::string& target, const std::string& id, bool deep,
                        const std::stop_token& stop, std::size_t depth = 0) {
    const auto fields = linking.find(target);
    if (fields == linking.end() || depth > kDeepest) return true;
    for (const auto& [type, field, lies_in] : fields->second) {
      records::ListRequest request;
      request.where.push_back({field, Json(id), {}, {}});
      request.limit = kBatch;
      do {
        auto page = engine_.list(principal_, type, request);
        for (const auto& record : page.records) {
          announce_one(record);
          if (deep && lies_in && !announce_linking(linking, type, record.id, deep, stop, depth + 1)) return false;
        }
        request.page_token = std::move(page.next_page_token);
        if (stop.stop_requested()) return false;
      } while (!request.page_token.empty());
    }
    return true;
  }

  void announce_one(const records::Record& record) {
    if (batch_.size() == kBatch) commit(std::exchange(batch_, {}), 0);
    batch_.push_back({"rename", record.type, record.id, record.version, "linked"});
  }

  // Records whose closing date has come since this was last looked for.
  bool announce_opened(const LinkingFields& linking, const std::stop_token& stop) {
    const auto today = records::office_day(clock_.now());
    const auto known = store_.changes().find_consumer(kOpened);
    const auto looked_for = known ? day_of(known->position) : Date{1, 1, 1};
    if (looked_for >= today) return true;
    for (const auto& type : engine_.schema().types()) {
      if (type.closed_field.empty()) continue;
      records::ListRequest request;
      request.where.push_back({type.closed_field, {}, Json(format_date(looked_for)), Json(format_date(today))});
      request.limit = kBatch;
      do {
        auto page = engine_.list(principal_, type.name, request);
        for (const auto& record : page.records) {
          announce_one(record);
          if (!announce_linking(linking, type.name, record.id, true, stop)) return false;
        }
        request.page_token = std::move(page.next_page_token);
      } while (!request.page_token.empty());
    }
    const auto last = std::exchange(batch_, {});
    const auto committed = store_.run_transaction([&](storage::Transaction& transaction) {
      for (const auto& draft : last) transaction.append_change(draft);
      store_.changes().set_consumer(transaction, kOpened, number_of(today));
    });
    if (last.empty()) return true;
    std::lock_guard lock(mutex_);
    announced_ = std::max(announced_, committed.position);
    return true;
  }

  // A day as the position of a consumer: 20261129.
  static std::uint64_t number_of(Date day) {
    return (static_cast<std::uint64_t>(day.year) * 100 + day.month) * 100 + day.day;
  }
  static Date day_of(std::uint64_t number) {
    return {static_cast<std::int16_t>(number / 10'000), static_cast<std::uint8_t>(number / 100 % 100),
            static_cast<std::uint8_t>(number % 100)};
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
  const Clock& clock_;
  std::vector<storage::ChangeDraft> batch_;  // the thread's own
  const records::Principal principal_ = identity::service_principal("renames");
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t settled_ = 0;  // written by the thread alone
  std::uint64_t stored_ = 0;   // the thread's own
  std::uint64_t announced_ = 0;
  std::jthread thread_;
};

}  // namespace

std::unique_ptr<RenameAnnouncer> RenameAnnouncer::start(storage::Store& store, const records::RecordEngine& engine,
                                                        const Clock& clock) {
  return std::make_unique<Announcer>(store, engine, clock);
}

}  // namespace lantai::archive
