// How is one version of one record written? The fixed order of the engine, inside one transaction (record_engine.h).
// Made anew for each attempt; confined to its transaction.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "access.h"
#include "code_step.h"
#include "lantai/records/record_engine.h"
#include "record_keys.h"

namespace lantai::records {

using RuleList = std::vector<std::pair<std::string, Rule>>;  // type, or empty for every type; in order

struct WriteRequest {
  const Catalogue& catalogue;
  const TypePlan& plan;
  const RuleList& rules;
  const Principal& principal;
  Action action = Action::update;
  std::string operation;  // create, update, delete, add_file, remove_file
  std::string id;
  std::uint64_t expected_version = 0;
  Timestamp now;
  std::function<void(Record&)> change;  // from the version before to the one after
};

class WriteStep {
 public:
  WriteStep(storage::Transaction& transaction, const WriteRequest& request)
      : transaction_(transaction),
        request_(request),
        access_(request.catalogue, request.principal, transaction, request.now),
        context_(request.catalogue, request.plan, transaction),
        code_(request.catalogue, request.plan, transaction, context_) {}

  // The record as it is now; `changed()` says whether that is a new version.
  Record run();
  bool changed() const { return changed_; }

 private:
  void load_and_compare();
  void check();
  void validate();
  std::vector<std::string> given_system_fields() const;
  void require_system_fields_kept(const std::vector<std::string>& given) const;
  void apply_rules();
  void persist();
  void write_indexes();
  void write_uniques();
  void release_former_codes();
  void write_blob_owners();
  void write_log();
  const Record* before() const { return before_ ? &*before_ : nullptr; }
  bool differs() const;

  storage::Transaction& transaction_;
  const WriteRequest& request_;
  Access access_;
  LinkedContext context_;
  CodeStep code_;
  std::optional<Record> before_;
  Record after_;
  bool changed_ = false;
};

}  // namespace lantai::records
