// What do people call the fields in queries, filters and facets? 年度, 文号, Retention period: the labels in any of the
// three languages and the other names of the declarations. Immutable, thread-safe.
#pragma once

#include <string>

#include "lantai/schema/schema.h"
#include "lantai/search/searcher.h"

namespace lantai::app {

class FieldNames {
 public:
  explicit FieldNames(const schema::Schema& schema);  // which outlives it

  const search::FieldAliases& aliases() const { return aliases_; }
  // The fields that records are called by: titles, people, departments.
  std::vector<std::string> name_fields() const;
  // With declared names in filters and facets. Throws invalid_argument (`search.unknown_filter`) for a filter on a
  // field that nobody declares; an unknown facet becomes a hint of the answer.
  void resolve(search::SearchRequest& request) const;

 private:
  void add(const std::string& called, const std::string& field);
  void add_type(const schema::TypeDecl& type);
  bool is_declared(const std::string& name) const;
  std::string declared(const std::string& called) const;  // the same when nobody calls a field so

  const schema::Schema& schema_;
  search::FieldAliases aliases_;
};

}  // namespace lantai::app
