// How do declaration files become a Schema? Read one by one into the schema under construction, remembering where each
// name was declared; then everything that refers to something else is checked; then it is sealed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lantai/schema/schema.h"
#include "yaml_reader.h"

namespace lantai::schema {

// Where things were declared: `item`, `item.title`, `vocabulary retention` → `file:line`.
using Places = std::map<std::string, std::string>;

void check_name(const std::string& place, const std::string& name);  // snake_case
// `path`: `item.title`, in a table `saved_search.filters.field`.
FieldDecl load_field(const std::string& path, const std::string& name, const Placed& value, Places& places);
// What a file that extends a type may add: fields, indexes, columns of the list, groups of the form.
void load_additions(TypeDecl& type, MappingReader& reader, Places& places);
void load_type_body(TypeDecl& type, MappingReader& reader, Places& places);

class SchemaLoader {
 public:
  void add(const DeclarationSource& source);
  std::shared_ptr<const Schema> finish();

 private:
  void add_type(const Placed& root);
  void add_vocabulary(const Placed& root);
  void add_numbering(const Placed& root);
  void add_messages(const Placed& root);
  void add_numbering_vocabulary();
  void check_vocabularies() const;
  void check_numberings();
  void resolve_codes(NumberingElement& element, const std::string& place) const;
  void type_conditions_of(TypeDecl& type) const;
  void check_type(const TypeDecl& type) const;
  void check_field(const TypeDecl& type, const FieldDecl& field, const std::string& place) const;
  void check_linked(const TypeDecl& type, const FieldDecl& field, const LinkedField& linked) const;
  void check_numbering_of(const TypeDecl& type) const;
  void check_names(const TypeDecl& type) const;

  std::shared_ptr<Schema> schema_ = std::make_shared<Schema>();
  Places places_;
  std::uint64_t hash_ = 0xcbf29ce484222325ULL, structure_hash_ = 0xcbf29ce484222325ULL;
};

}  // namespace lantai::schema
