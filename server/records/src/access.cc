#include "access.h"

#include "engine_impl.h"

namespace lantai::records {
namespace {

using schema::Sensitivity;
using schema::TypeDecl;

[[noreturn]] void deny(const TypeDecl& type) {
  throw Denied(ErrorCode::permission_denied, "the principal may not do this to " + type.name,
               "record.permission_denied");
}

void mask_rows(const schema::FieldDecl& table, Record& record) {
  const auto rows = record.fields.find(table.name);
  if (rows == record.fields.end() || !rows->is_array()) return;
  for (const auto& column : table.columns) {
    if (column.sensitivity != Sensitivity::personal) continue;
    bool any = false;
    for (auto& row : *rows) any = (row.is_object() && row.erase(column.name) > 0) || any;
    if (any) record.masked.push_back(table.name + "." + column.name);
  }
}

}  // namespace

// What is not there costs as much as what may not be seen: its attempt is audited, too.
void throw_not_found(std::string_view type, std::string_view id) {
  const auto message = "there is no " + subject(type, id);
  if (id.size() == kIdBytes) throw Denied(ErrorCode::not_found, message, "record.not_found");
  throw Error(ErrorCode::not_found, message, "record.not_found");
}

Standing Access::standing(const TypePlan& plan, const Record& record) {
  return standing_of(
      catalogue_.schema(), plan.type(), record,
      [this](const std::string& type, const std::string& id) { return container(type, id); }, today_);
}

std::shared_ptr<const Record> Access::container(const std::string& type, const std::string& id) {
  constexpr std::size_t kRemembered = 1000;
  const auto key = std::pair(type, id);
  const auto known = containers_.find(key);
  if (known != containers_.end()) return known->second;
  if (containers_.size() >= kRemembered) containers_.clear();
  return containers_.emplace(key, load_(type, id)).first->second;
}

bool Access::sees_all_of(const TypeDecl& type) {
  const auto known = sees_all_.find(type.name);
  if (known != sees_all_.end()) return known->second;
  return sees_all_[type.name] = sees_all(catalogue_.schema(), principal_, type);
}

bool Access::visible(const TypePlan& plan, const Record& record) { return may(Action::read, plan, record); }

bool Access::may(Action action, const TypePlan& plan, const Record& record) {
  const auto& schema = catalogue_.schema();
  if (!allowed(schema, principal_, action, plan.type())) return false;
  // Who sees and keeps every record of the type is stopped by none of them: what it lies in need not be read.
  return sees_all_of(plan.type()) || allowed(schema, principal_, action, plan.type(), record, standing(plan, record));
}

void Access::require(Action action, const TypePlan& plan) const {
  if (!allowed(catalogue_.schema(), principal_, action, plan.type())) deny(plan.type());
}

void Access::require_visible(const TypePlan& plan, const Record& record) {
  if (visible(plan, record)) return;
  throw_not_found(record.type, record.id);
}

void Access::require(Action action, const TypePlan& plan, const Record& record) {
  require_visible(plan, record);
  if (!may(action, plan, record)) deny(plan.type());
}

Record masked(const Principal& principal, const TypeDecl& type, Record record) {
  if (may_see_personal(principal, type)) return record;
  for (const auto& field : type.fields) {
    if (field.kind == schema::FieldKind::table) mask_rows(field, record);
    if (field.sensitivity == Sensitivity::personal && record.fields.erase(field.name) > 0) {
      record.masked.push_back(field.name);
    }
  }
  return record;
}

void require_condition_on(const Principal& principal, const TypeDecl& type, std::string_view field) {
  const auto* declared = type.find_field(field);
  if (declared == nullptr || declared->sensitivity == Sensitivity::normal) return;
  if (!may_see_personal(principal, type)) deny(type);
}

}  // namespace lantai::records
