// A store with the shipped declarations and an engine on it, in memory or on disk, and the people who use it.
#pragma once

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "lantai/base/id.h"
#include "lantai/records/record_engine.h"

namespace lantai::records {

enum class Backend { memory, rocksdb };
inline std::ostream& operator<<(std::ostream& out, Backend backend) {
  return out << (backend == Backend::memory ? "memory" : "rocksdb");
}
inline const auto kBackends = boost::unit_test::data::make({Backend::memory, Backend::rocksdb});

inline std::shared_ptr<const schema::Schema> shipped_schema() {
  static const auto schema = schema::Schema::load({LANTAI_SCHEMA_DIR});
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
inline Principal administrator() { return person("administrator", 2); }
inline Principal staff() { return person("staff", 1); }
inline Principal reader() { return person("reader", 0); }

class Holdings {
 public:
  explicit Holdings(Backend backend = Backend::memory, std::shared_ptr<const schema::Schema> schema = shipped_schema())
      : directory_(std::filesystem::temp_directory_path() / ("lantai-records-" + random_hex(8))) {
    storage::StoreOptions options;
    options.clock = &clock;
    store = backend == Backend::memory ? storage::Store::open_in_memory(options)
                                       : storage::Store::open(directory_, options);
    engine = std::make_unique<RecordEngine>(*store, std::move(schema), clock);
  }
  ~Holdings() {
    engine.reset();
    store.reset();
    std::error_code leftover;  // must not fail a test
    std::filesystem::remove_all(directory_, leftover);
  }
  Holdings(const Holdings&) = delete;
  Holdings& operator=(const Holdings&) = delete;

  Record add(const std::string& type, Json fields) {
    clock.advance_micros(1000);
    return engine->create(administrator(), type, std::move(fields)).record;
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

  ManualClock clock{Timestamp{1'700'000'000'000'000}};
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<RecordEngine> engine;

 private:
  std::filesystem::path directory_;
};

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
