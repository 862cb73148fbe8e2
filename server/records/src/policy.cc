#include "lantai/records/policy.h"

#include <algorithm>
#include <set>

namespace lantai::records {
namespace {

using schema::Schema;
using schema::TypeDecl;

const std::vector<std::string>& roles_for(const TypeDecl& type, Action action) {
  switch (action) {
    case Action::read:
      return type.permissions.read;
    case Action::create:
      return type.permissions.create;
    case Action::update:
    case Action::add_file:
      return type.permissions.update;
    case Action::remove:
      return type.permissions.remove;
    case Action::export_records:
      return type.permissions.export_;
  }
  return type.permissions.read;
}

constexpr const char* kOwned = ":owned";  // carried by every owned record: what service principals see

bool has_role(const Principal& principal, const std::vector<std::string>& roles) {
  if (principal.service) return true;
  return std::any_of(roles.begin(), roles.end(), [&](const auto& role) { return principal.roles.contains(role); });
}

const schema::Vocabulary* levels_of(const Schema& schema, const TypeDecl& type) {
  const auto* field = type.level_field.empty() ? nullptr : type.find_field(type.level_field);
  return field == nullptr ? nullptr : schema.find_vocabulary(field->vocabulary);
}

std::set<int> ranks_of(const schema::Vocabulary* levels) {
  std::set<int> ranks;
  if (levels != nullptr) {
    for (const auto& term : levels->terms) ranks.insert(term.rank);
  }
  if (ranks.empty()) ranks.insert(0);
  return ranks;
}

int highest_rank(const schema::Vocabulary* levels) { return *ranks_of(levels).rbegin(); }

std::string field_text(const Record& record, const std::string& name) {
  const auto found = record.fields.find(name);
  return found != record.fields.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_shared(const TypeDecl& type, const Record& record) {
  const auto found = record.fields.find(type.shared_field);
  return found != record.fields.end() && found->is_boolean() && found->get<bool>();
}

// An owned record is its owner's alone; shared, others may read it.
bool owner_allows(const Principal& principal, Action action, const TypeDecl& type, const Record& record) {
  if (type.owner_field.empty() || principal.service) return true;
  if (field_text(record, type.owner_field) == principal.id) return true;
  return (action == Action::read || action == Action::export_records) && is_shared(type, record);
}

std::string owner_term(const TypeDecl& type, const std::string& owner) { return type.name + ":owner:" + owner; }

std::string access_term(const TypeDecl& type, int rank) { return type.name + ":" + std::to_string(rank); }

}  // namespace

int required_clearance(const Schema& schema, const TypeDecl& type, const Record& record) {
  const auto* levels = levels_of(schema, type);
  if (levels == nullptr) return 0;
  const auto* field = type.find_field(type.level_field);
  const auto found = record.fields.find(type.level_field);
  const Json& level = found != record.fields.end() && !found->is_null() ? *found : field->default_value;
  const auto* term = level.is_string() ? levels->find(level.get_ref<const std::string&>()) : nullptr;
  return term == nullptr ? highest_rank(levels) : term->rank;
}

bool allowed(const Schema& schema, const Principal& principal, Action action, const TypeDecl& type,
             const Record* record) {
  const bool own = action == Action::add_file && (record == nullptr || record->author == principal.id) &&
                   has_role(principal, type.permissions.create);
  if (!own && !has_role(principal, roles_for(type, action))) return false;
  if (action == Action::export_records && !has_role(principal, type.permissions.read)) return false;
  if (record == nullptr) return true;
  return required_clearance(schema, type, *record) <= principal.clearance &&
         owner_allows(principal, action, type, *record);
}

bool may_see_personal(const Principal& principal, const TypeDecl& type) {
  return has_role(principal, type.permissions.update);
}

std::vector<std::string> access_terms(const Schema& schema, const TypeDecl& type, const Record& record) {
  if (!type.owner_field.empty() && !is_shared(type, record)) {
    return {owner_term(type, field_text(record, type.owner_field)), type.name + kOwned};
  }
  return {access_term(type, required_clearance(schema, type, record))};
}

AccessGrant access_grant(const Schema& schema, const Principal& principal) {
  AccessGrant grant;
  grant.everything = true;
  for (const auto& type : schema.types()) {
    const auto ranks = ranks_of(levels_of(schema, type));
    const bool readable = allowed(schema, principal, Action::read, type, nullptr);
    const bool whole =
        readable && *ranks.rbegin() <= principal.clearance && (type.owner_field.empty() || principal.service);
    if (type.searchable && !whole) grant.everything = false;
    if (!readable) continue;
    if (!type.owner_field.empty()) {
      grant.any_of.push_back(principal.service ? type.name + kOwned : owner_term(type, principal.id));
    }
    for (const int rank : ranks) {
      if (rank <= principal.clearance) grant.any_of.push_back(access_term(type, rank));
    }
  }
  return grant;
}

}  // namespace lantai::records
