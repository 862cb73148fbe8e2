#include "field_names.h"

#include <algorithm>
#include <set>

#include "lantai/archive/catalogue_tree.h"
#include "lantai/base/error.h"
#include "lantai/text/folding.h"

namespace lantai::app {

FieldNames::FieldNames(const schema::Schema& schema) : schema_(schema) {
  // Where two types use one word for different fields, it means the item's.
  if (const auto* item = schema.find_type("item")) add_type(*item);
  for (const auto& type : schema.types()) add_type(type);
}

void FieldNames::add(const std::string& called, const std::string& field) {
  if (!called.empty()) aliases_.emplace(text::to_utf8(text::fold_only(called)), field);
}

void FieldNames::add_type(const schema::TypeDecl& type) {
  for (const auto& field : type.fields) {
    add(field.label.zh_hans, field.name);
    add(field.label.zh_hant, field.name);
    add(field.label.en, field.name);
  }
  for (const auto& field : type.fields) {
    for (const auto& alias : field.aliases) add(alias, field.name);
  }
}

std::vector<std::string> FieldNames::name_fields() const {
  std::set<std::string> names{"title"};
  for (const auto& type : schema_.types())
    if (const auto* field = type.find_field(type.title_field); field != nullptr && field->searchable)
      names.insert(field->name);
  return {names.begin(), names.end()};
}

bool FieldNames::is_declared(const std::string& name) const {
  const auto& places = archive::kTreeFields;
  if (name == "format" || std::find(std::begin(places), std::end(places), name) != std::end(places)) return true;
  return std::any_of(schema_.types().begin(), schema_.types().end(),
                     [&](const auto& type) { return type.find_field(name) != nullptr; });
}

std::string FieldNames::declared(const std::string& called) const {
  if (is_declared(called)) return called;
  const auto found = aliases_.find(text::to_utf8(text::fold_only(called)));
  return found == aliases_.end() ? called : found->second;
}

void FieldNames::resolve(search::SearchRequest& request) const {
  for (auto& filter : request.filters) {
    filter.field = declared(filter.field);
    if (!is_declared(filter.field))
      throw Error(ErrorCode::invalid_argument, "no field to filter by: " + filter.field, "search.unknown_filter",
                  {{"detail", filter.field}});
  }
  for (auto& facet : request.facets) facet = declared(facet);
}

}  // namespace lantai::app
