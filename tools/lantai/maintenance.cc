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

using Json = nlohmann::ordered_json;

int verify(const Shared& shared) {
  const auto application = shared.open(false);
  StatusLine status_line;
  std::uint64_t bytes = 0;
  std::vector<storage::BlobDamage> damage;
  try {
    damage = application->store().verify([&](std::uint64_t done) {
      bytes = done;
      status_line.show(std::to_string(done >> 20U) + " MiB");
    });
  } catch (const Error& error) {
    if (error.code() != ErrorCode::data_loss) throw;
    damage.push_back({{}, error.message()});
  }
  status_line.clear();
  const storage::AuditVerdict audit = application->store().audit().verify();
  const storage::AuditHead head = application->store().audit().head();
  const bool whole = damage.empty() && !audit.first_broken;
  if (shared.json) {
    Json blobs = Json::array();
    for (const auto& one : damage) blobs.push_back({{"digest", to_hex(one.digest)}, {"reason", one.reason}});
    Json line = {{"ok", whole}, {"bytes", bytes}, {"damage", std::move(blobs)}};
    line["audit"] = {{"entries", audit.checked}, {"head", to_hex(head.hash)}};
    line["audit"]["first_broken"] = audit.first_broken ? Json(*audit.first_broken) : Json();
    line["audit"]["reason"] = audit.reason;
    std::cout << line.dump() << "\n";
  } else {
    for (const auto& one : damage) {
      std::cout << say(Text::damaged_blob, shared.lang(), to_hex(one.digest), one.reason) << "\n";
    }
    if (damage.empty()) std::cout << say(Text::verified, shared.lang(), bytes) << "\n";
    std::cout << (audit.first_broken ? say(Text::audit_broken, shared.lang(), *audit.first_broken, audit.reason)
                                     : say(Text::audit_ok, shared.lang(), audit.checked, to_hex(head.hash)))
              << "\n";
  }
  return whole ? kDone : kDamaged;
}

int collect(const Shared& shared, unsigned grace_hours) {
  const auto application = shared.open(false);
  const auto report = application->store().blobs().collect(std::chrono::hours(grace_hours));
  if (shared.json) {
    std::cout << Json{{"removed", report.blobs_removed}, {"bytes_freed", report.bytes_freed}}.dump() << "\n";
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

Json stats_of(app::Application& application) {
  const auto principal = identity::operator_principal();
  Json types = Json::object();
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
            {"bytes", index.disk_bytes},
            {"rebuilding", index.rebuilding},
            {"error", index.last_error}}},
          {"extraction",
           {{"position", extraction.position},
            {"failed", application.texts().failed(100'000).size()},
            {"error", extraction.last_error}}}};
}

void print(const Json& json, bool one_line) {
  if (one_line) {
    std::cout << json.dump() << "\n";
    return;
  }
  const Json flat = json.flatten();
  for (const auto& [name, value] : flat.items()) {
    std::cout << name.substr(1) << "\t" << (value.is_string() ? value.get<std::string>() : value.dump()) << "\n";
  }
}

int stats(const Shared& shared) {
  print(shared.server.empty() ? stats_of(*shared.open(false)) : Json(Remote(shared).stats()), shared.json);
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
