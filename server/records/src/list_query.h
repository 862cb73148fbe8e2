// Which index answers a list, and where does a page begin and end in it? Thread-confined values.
//
// Chosen is the index whose leading fields have the most equality conditions and whose next field is the wanted order;
// every condition is checked on the record as well, so the choice changes only the cost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "index_value.h"
#include "lantai/records/record_engine.h"
#include "lantai/storage/key_value_store.h"
#include "type_plan.h"

namespace lantai::records {

// A condition in the form it is compared in.
struct ResolvedCondition {
  const IndexPlan* index = nullptr;  // of the one field
  std::optional<Bytes> equals;
  Json value;             // of equals
  ComponentBounds range;  // when not equals
  Condition given;
  bool holds(const Json& fields) const;
};

class ListQuery {
 public:
  // Throws invalid_argument on a field that is not indexed or cannot order, a bad limit or a token of another query.
  ListQuery(const Catalogue& catalogue, const TypePlan& plan, const ListRequest& request);

  // The range still to be read, after the token's record (read from `view`).
  storage::ScanRange range(const storage::ReadView& view) const;
  bool holds(const Record& record) const;
  bool stands_at(const Record& record, const Bytes& key) const;  // is that an entry of the record in this list's index?
  std::string token_after(const Record& last) const;

 private:
  void resolve(const Catalogue& catalogue, const ListRequest& request);
  void resolve_order(const ListRequest& request);
  void choose_index();
  bool has_value(const std::string& field) const;
  const ResolvedCondition* equality_on(const std::string& field) const;
  std::string digest(const ListRequest& request) const;
  Bytes key_of(const Record& record) const;
  Record token_record(const storage::ReadView& view) const;

  const TypePlan& plan_;
  std::vector<ResolvedCondition> conditions_;
  const schema::FieldDecl* order_ = nullptr;  // null: by id
  const IndexPlan* index_ = nullptr;          // null: by id
  std::size_t equalities_ = 0;                // leading fields of the index with an equality
  Bytes prefix_;                              // components of those
  bool descending_ = false;
  std::string digest_, token_;
};

// A page of a list or a history holds 1 to 1,000; throws invalid_argument, record.bad_limit.
void require_page_limit(std::size_t limit);
// `value` as it is stored: `永久` → Y, `２０２１` → 2021, codes as they are: indexes compare them in any spelling.
Json canonical_value(const Catalogue& catalogue, const TypePlan& plan, const schema::FieldDecl& field,
                     const Json& value);

}  // namespace lantai::records
