// How does a record of any type come to be, change and go? Always in this order, in one transaction:
//   authorise → load and compare version → validate → rules (may take guard keys, may veto)
//   → write record, version, indexes, links, change, audit entry, outbox.
//
// Thread-safe. Errors: permission_denied, not_found (also for what the caller may not know of), conflict (stale
// version, message id `record.stale`), already_exists (unique key, naming the field), invalid_argument with field
// problems. Nothing is half-written. The returned position is that of the change.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/records/policy.h"
#include "lantai/records/principal.h"
#include "lantai/records/record.h"
#include "lantai/schema/schema.h"
#include "lantai/storage/store.h"

namespace lantai::records {

struct Written {
  Record record;
  std::uint64_t position = 0;
};

// A file whose bytes are already in the blob store.
struct NewFile {
  Bytes digest;
  std::uint64_t size = 0;
  std::string name;
  Bytes raw_name;
  std::string media_type;
  std::string role = "main";
};

struct Condition {  // on an indexed field
  std::string field;
  std::optional<Json> equals;
  std::optional<std::string> from, to;  // inclusive
};

struct ListRequest {
  std::vector<Condition> where;
  std::string order_by;  // an indexed field; empty: by id (time of creation)
  bool descending = false;
  std::size_t limit = 50;  // 1..1000
  std::string page_token;
};

struct ListPage {
  std::vector<Record> records;
  std::string next_page_token;
};

// What a rule sees, and may change, before a record is written. Runs inside the transaction: no side effects.
struct RuleContext {
  storage::Transaction& transaction;
  const schema::TypeDecl& type;
  const Principal& principal;
  const Record* before;  // null at creation
  Record& after;
};
using Rule = std::function<void(RuleContext&)>;

class RecordEngine {
 public:
  RecordEngine(storage::Store& store, std::shared_ptr<const schema::Schema> schema, const Clock& clock);
  ~RecordEngine();

  // Before the first call only. `type` empty: every type.
  void add_rule(std::string_view type, Rule rule);

  // `idempotency_key`: the same key by the same principal gives the same record again instead of a second one.
  Written create(const Principal& principal, std::string_view type, Json fields, std::vector<NewFile> files = {},
                 std::string_view idempotency_key = {});
  // `patch`: JSON merge patch (RFC 7396) on the fields. `expected_version` 0: whatever is there.
  Written update(const Principal& principal, std::string_view type, std::string_view id, std::uint64_t expected_version,
                 const Json& patch);
  Written remove(const Principal& principal, std::string_view type, std::string_view id,
                 std::uint64_t expected_version);
  // `file_number` 0: a new component; otherwise a new version of that one.
  Written add_file(const Principal& principal, std::string_view type, std::string_view id,
                   std::uint64_t expected_version, NewFile file, std::uint32_t file_number = 0);
  Written remove_file(const Principal& principal, std::string_view type, std::string_view id,
                      std::uint64_t expected_version, std::uint32_t file_number);

  Record get(const Principal& principal, std::string_view type, std::string_view id) const;
  std::optional<Record> find(const Principal& principal, std::string_view type, std::string_view id) const;
  Record get_version(const Principal& principal, std::string_view type, std::string_view id,
                     std::uint64_t version) const;
  std::vector<VersionInfo> history(const Principal& principal, std::string_view type, std::string_view id) const;
  ListPage list(const Principal& principal, std::string_view type, const ListRequest& request) const;
  // Exact match on a unique or indexed field.
  std::optional<Record> find_by(const Principal& principal, std::string_view type, std::string_view field,
                                const Json& value) const;
  // Children of a record in the tree of parent_field, paged.
  ListPage children(const Principal& principal, std::string_view type, std::string_view parent_id,
                    const ListRequest& request) const;
  std::uint64_t count(const Principal& principal, std::string_view type) const;

  // The number the next record of this scope would get, and gaps and duplicates among the given ones.
  struct Continuity {
    std::string scope;
    std::uint64_t highest = 0;
    std::vector<std::uint64_t> missing;
  };
  std::vector<Continuity> continuity(const Principal& principal, std::string_view type) const;

  const schema::Schema& schema() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lantai::records
