#include "lantai/records/link_names.h"

#include <vector>

#include "lantai/base/id.h"

namespace lantai::records {
namespace {

bool is_name(const schema::TypeDecl& type, const schema::FieldDecl& field) {
  const bool naming = field.unique || field.name == type.code_field || field.name == type.title_field;
  return naming && (field.unique || field.indexed || field.sortable);
}

}  // namespace

bool LinkNames::resolve(const schema::TypeDecl& type, Json& fields) const {
  bool resolved = true;
  for (const auto& field : type.fields) {
    const auto at = fields.find(field.name);
    if (field.kind != schema::FieldKind::link || at == fields.end()) continue;
    std::vector<Json*> values;
    if (!at->is_array()) values.push_back(&*at);
    for (std::size_t i = 0; at->is_array() && i < at->size(); ++i) values.push_back(&(*at)[i]);
    for (Json* value : values) {
      if (!value->is_string()) continue;
      const auto id = id_of(engine_.schema().type(field.target), value->get_ref<const std::string&>());
      if (id) *value = *id;
      resolved = resolved && id;
    }
  }
  return resolved;
}

std::optional<std::string> LinkNames::id_of(const schema::TypeDecl& target, const std::string& called) const {
  if (!is_id(called)) {
    if (auto found = find(target, called)) return found;
  } else if (engine_.find(principal_, target.name, called)) {
    return called;
  }
  return otherwise_ ? otherwise_(target, called, is_id(called)) : std::nullopt;
}

std::optional<std::string> LinkNames::find(const schema::TypeDecl& target, const std::string& called) const {
  for (const auto& field : target.fields) {
    if (!is_name(target, field)) continue;
    if (const auto record = engine_.find_by(principal_, target.name, field.name, called)) return record->id;
  }
  return std::nullopt;
}

void PlannedNames::add(const schema::TypeDecl& type, const Json& fields, const std::string& key) {
  std::lock_guard lock(mutex_);
  if (!key.empty()) names_.emplace(type.name, key);
  for (const auto& field : type.fields) {
    const auto at = fields.find(field.name);
    const bool given = at != fields.end() && at->is_string();
    if (given && is_name(type, field)) names_.emplace(type.name, at->get<std::string>());
    if (!given && field.name == type.code_field && !type.number_field.empty()) uncoded_.insert(type.name);
  }
}

bool PlannedNames::may_mean(const schema::TypeDecl& target, const std::string& called) const {
  std::lock_guard lock(mutex_);
  return uncoded_.contains(target.name) || names_.contains({target.name, called});
}

}  // namespace lantai::records
