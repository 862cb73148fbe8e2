#include "type_plan.h"

#include <algorithm>
#include <climits>

#include "index_value.h"
#include "lantai/base/error.h"
#include "lantai/records/policy.h"
#include "record_keys.h"

namespace lantai::records {
namespace {

using schema::FieldDecl;
using schema::FieldKind;
using schema::TypeDecl;

constexpr std::size_t kIndexTextBytes = 640;  // of all components of one key together
constexpr int kSignatureFormat = 2;

bool can_be_indexed(const FieldDecl& field) {
  return field.kind != FieldKind::table && field.kind != FieldKind::long_text;
}

bool is_indexed(const TypeDecl& type, const FieldDecl& field) {
  return can_be_indexed(field) && (field.indexed || field.unique || field.sortable || field.kind == FieldKind::link ||
                                   field.name == type.code_field || field.name == type.parent_field);
}

const Json& field_value(const Json& fields, const std::string& name) {
  static const Json kNone;
  const auto found = fields.find(name);
  return found == fields.end() ? kNone : *found;
}

void append(Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); }

// Without its last field a record takes no part in a unique key; other absent fields are equal to one another.
bool takes_part(const IndexPlan& index, const Json& fields) {
  return !field_value(fields, index.fields.back()->name).is_null();
}

// One entry for each value of a field that has many.
std::vector<Bytes> all_components(const IndexPlan& index, const Json& fields) {
  if (!index.many) return {TypePlan::components(index, fields)};
  const auto& values = field_value(fields, index.fields.front()->name);
  std::vector<Bytes> out;
  if (!values.is_array()) return out;
  for (const auto& value : values) out.push_back(index.component(0, value));
  return out;
}

void add_links(const FieldDecl& field, const std::string& path, const Json& value, std::set<Link>& out) {
  if (value.is_null()) return;
  if (field.kind == FieldKind::link && value.is_string()) out.insert({path, field.target, value.get<std::string>()});
  if (field.kind == FieldKind::link && value.is_array()) {
    for (const auto& one : value) add_links(field, path, one, out);
  }
  if (field.kind != FieldKind::table || !value.is_array()) return;
  for (const auto& row : value) {
    if (!row.is_object()) continue;
    for (const auto& column : field.columns) {
      add_links(column, path + "." + column.name, field_value(row, column.name), out);
    }
  }
}

}  // namespace

Bytes IndexPlan::component(std::size_t field, const Json& value) const {
  if (codes[field] && value.is_string())
    return index_component(*fields[field], schema::code_key(value.get_ref<const std::string&>()), text_limit);
  return index_component(*fields[field], value, text_limit);
}

ComponentBounds IndexPlan::bounds(std::size_t field, std::optional<std::string> from,
                                  std::optional<std::string> to) const {
  if (codes[field] && from) from = schema::code_key(*from);
  if (codes[field] && to) to = schema::code_key(*to);
  return index_bounds(*fields[field], from, to, text_limit);
}

TypePlan::TypePlan(const schema::Schema& schema, const TypeDecl& type) : schema_(&schema), type_(&type) {
  if (!type.numbering.empty() && !type.code_field.empty()) numbering_ = schema.find_numbering(type.numbering);
  plan_single_fields();
  plan_tree();
  plan_compounds();
  plan_code();
}

bool TypePlan::is_code_field(const FieldDecl& field) const {
  return numbering_ != nullptr && (field.name == type_->code_field || field.name == former_codes_field());
}

IndexPlan TypePlan::make_plan(std::string name, std::vector<const FieldDecl*> fields) const {
  IndexPlan plan;
  plan.name = std::move(name);
  plan.many = fields.size() == 1 && fields.front()->many;
  plan.text_limit = kIndexTextBytes / fields.size();
  for (const auto* field : fields) plan.codes.push_back(is_code_field(*field));
  plan.fields = std::move(fields);
  return plan;
}

// What makes a code unique is compared as codes are, too. `=` tells such keys from those of earlier versions, which
// held the code as it was written.
void TypePlan::add_unique(std::string name, std::vector<const FieldDecl*> fields) {
  auto plan = make_plan(std::move(name), std::move(fields));
  if (std::find(plan.codes.begin(), plan.codes.end(), true) != plan.codes.end()) {
    plan.name = "=" + plan.name;
    plan.codes.assign(plan.codes.size(), true);
  }
  uniques_.push_back(std::move(plan));
}

void TypePlan::plan_single_fields() {
  for (const auto& field : type_->fields) {
    if (is_indexed(*type_, field)) {
      indexes_.push_back(make_plan(field.name, {&field}));
      indexes_.back().absent_too =
          !field.many && (field.sortable || field.name == type_->code_field || field.name == type_->parent_field);
    }
    if (can_be_indexed(field) && field.unique) add_unique(field.name, {&field});
  }
}

void TypePlan::plan_tree() {
  const auto* parent = type_->parent_field.empty() ? nullptr : type_->find_field(type_->parent_field);
  if (parent == nullptr || parent->many) return;
  for (const auto& field : type_->fields) {
    const bool wanted = field.sortable || field.name == type_->code_field || field.name == type_->title_field;
    if (!wanted || field.many || &field == parent || !can_be_indexed(field)) continue;
    indexes_.push_back(make_plan(parent->name + "/" + field.name, {parent, &field}));
  }
}

void TypePlan::plan_compounds() {
  for (const auto& compound : type_->indexes) {
    std::vector<const FieldDecl*> fields;
    for (const auto& name : compound.fields) {
      const auto* field = type_->find_field(name);
      if (field == nullptr || field->many || !can_be_indexed(*field)) {
        throw Error(ErrorCode::invalid_argument,
                    "index " + compound.name + " of " + type_->name + " cannot hold the field " + name);
      }
      fields.push_back(field);
    }
    if (fields.empty()) continue;
    indexes_.push_back(make_plan("+" + compound.name, fields));
    if (compound.unique) add_unique("+" + compound.name, std::move(fields));
  }
}

// Numbered types: no code twice, whether or not the declaration says in which context; earlier codes can be looked up.
void TypePlan::plan_code() {
  if (numbering_ == nullptr) return;
  const auto* code = type_->find_field(type_->code_field);
  const bool unique = std::any_of(uniques_.begin(), uniques_.end(), [&](const auto& index) {
    return std::find(index.fields.begin(), index.fields.end(), code) != index.fields.end();
  });
  if (code != nullptr && !unique) add_unique(code->name, {code});
  const auto* former = type_->find_field(former_codes_field());
  if (former == nullptr || find_index(former->name) != nullptr) return;
  indexes_.push_back(make_plan(former->name, {former}));
  indexes_.back().absent_too = false;
}

const IndexPlan* TypePlan::find_index(std::string_view name) const {
  const auto found = std::find_if(indexes_.begin(), indexes_.end(), [&](const auto& i) { return i.name == name; });
  return found == indexes_.end() ? nullptr : &*found;
}

const IndexPlan* TypePlan::find_unique(std::string_view name) const {
  const auto found = std::find_if(uniques_.begin(), uniques_.end(), [&](const auto& i) { return i.name == name; });
  return found == uniques_.end() ? nullptr : &*found;
}

Bytes TypePlan::components(const IndexPlan& index, const Json& fields) {
  Bytes out;
  for (std::size_t i = 0; i < index.fields.size(); ++i) {
    append(out, index.component(i, field_value(fields, index.fields[i]->name)));
  }
  return out;
}

std::set<Bytes> TypePlan::index_keys(const Record& record) const {
  std::set<Bytes> out;
  if (record.deleted) return out;
  for (const auto& index : indexes_) {
    if (!index.absent_too && field_value(record.fields, index.fields.front()->name).is_null()) continue;
    for (const auto& entry : all_components(index, record.fields)) {
      out.insert(index_key(type_->name, index.name, entry, record.id));
    }
  }
  out.insert(index_key(type_->name, kIdIndex, {}, record.id));
  return out;
}

std::vector<UniqueEntry> TypePlan::unique_entries(const Record& record) const {
  std::vector<UniqueEntry> out;
  if (record.deleted) return out;
  for (const auto& index : uniques_) {
    if (!takes_part(index, record.fields)) continue;
    for (const auto& entry : all_components(index, record.fields)) {
      out.push_back({unique_key(type_->name, index.name, entry), index.name});
    }
  }
  return out;
}

std::vector<UniqueEntry> TypePlan::code_entries(const Record& record) const {
  auto out = unique_entries(record);
  out.erase(std::remove_if(out.begin(), out.end(), [&](const auto& entry) { return !is_code(entry.index); }),
            out.end());
  return out;
}

bool TypePlan::is_code(std::string_view unique_index) const {
  const auto* index = find_unique(unique_index);
  return index != nullptr && std::any_of(index->fields.begin(), index->fields.end(),
                                         [&](const auto* field) { return field->name == type_->code_field; });
}

std::vector<std::string> TypePlan::code_context() const {
  std::vector<std::string> out;
  for (const auto& index : uniques_) {
    if (!is_code(index.name)) continue;
    for (const auto* field : index.fields) {
      if (field->name != type_->code_field) out.push_back(field->name);
    }
  }
  return out;
}

std::set<Link> TypePlan::links(const Record& record) const {
  std::set<Link> out;
  if (record.deleted) return out;
  for (const auto& field : type_->fields) add_links(field, field.name, field_value(record.fields, field.name), out);
  return out;
}

std::string TypePlan::signature() const {
  std::string out = std::to_string(kSignatureFormat);
  const auto add = [&](char mark, const IndexPlan& index) {
    out += mark + index.name + "(";
    for (const auto* field : index.fields) {
      out += field->name + ":" + std::to_string(static_cast<int>(field->kind)) + (field->many ? "*" : "") + ",";
    }
    out += index.absent_too ? ")" : "!)";
  };
  for (const auto& index : indexes_) add('i', index);
  out += "i" + std::string(kIdIndex) + "()";
  for (const auto& index : uniques_) add('u', index);
  return out;
}

std::string TypePlan::companion(std::string_view suffix) const {
  if (type_->code_field.empty()) return {};
  auto name = type_->code_field + std::string(suffix);
  return type_->find_field(name) == nullptr ? std::string() : name;
}

std::string TypePlan::former_codes_field() const {
  const auto own = companion("_aliases");
  return own.empty() && type_->find_field("former_codes") != nullptr ? "former_codes" : own;
}

Catalogue::Catalogue(std::shared_ptr<const schema::Schema> schema) : schema_(std::move(schema)) {
  for (const auto& type : schema_->types()) plans_.emplace(type.name, TypePlan(*schema_, type));
}

const TypePlan* Catalogue::find_plan(std::string_view type) const {
  const auto found = plans_.find(type);
  return found == plans_.end() ? nullptr : &found->second;
}

const TypePlan& Catalogue::plan(std::string_view type) const {
  if (const auto* found = find_plan(type)) return *found;
  throw Error(ErrorCode::not_found, "there is no record type " + std::string(type), "record.unknown_type",
              {{"type", std::string(type)}});
}

}  // namespace lantai::records
