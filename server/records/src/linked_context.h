// What do the records that a record links to say of it? The values that follow a link (`follows: fonds.code`), the
// scheme its codes belong to (`scheme: fonds.class_scheme`) and the template its reference code is written by. Part of
// a write; each linked record is read once. Confined to its transaction.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "lantai/storage/transaction.h"
#include "type_plan.h"

namespace lantai::records {

struct Arrangement {
  const schema::NumberingTemplate* numbering = nullptr;
  bool chosen = false;  // by what the record links to; otherwise it is the type's own
};

class LinkedContext {
 public:
  LinkedContext(const Catalogue& catalogue, const TypePlan& plan, storage::Transaction& transaction)
      : catalogue_(catalogue), plan_(plan), transaction_(transaction) {}

  // For numbered types only. The template that the linked record names in `<type>_numbering`, else the type's own when
  // it is of the linked record's scheme, else one of the scheme.
  Arrangement arrangement(const Json& fields);
  // By field: a chosen template goes before the scheme of the linked record.
  schema::Schemes schemes(const Json& fields);
  // Fills in values that follow a link; gives back the names of those that a link decides. Throws `field.contradicts`
  // when this write makes a value and its link disagree.
  std::set<std::string> follow(const Record* before, Record& after);

 private:
  Json linked_value(const Json& fields, const std::string& link, const std::string& name);
  std::string scheme_of(const Json& fields, const std::string& field);

  const Catalogue& catalogue_;
  const TypePlan& plan_;
  storage::Transaction& transaction_;
  std::map<std::string, std::optional<Record>> loaded_;  // by type and id
};

}  // namespace lantai::records
