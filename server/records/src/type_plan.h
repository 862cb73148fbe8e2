// What does a declaration mean for storage? Which indexes and unique keys a type has, which links, which code: computed
// once per schema. Immutable; thread-safe. Holds the schema it points into.
//
// Indexed are: fields declared indexed, unique or sortable, links, the code; each single-valued sortable one also under
// the parent (`parent/field`), so that children are listed in its order without sorting; and the declared compound
// indexes. Records without a value have entries where an order must not drop them (sortable fields, the code,
// compounds) or where they are asked for as often as others (the parent). `@id` has every record that is not deleted,
// in the order in which they were made.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "index_value.h"
#include "lantai/records/record.h"
#include "lantai/schema/schema.h"

namespace lantai::records {

inline constexpr std::string_view kIdIndex = "@id";

struct IndexPlan {
  std::string name;
  std::vector<const schema::FieldDecl*> fields;
  std::vector<bool> codes;  // of each field: compared as a reference code is, whatever its spelling
  bool many = false;        // one entry a value; single-field indexes only
  bool absent_too = true;   // records without a value have an entry
  std::size_t text_limit = 0;

  Bytes component(std::size_t field, const schema::Json& value) const;
  ComponentBounds bounds(std::size_t field, std::optional<std::string> from, std::optional<std::string> to) const;
};

struct UniqueEntry {
  Bytes key;
  std::string index;
};

struct Link {
  std::string field;  // `volume`, or `rows.person` inside a table
  std::string target_type, target_id;
  auto operator<=>(const Link&) const = default;
};

class TypePlan {
 public:
  TypePlan(const schema::Schema& schema, const schema::TypeDecl& type);

  const schema::TypeDecl& type() const { return *type_; }
  const schema::NumberingTemplate* numbering() const { return numbering_; }  // null: none
  const std::vector<IndexPlan>& indexes() const { return indexes_; }
  const IndexPlan* find_index(std::string_view name) const;
  const IndexPlan* find_unique(std::string_view name) const;

  // Of a single-valued index: the components of this record's one entry.
  static Bytes components(const IndexPlan& index, const schema::Json& fields);
  // Every index key of a record that is not deleted, and every unique key without those it takes no part in.
  std::set<Bytes> index_keys(const Record& record) const;
  std::vector<UniqueEntry> unique_entries(const Record& record) const;
  // Those of the code alone.
  std::vector<UniqueEntry> code_entries(const Record& record) const;
  bool is_code(std::string_view unique_index) const;  // that index holds the code field
  std::vector<std::string> code_context() const;      // the fields within whose values the code is unique
  std::set<Link> links(const Record& record) const;
  // Changes when entries of stored records have to be made anew: `2`, the version of how entries are written, then for
  // each index `i`, for each unique key `u`, its name and, in brackets, its fields, behind them `!` if records without
  // a value have no entry.
  std::string signature() const;

  std::string former_codes_field() const;                                // `former_codes`; empty: not declared
  std::string as_given_field() const { return companion("_as_given"); }  // the code as typed; empty: not declared

 private:
  void plan_single_fields();
  void plan_tree();
  void plan_compounds();
  void plan_code();
  IndexPlan make_plan(std::string name, std::vector<const schema::FieldDecl*> fields) const;
  bool is_code_field(const schema::FieldDecl& field) const;
  void add_unique(std::string name, std::vector<const schema::FieldDecl*> fields);
  std::string companion(std::string_view suffix) const;

  const schema::Schema* schema_;
  const schema::TypeDecl* type_;
  const schema::NumberingTemplate* numbering_ = nullptr;
  std::vector<IndexPlan> indexes_, uniques_;
};

// All types of one schema.
class Catalogue {
 public:
  explicit Catalogue(std::shared_ptr<const schema::Schema> schema);
  const schema::Schema& schema() const { return *schema_; }
  const std::shared_ptr<const schema::Schema>& shared_schema() const { return schema_; }
  const TypePlan& plan(std::string_view type) const;  // throws not_found
  const TypePlan* find_plan(std::string_view type) const;
  const std::map<std::string, TypePlan, std::less<>>& plans() const { return plans_; }

 private:
  std::shared_ptr<const schema::Schema> schema_;
  std::map<std::string, TypePlan, std::less<>> plans_;
};

}  // namespace lantai::records
