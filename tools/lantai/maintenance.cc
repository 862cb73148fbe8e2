// lantai verify, reindex, stats

#include <CLI/CLI.hpp>
#include <iostream>

#include "command_line.h"
#include "interruption.h"
#include "lantai/base/error.h"
#include "remote.h"
#include "status_line.h"
#include "texts.h"

namespace lantai::cli {
namespace {

using OrderedJson = nlohmann::ordered_json;

struct Verified {
  std::uint64_t bytes = 0;
  std::vector<storage::BlobDamage> damage;  // without a digest: not in a blob
  std::optional<storage::AuditVerdict> audit;
  storage::AuditHead head;

  bool whole() const { return damage.empty() && audit && !audit->first_broken; }
};

// Damage that one step meets does not keep the others from being done.
bool done_or_damaged(Verified& out, const std::function<void()>& step) {
  try {
    step();
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::data_loss) throw;
    out.damage.push_back({{}, error.message()});
    return false;
  }
}

Verified verify_store(const storage::Store& store, storage::AuditLog& audit, storage::BlobStore& blobs) {
  Verified out;
  StatusLine status_line;
  const auto progress = [&](std::uint64_t done) {
    out.bytes = done;
    status_line.show(std::to_string(done >> 20U) + " MiB");
  };
  const auto add = [&](std::vector<storage::BlobDamage> found) {
    out.damage.insert(out.damage.end(), found.begin(), found.end());
  };
  if (!done_or_damaged(out, [&] { add(store.verify(progress)); })) {
    done_or_damaged(out, [&] { add(blobs.verify(progress)); });
  }
  status_line.clear();
  done_or_damaged(out, [&] {
    out.audit = audit.verify();
    out.head = audit.head();
  });
  return out;
}

// Where the damage keeps the whole application from opening, the store alone tells more about it.
Verified verify_opened(const Shared& shared) {
  Verified out;
  const auto check = [&](storage::Store& store) { return verify_store(store, store.audit(), store.blobs()); };
  std::unique_ptr<app::Application> application;
  if (done_or_damaged(out, [&] { application = shared.open(false); })) return check(application->store());
  std::unique_ptr<storage::Store> store;
  storage::StoreOptions options;
  options.create_if_missing = false;
  Verified more;
  if (done_or_damaged(out, [&] { store = storage::Store::open(shared.data, options); })) more = check(*store);
  more.damage.insert(more.damage.begin(), out.damage.front());
  return more;
}

void print_verified(const Verified& found, const Shared& shared) {
  for (const auto& one : found.damage) {
    std::cout << say(Text::damaged_blob, shared.lang(), to_hex(one.digest), one.reason) << "\n";
  }
  if (found.damage.empty()) std::cout << say(Text::verified, shared.lang(), found.bytes) << "\n";
  if (!found.audit) return;
  const auto& audit = *found.audit;
  std::cout << (audit.first_broken ? say(Text::audit_broken, shared.lang(), *audit.first_broken, audit.reason)
                                   : say(Text::audit_ok, shared.lang(), audit.checked, to_hex(found.head.hash)))
            << "\n";
}

int verify(const Shared& shared) {
  const auto found = verify_opened(shared);
  if (!shared.json) {
    print_verified(found, shared);
    return found.whole() ? kDone : kDamaged;
  }
  OrderedJson damage = OrderedJson::array();
  for (const auto& one : found.damage) damage.push_back({{"digest", to_hex(one.digest)}, {"reason", one.reason}});
  const auto audit = found.audit.value_or(storage::AuditVerdict{});
  OrderedJson line = {{"ok", found.whole()}, {"bytes", found.bytes}, {"damage", std::move(damage)}};
  line["audit"] = {{"entries", audit.checked}, {"head", to_hex(found.head.hash)}};
  line["audit"]["first_broken"] = audit.first_broken ? OrderedJson(*audit.first_broken) : OrderedJson();
  line["audit"]["reason"] = audit.reason;
  std::cout << line.dump() << "\n";
  return found.whole() ? kDone : kDamaged;
}

int collect(const Shared& shared, unsigned grace_hours) {
  const auto application = shared.open(false);
  const auto report = application->store().blobs().collect(std::chrono::hours(grace_hours));
  if (shared.json) {
    std::cout << OrderedJson{{"removed", report.blobs_removed}, {"bytes_freed", report.bytes_freed}}.dump() << "\n";
  } else {
    std::cout << say(Text::collected, shared.lang(), report.blobs_removed, report.bytes_freed) << "\n";
  }
  return kDone;
}

int reindex(const Shared& shared, bool failed_texts) {
  Interruption interruption;
  const auto application = shared.open(false, Shared::Texts::read);
  const auto watched = interruption.watch(application->extraction());
  if (failed_texts) application->extraction().retry_failed();
  application->indexer().rebuild();
  const auto soon = [] { return std::chrono::steady_clock::now() + std::chrono::seconds(1); };
  const std::uint64_t position = application->store().changes().last_position();
  while (application->extraction().status().waiting > 0 || application->indexer().status().rebuilding ||
         !application->wait_until_searchable(position, soon())) {
    if (!application->extraction().status().last_error.empty()) break;
    // Until something moves, and at most a moment.
    application->store().changes().wait_beyond(application->store().changes().last_position(),
                                               std::chrono::steady_clock::now() + std::chrono::milliseconds(50));
  }
  std::cout << say(Text::reindexed, shared.lang(), application->indexer().status().documents) << "\n";
  return kDone;
}

OrderedJson stats_of(app::Application& application) {
  const auto principal = identity::operator_principal();
  OrderedJson types = OrderedJson::object();
  for (const auto& type : application.schema().types()) {
    types[type.name] = application.records().count(principal, type.name);
  }
  const auto store = application.store().statistics();
  const auto index = application.indexer().status();
  const auto extraction = application.extraction().status();
  return {{"store", {{"uuid", application.store().identity().uuid}, {"epoch", application.store().identity().epoch}}},
          {"position", application.store().changes().last_position()},
          {"records", std::move(types)},
          {"files", {{"bytes", store.blob_bytes}, {"on_disk", store.pack_bytes}}},
          {"audit", {{"entries", application.store().audit().head().sequence}}},
          {"index",
           {{"position", index.position},
            {"documents", index.documents},
            {"segments", index.segments},
            {"bytes", index.disk_bytes},
            {"rebuilding", index.rebuilding},
            {"error", index.last_error}}},
          {"extraction",
           {{"position", extraction.position},
            {"failed", application.texts().failed(100'000).size()},
            {"error", extraction.last_error}}}};
}

void print(const OrderedJson& json, bool one_line) {
  if (one_line) {
    std::cout << json.dump() << "\n";
    return;
  }
  const OrderedJson flat = json.flatten();
  for (const auto& [name, value] : flat.items()) {
    std::cout << name.substr(1) << "\t" << (value.is_string() ? value.get<std::string>() : value.dump()) << "\n";
  }
}

int stats(const Shared& shared) {
  print(shared.server.empty() ? stats_of(*shared.open(false)) : OrderedJson(Remote(shared).stats()), shared.json);
  return kDone;
}

}  // namespace

void add_maintenance(CLI::App& app, Shared& shared, Commands& commands) {
  CLI::App* verifying = app.add_subcommand("verify", "read every stored byte and the audit chain, and check them");
  add_format(*verifying, shared);
  commands[verifying] = [&shared] { return verify(shared); };

  auto failed_texts = std::make_shared<bool>(false);
  CLI::App* reindexing = app.add_subcommand("reindex", "build the index anew");
  reindexing->add_flag("--failed-texts", *failed_texts, "also read files again that gave no text");
  commands[reindexing] = [&shared, failed_texts] { return reindex(shared, *failed_texts); };

  auto grace_hours = std::make_shared<unsigned>(24);
  CLI::App* collecting = app.add_subcommand("collect", "free the space of what nothing refers to any more");
  collecting->add_option("--grace-hours", *grace_hours, "leave alone what was written or let go since then")
      ->default_str("24");
  add_format(*collecting, shared);
  commands[collecting] = [&shared, grace_hours] { return collect(shared, *grace_hours); };

  CLI::App* counting = app.add_subcommand("stats", "how much there is, and how far reading and indexing are");
  auto failed = std::make_shared<bool>(false);
  counting->add_flag("--failed", *failed, "list the files that gave no text, with the reason");
  add_format(*counting, shared);
  commands[counting] = [&shared, failed] { return *failed ? list_failed_texts(shared) : stats(shared); };
}

}  // namespace lantai::cli
