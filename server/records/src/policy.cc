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

// Closed records are seen by those who keep records of the type.
bool keeps(const Principal& principal, const TypeDecl& type) { return has_role(principal, type.permissions.update); }

bool in_scope(const Principal& principal, const Standing& standing) {
  return principal.service || principal.all_departments || standing.open ||
         principal.scope.contains(standing.department);
}

bool is_lent(const Principal& principal, const Standing& standing) {
  return !principal.lent.empty() && std::any_of(standing.within.begin(), standing.within.end(),
                                                [&](const auto& name) { return principal.lent.contains(name); });
}

// Climbs from a record through all it lies in, nearest first, and keeps of each kind what is said first. A tree of
// links that ends nowhere ends here.
class Climb {
 public:
  struct Said {
    const TypeDecl* type = nullptr;  // of the record that says it; null: none does
    std::string value;
  };

  Climb(const Schema& schema, const Containers& containers) : schema_(schema), containers_(containers) {}

  void from(const TypeDecl& type, const Record& record) {
    within.push_back(type.name + "/" + record.id);
    hear(type, record, type.level_field, level);
    hear(type, record, type.closed_field, closed_until);
    hear(type, record, type.department_field, department);
    for (const auto& name : type.inherits) {
      const auto& target_name = type.find_field(name)->target;
      const auto id = field_text(record, name);
      const auto* target = schema_.find_type(target_name);
      const bool known = std::find(within.begin(), within.end(), target_name + "/" + id) != within.end();
      if (id.empty() || target == nullptr || known || within.size() >= kMaxContainers) continue;
      const auto container = containers_(target->name, id);
      if (container && !container->deleted) from(*target, *container);
    }
  }

  Said level, closed_until, department;
  std::vector<std::string> within;

 private:
  static void hear(const TypeDecl& type, const Record& record, const std::string& field, Said& said) {
    if (said.type != nullptr) return;
    said.value = field_text(record, field);
    if (!said.value.empty()) said.type = &type;
  }

  static constexpr std::size_t kMaxContainers = 100;
  const Schema& schema_;
  const Containers& containers_;
};

std::string owner_term(const TypeDecl& type, const std::string& owner) { return type.name + ":owner:" + owner; }

// item:1, while it is closed item:1!; open to every department item:0+; of a department item:1@…
std::string access_term(const TypeDecl& type, int rank, bool closed, const std::string& which = {}) {
  return type.name + ":" + std::to_string(rank) + (closed ? "!" : "") + which;
}
constexpr const char* kOpen = "+";
constexpr const char* kOfDepartment = "@";  // before its id; alone: of any that the principal's scope has

}  // namespace

Standing standing_of(const Schema& schema, const TypeDecl& type, const Record& record, const Containers& containers,
                     Date today) {
  Climb climb(schema, containers);
  climb.from(type, record);
  Standing standing;
  const auto& level_type = climb.level.type == nullptr ? type : *climb.level.type;
  if (const auto* levels = levels_of(schema, level_type)) {
    const auto& declared = level_type.find_field(level_type.level_field)->default_value;
    standing.level =
        climb.level.type == nullptr && declared.is_string() ? declared.get<std::string>() : climb.level.value;
    const auto* term = levels->find(standing.level);
    standing.rank = term == nullptr ? highest_rank(levels) : term->rank;
    standing.open = standing.rank == *ranks_of(levels).begin();
  } else {
    standing.open = true;
  }
  standing.department = climb.department.value;
  standing.closed = format_date(today) < climb.closed_until.value;
  if (!type.owner_field.empty() && !is_shared(type, record)) standing.owner = field_text(record, type.owner_field);
  standing.within = std::move(climb.within);
  return standing;
}

std::set<std::string> container_types(const Schema& schema) {
  std::set<std::string> types;
  for (const auto& type : schema.types()) {
    for (const auto& field : type.inherits) types.insert(type.find_field(field)->target);
  }
  return types;
}

Date office_day(Timestamp now) {
  constexpr int kChinaStandardTime = 8 * 60;
  return date_of(now, kChinaStandardTime);
}

bool allowed(const Schema&, const Principal& principal, Action action, const TypeDecl& type) {
  const bool completes = action == Action::add_file && has_role(principal, type.permissions.create);
  if (!completes && !has_role(principal, roles_for(type, action))) return false;
  return action != Action::export_records || has_role(principal, type.permissions.read);
}

Verdict verdict(const Schema& schema, const Principal& principal, const TypeDecl& type, const Standing& standing) {
  if (!allowed(schema, principal, Action::read, type)) return {false, Ground::role};
  if (standing.owner && !principal.service) return {*standing.owner == principal.id, Ground::owner};
  if (is_lent(principal, standing)) return {true, Ground::lent};
  if (standing.rank > principal.clearance) return {false, Ground::clearance};
  if (!in_scope(principal, standing)) return {false, Ground::department};
  if (standing.closed && !keeps(principal, type)) return {false, Ground::closed};
  return {true, standing.open ? Ground::all : Ground::clearance};
}

bool allowed(const Schema& schema, const Principal& principal, Action action, const TypeDecl& type,
             const Record& record, const Standing& standing) {
  if (!allowed(schema, principal, action, type)) return false;
  // Who only made it completes it until somebody else changes it.
  const bool only_made = action == Action::add_file && !has_role(principal, type.permissions.update);
  if (only_made && record.author != principal.id) return false;
  if (!verdict(schema, principal, type, standing).visible) return false;
  // What is lent is lent for reading.
  const bool reads = action == Action::read || action == Action::export_records;
  return reads || (owner_allows(principal, action, type, record) && standing.rank <= principal.clearance &&
                   in_scope(principal, standing));
}

bool sees_all(const Schema& schema, const Principal& principal, const TypeDecl& type) {
  if (!allowed(schema, principal, Action::read, type)) return false;
  // What it lies in may have levels of another vocabulary.
  int highest = 0;
  for (const auto& one : schema.types()) highest = std::max(highest, highest_rank(levels_of(schema, one)));
  return highest <= principal.clearance && (principal.service || principal.all_departments) &&
         (type.owner_field.empty() || principal.service) && keeps(principal, type);
}

bool may_see_personal(const Principal& principal, const TypeDecl& type) {
  return has_role(principal, type.permissions.update);
}

std::vector<std::string> access_terms(const TypeDecl& type, const Standing& standing) {
  if (standing.owner) return {owner_term(type, *standing.owner), type.name + kOwned};
  std::vector<std::string> terms{access_term(type, standing.rank, standing.closed, standing.open ? kOpen : "")};
  if (!standing.open && !standing.department.empty())
    terms.push_back(access_term(type, standing.rank, standing.closed, kOfDepartment + standing.department));
  return terms;
}

bool shows_no_more(const Standing& shown, const Standing& by) {
  return shown.rank <= by.rank && !shown.owner && (by.closed || !shown.closed) &&
         (shown.open || (!by.open && shown.department == by.department));
}

AccessGrant access_grant(const Schema& schema, const Principal& principal) {
  AccessGrant grant;
  grant.everything = true;
  grant.lent.assign(principal.lent.begin(), principal.lent.end());
  if (!principal.service && !principal.all_departments) grant.departments = principal.scope;
  std::set<int> ranks;
  for (const auto& type : schema.types()) ranks.merge(ranks_of(levels_of(schema, type)));
  for (const auto& type : schema.types()) {
    if (type.searchable && !sees_all(schema, principal, type)) grant.everything = false;
    if (!allowed(schema, principal, Action::read, type)) continue;
    if (!type.owner_field.empty()) {
      grant.any_of.push_back(principal.service ? type.name + kOwned : owner_term(type, principal.id));
    }
    grant.lent_types.push_back(type.name);
    const auto add = [&](int rank, const char* which) {
      grant.any_of.push_back(access_term(type, rank, false, which));
      if (keeps(principal, type)) grant.any_of.push_back(access_term(type, rank, true, which));
    };
    const bool everywhere = principal.service || principal.all_departments;
    for (const int rank : ranks) {
      if (rank > principal.clearance) continue;
      add(rank, kOpen);
      add(rank, everywhere ? "" : kOfDepartment);
    }
  }
  return grant;
}

}  // namespace lantai::records
