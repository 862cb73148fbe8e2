// How does a record of any type come to be, change and go? Always in this order, in one transaction:
//   authorise → load and compare version → validate → rules (may take guard keys, may veto)
//   → number → write record, version, indexes, links, change, audit entry.
//
// Thread-safe. Durable on return, and seen by every call made after that. Denied access is audited. A rule may change
// `after`; it is validated once more. Used in tests/records/*.cc. Errors: permission_denied, not_found (also for what
// the caller may not know of), conflict (stale version, message id `record.stale`), already_exists (unique key, naming
// the field), failed_precondition
// (`record.in_use`: others link to it, naming some), invalid_argument with field problems (`field.read_only`: a field
// declared `system`, by anybody but a service principal). Nothing is half-written. The
// returned position is that of the change; of a call that changed nothing, the last one there is.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/error.h"
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

struct NewRecord {
  std::string type;
  Json fields;
  std::vector<NewFile> files;
  std::string idempotency_key;  // as of `create`; empty: none
};

// Exactly one of the two.
struct CreateResult {
  std::optional<Written> written;
  std::optional<Error> error;
};

// On an indexed field. Written as people write it: `永久` finds the term Y. `equals` null finds records without a
// value; of dates `to` takes in all that begins with it: `2021` ends with that year.
struct Condition {
  std::string field;
  std::optional<Json> equals;
  std::optional<std::string> from, to;  // inclusive
};

// Cost: one index entry and one record read for each record shown, when one index covers the conditions and the order
// (field, parent/field, a declared compound); conditions beyond it are checked on the records met.
struct ListRequest {
  std::vector<Condition> where;
  // A sortable field, the code or the parent; also another indexed one with one value, if a condition on it leaves out
  // records without. Empty: by id (time of creation).
  std::string order_by;
  bool descending = false;
  std::size_t limit = 50;  // 1..1000
  std::string page_token;
};

// After kListScanLimit entries that do not fit or may not be seen a page ends early: it may hold fewer records than the
// limit, even none, and still have a token. A token says where the page ended, so records that come and go in between
// neither repeat nor hide others.
inline constexpr std::size_t kListScanLimit = 20'000;
struct ListPage {
  std::vector<Record> records;
  std::string next_page_token;  // empty: this was the last
};

// The latest versions first. A page also ends early when its differences have kHistoryBytes.
struct HistoryRequest {
  std::size_t limit = 50;  // 1..1000
  std::string page_token;
};
inline constexpr std::size_t kHistoryBytes = 1U << 20U;
struct HistoryPage {
  std::vector<VersionInfo> versions;
  std::string next_page_token;  // empty: this was the last
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

  // Before the first call only. `type` empty: every type. Called in the order added (docs/recipes/add-a-rule.md).
  void add_rule(std::string_view type, Rule rule);

  // `idempotency_key`: the same key by the same principal gives the same record again instead of a second one; kept for
  // ever (docs/adr/0051). With other content: failed_precondition `record.idempotency_mismatch`.
  Written create(const Principal& principal, std::string_view type, Json fields, std::vector<NewFile> files = {},
                 std::string_view idempotency_key = {});
  // As `create` for each, in this order, several in one commit: numbers and ids follow the order, and one that
  // fails undoes nothing of the others. Positions are those of the commit's last change. Memory: the results and one
  // transaction. Holds back replace_schema: a few hundred records at a time are enough. Tests: batch_test.cc.
  std::vector<CreateResult> create_all(const Principal& principal, const std::vector<NewRecord>& records);
  // What create_all would say of each, without writing: values, links, codes, also of one row against those before it
  // in the same few hundred. Every result is a record that is not there, or the error.
  std::vector<CreateResult> check_all(const Principal& principal, const std::vector<NewRecord>& records);
  // `patch`: JSON merge patch (RFC 7396) on the fields. `expected_version` 0: whatever is there.
  Written update(const Principal& principal, std::string_view type, std::string_view id, std::uint64_t expected_version,
                 const Json& patch);
  // Leaves a deleted version; history and files stay, unique keys and indexes are released.
  Written remove(const Principal& principal, std::string_view type, std::string_view id,
                 std::uint64_t expected_version);
  // `file_number` 0: a new component; otherwise a new version of that one.
  Written add_file(const Principal& principal, std::string_view type, std::string_view id,
                   std::uint64_t expected_version, NewFile file, std::uint32_t file_number = 0);
  Written remove_file(const Principal& principal, std::string_view type, std::string_view id,
                      std::uint64_t expected_version, std::uint32_t file_number);

  // Throws not_found also for what the caller may not know of (audited as denied); deleted: `record.deleted`.
  Record get(const Principal& principal, std::string_view type, std::string_view id) const;
  // A probe: what may not be seen is absent, and that is not audited.
  std::optional<Record> find(const Principal& principal, std::string_view type, std::string_view id) const;
  Record get_version(const Principal& principal, std::string_view type, std::string_view id,
                     std::uint64_t version) const;
  HistoryPage history(const Principal& principal, std::string_view type, std::string_view id,
                      const HistoryRequest& request = {}) const;
  ListPage list(const Principal& principal, std::string_view type, const ListRequest& request) const;
  // Exact match on a unique or indexed field; of the reference code also in any spelling and by a former code.
  std::optional<Record> find_by(const Principal& principal, std::string_view type, std::string_view field,
                                const Json& value) const;
  // Children of a record in the tree of parent_field, paged; `parent_id` empty: the roots.
  ListPage children(const Principal& principal, std::string_view type, std::string_view parent_id,
                    const ListRequest& request) const;
  // O(records of the type) index keys, remembered until the next change; for those who do not see all of it also a read
  // of each record.
  std::uint64_t count(const Principal& principal, std::string_view type) const;

  // What the record asks of whoever wants to see it, now.
  Standing standing(const Record& record) const;
  // The one answer of policy.h, for a record that was read.
  bool may(const Principal& principal, Action action, const Record& record) const;

  // Numbers given within each scope: the next record gets `highest` + 1. `missing` are those below it that no record
  // has: never given, or their record was deleted or got another code; the first kMissingLimit of them. Duplicates
  // cannot be stored. Scopes tell of every record: it takes the right to update the type and to see all of it. By
  // scope, paged; O(numbers given within the scopes shown).
  static constexpr std::size_t kMissingLimit = 1000;
  struct Continuity {
    std::string scope;
    std::uint64_t highest = 0;
    std::vector<std::uint64_t> missing;
    std::uint64_t missing_count = 0;
  };
  struct ContinuityRequest {
    std::size_t limit = 100;  // scopes, 1..1000
    std::string page_token;
  };
  struct ContinuityPage {
    std::vector<Continuity> scopes;
    std::string next_page_token;  // empty: this was the last
  };
  ContinuityPage continuity(const Principal& principal, std::string_view type, const ContinuityRequest& request) const;
  ContinuityPage continuity(const Principal& principal, std::string_view type) const {
    return continuity(principal, type, ContinuityRequest());
  }

  // Throws permission_denied (audited) unless the principal may export the type; otherwise audits the export. Whoever
  // writes records out calls it first (record_export.h).
  void begin_export(const Principal& principal, std::string_view type, std::string_view format) const;

  const schema::Schema& schema() const;  // stays good for the engine's life, also after replace_schema
  std::shared_ptr<const schema::Schema> current_schema() const;
  // For declarations loaded again. Waits for writes under way; builds what is missing of indexes before it
  // returns, and until then lists by a new index are incomplete. O(records of types whose indexes changed).
  void replace_schema(std::shared_ptr<const schema::Schema> schema);

 private:
  friend class BatchCreate;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lantai::records
