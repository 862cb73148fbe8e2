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

void throw_not_found(std::string_view type, std::string_view id) {
  throw Error(ErrorCode::not_found, "there is no " + subject(type, id), "record.not_found");
}

bool visible(const Catalogue& catalogue, const Principal& principal, const TypePlan& plan, const Record& record) {
  return allowed(catalogue.schema(), principal, Action::read, plan.type(), &record);
}

void require(const Catalogue& catalogue, const Principal& principal, Action action, const TypePlan& plan) {
  if (!allowed(catalogue.schema(), principal, action, plan.type(), nullptr)) deny(plan.type());
}

void require_visible(const Catalogue& catalogue, const Principal& principal, const TypePlan& plan,
                     const Record& record) {
  if (visible(catalogue, principal, plan, record)) return;
  throw Denied(ErrorCode::not_found, "there is no " + subject(record.type, record.id), "record.not_found");
}

void require(const Catalogue& catalogue, const Principal& principal, Action action, const TypePlan& plan,
             const Record& record) {
  require_visible(catalogue, principal, plan, record);
  if (!allowed(catalogue.schema(), principal, action, plan.type(), &record)) deny(plan.type());
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
