// Does what a record links to exist, and may a record that others link to go? Part of a write. Whoever adds a link
// reads the target and writes its touch key; whoever deletes the target writes it and reads its touch key: so of the
// two one always notices the other, and any number of records link to the same target without conflict. Confined to its
// transaction.
#pragma once

#include <optional>
#include <vector>

#include "access.h"
#include "lantai/storage/transaction.h"
#include "record_keys.h"

namespace lantai::records {

class LinkStep {
 public:
  LinkStep(const Catalogue& catalogue, const TypePlan& plan, Access& access, storage::Transaction& transaction)
      : catalogue_(catalogue), plan_(plan), access_(access), transaction_(transaction) {}

  // Every added link whose target the principal does not know of, and a parent that is a descendant.
  std::vector<FieldProblem> problems(const Record* before, const Record& after);
  // Throws failed_precondition `record.in_use`, naming some of those that link here.
  void require_unused(const Record& record);
  void write(const Record* before, const Record& after);

 private:
  bool exists(const Link& link);
  bool makes_cycle(const Record& after);
  std::optional<FieldProblem> unlike_parent(const Record* before, const Record& after);
  bool has_children(const Record& record);
  std::string name_of(const LinkKey& link);

  const Catalogue& catalogue_;
  const TypePlan& plan_;
  Access& access_;
  storage::Transaction& transaction_;
};

}  // namespace lantai::records
