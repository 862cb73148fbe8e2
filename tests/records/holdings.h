// A store with the shipped declarations and an engine on it, in memory or on disk, and the people who use it.
#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "lantai/records/record_engine.h"
#include "support/backends.h"
#include "support/places.h"
#include "support/temporary_directory.h"

namespace lantai::records {

inline std::shared_ptr<const schema::Schema> shipped_schema() {
  static const auto schema = schema::Schema::load({lantai::test::shipped_declarations()});
  return schema;
}

inline Principal person(std::string role, int clearance) {
  Principal principal;
  principal.id = role + "-" + std::to_string(clearance);
  principal.name = principal.id;
  principal.roles = {std::move(role)};
  principal.clearance = clearance;
  principal.address = "10.0.0.7";
  return principal;
}
inline Principal archivist() { return person("archivist", 2); }
// Everything to everybody, as where a small school combines its officers.
inline Principal chief() {
  auto chief = person("administrator", 2);
  chief.roles.insert({"security_officer", "auditor", "archivist"});
  return chief;
}
inline Principal with_clearance(Principal who, int clearance) {
  who.clearance = clearance;
  return who;
}
inline Principal staff() { return person("staff", 1); }
inline Principal reader() { return person("reader", 0); }

class Holdings {
 public:
  explicit Holdings(Backend backend = Backend::memory,
                    std::shared_ptr<const schema::Schema> schema = shipped_schema()) {
    storage::StoreOptions options;
    options.clock = &clock;
    store = open_store(backend, directory.path() / "store", options);
    engine = std::make_unique<RecordEngine>(*store, std::move(schema), clock);
  }
  Record add(const std::string& type, Json fields) {
    clock.advance_micros(1000);
    return engine->create(chief(), type, std::move(fields)).record;
  }
  Record add_item(const std::string& title, Json more = Json::object()) {
    more["title"] = title;
    clock.advance_micros(1000);  // ids order by millisecond
    return engine->create(archivist(), "item", std::move(more)).record;
  }
  NewFile stored(const std::string& name, const std::string& bytes) {
    const auto blob = store->blobs().put(as_bytes(bytes));
    return {blob.digest, blob.size, name, to_bytes(name), "text/plain", "main"};
  }
  storage::AuditEntry last_audit() { return store->audit().read_backwards(UINT64_MAX, 1).at(0); }

  TemporaryDirectory directory;
  ManualClock clock{Timestamp{1'700'000'000'000'000}};
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<RecordEngine> engine;
};

// All of a short history, the oldest version first.
inline std::vector<VersionInfo> history_of(const RecordEngine& engine, const Principal& principal,
                                           std::string_view type, std::string_view id) {
  auto versions = engine.history(principal, type, id).versions;
  std::reverse(versions.begin(), versions.end());
  return versions;
}

// The error that `body` throws.
template <typename F>
Error error_of(F&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::internal, "nothing was thrown");
}

}  // namespace lantai::records
