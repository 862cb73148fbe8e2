#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "loader.h"
#include "values.h"

namespace lantai::schema {
namespace {

FieldKind load_kind(const Placed& value) {
  const auto kind = find_kind(scalar(value));
  if (!kind) fail_at(value.place(), fmt::format("unknown kind `{}`", scalar(value)));
  return *kind;
}

Json load_default(const Placed& value, FieldKind kind) {
  switch (kind) {
    case FieldKind::boolean:
      return boolean(value);
    case FieldKind::integer:
      return integer(value);
    default:
      return scalar(value);
  }
}

std::vector<FieldDecl> load_columns(const std::string& path, const Placed& value, Places& places) {
  std::vector<FieldDecl> columns;
  for (const auto& [name, column] : mapping(value))
    columns.push_back(load_field(path + "." + name, name, column, places));
  return columns;
}

// Syntax only: the fields it names may stand further down.
std::optional<feel::Expression> load_condition(MappingReader& reader, std::string_view key) {
  const auto value = reader.take(key);
  if (!value) return std::nullopt;
  try {
    return feel::Expression::parse(scalar(*value));
  } catch (const Error& error) {
    if (error.message().starts_with(value->file)) throw;
    fail_at(value->place(), error.message());
  }
}

// `fonds.code`: a link of this type and a field of its target.
LinkedField load_linked(MappingReader& reader, std::string_view key) {
  const auto value = reader.take(key);
  if (!value) return {};
  const auto text = scalar(*value);
  const auto dot = text.find('.');
  if (dot == 0 || dot == std::string::npos || dot + 1 == text.size())
    fail_at(value->place(), fmt::format("`{}` is written link.field", key));
  return {text.substr(0, dot), text.substr(dot + 1)};
}

void load_constraints(FieldDecl& field, MappingReader& reader) {
  field.required = reader.flag("required");
  field.expected = reader.flag("expected");
  field.many = reader.flag("many");
  field.required_if = load_condition(reader, "required_if");
  field.visible_if = load_condition(reader, "visible_if");
  field.system = reader.flag("system");
  field.min = reader.whole("min");
  field.max = reader.whole("max");
  field.pattern = reader.text("pattern");
  if (!field.pattern.empty()) field.compiled = compile_pattern(field.pattern);
  if (!field.pattern.empty() && !field.compiled)
    fail_at(reader.place(), fmt::format("`{}` is not a regular expression", field.pattern));
  field.uncertain = reader.flag("uncertain");
  field.vocabulary = reader.text("vocabulary");
  field.open_vocabulary = reader.flag("open_vocabulary");
  field.suffix_mark = reader.text("suffix_mark");
  field.suffix_field = reader.text("suffix_field");
  field.target = reader.text("target");
  field.follows = load_linked(reader, "follows");
  field.scheme = load_linked(reader, "scheme");
  if (const auto value = reader.take("default")) field.default_value = load_default(*value, field.kind);
}

void load_uses(FieldDecl& field, MappingReader& reader) {
  field.unique = reader.flag("unique");
  field.indexed = reader.flag("indexed");
  field.facet = reader.flag("facet");
  field.searchable = reader.flag("searchable");
  field.sortable = reader.flag("sortable");
  field.code = reader.flag("code");
  field.element = reader.text("element");
  if (const auto weight = reader.take("weight")) field.weight = number(*weight);
  if (const auto sensitivity = reader.take("sensitivity")) {
    if (scalar(*sensitivity) != "personal") fail_at(sensitivity->place(), "sensitivity is `personal` or left out");
    field.sensitivity = Sensitivity::personal;
  }
}

// Further roles for what a type allows.
void add_permissions(Permissions& permissions, const Placed& value) {
  MappingReader reader(value);
  const std::array<std::pair<const char*, std::vector<std::string>*>, 5> lists{{{"read", &permissions.read},
                                                                                {"create", &permissions.create},
                                                                                {"update", &permissions.update},
                                                                                {"remove", &permissions.remove},
                                                                                {"export", &permissions.export_}}};
  for (const auto& [action, roles] : lists) {
    for (auto& role : reader.list(action)) {
      if (std::find(roles->begin(), roles->end(), role) != roles->end())
        fail_at(value.place(), fmt::format("`{}` may {} already", role, action));
      roles->push_back(std::move(role));
    }
  }
  reader.finish();
}

CompoundIndex load_index(const std::string& name, const Placed& value) {
  MappingReader reader(value);
  CompoundIndex index;
  index.name = name;
  index.fields = strings(reader.require("fields"));
  index.unique = reader.flag("unique");
  reader.finish();
  return index;
}

LayoutGroup load_group(const Placed& value) {
  MappingReader reader(value);
  LayoutGroup group;
  group.label = label(reader.require("label"));
  group.fields = strings(reader.require("fields"));
  reader.finish();
  return group;
}

}  // namespace

FieldDecl load_field(const std::string& path, const std::string& name, const Placed& value, Places& places) {
  if (!places.emplace(path, value.place()).second)
    fail_at(value.place(), fmt::format("field `{}` is already declared at {}", name, places[path]));
  check_name(value.place(), name);
  MappingReader reader(value);
  FieldDecl field;
  field.name = name;
  field.label = label(reader.require("label"));
  field.help = reader.optional_label("help");
  field.standard = reader.text("standard");
  field.aliases = reader.list("aliases");
  if (const auto kind = reader.take("kind")) field.kind = load_kind(*kind);
  load_constraints(field, reader);
  load_uses(field, reader);
  if (const auto columns = reader.take("columns")) field.columns = load_columns(path, *columns, places);
  reader.finish();
  return field;
}

void load_additions(TypeDecl& type, MappingReader& reader, Places& places) {
  if (const auto fields = reader.take("fields"))
    for (const auto& [name, value] : mapping(*fields))
      type.fields.push_back(load_field(type.name + "." + name, name, value, places));
  if (const auto indexes = reader.take("indexes"))
    for (const auto& [name, value] : mapping(*indexes)) type.indexes.push_back(load_index(name, value));
  if (const auto permissions = reader.take("permissions")) add_permissions(type.permissions, *permissions);
  for (auto& column : reader.list("list_columns")) type.list_columns.push_back(std::move(column));
  if (const auto form = reader.take("form"))
    for (const auto& group : sequence(*form)) type.form.push_back(load_group(group));
  reader.finish();
}

void load_type_body(TypeDecl& type, MappingReader& reader, Places& places) {
  const std::array<std::pair<const char*, std::string*>, 11> names{{{"title_field", &type.title_field},
                                                                    {"code_field", &type.code_field},
                                                                    {"date_field", &type.date_field},
                                                                    {"department_field", &type.department_field},
                                                                    {"level_field", &type.level_field},
                                                                    {"closed_field", &type.closed_field},
                                                                    {"parent_field", &type.parent_field},
                                                                    {"owner_field", &type.owner_field},
                                                                    {"shared_field", &type.shared_field},
                                                                    {"numbering", &type.numbering},
                                                                    {"number_field", &type.number_field}}};
  for (const auto& [key, member] : names) *member = reader.text(key);
  type.like_parent = reader.list("like_parent");
  type.inherits = reader.list("inherits");
  type.files = reader.flag("files");
  type.searchable = reader.flag("searchable", true);
  const auto version = reader.whole("schema_version").value_or(1);
  if (version < 1 || version > 1'000'000) fail_at(reader.place(), "`schema_version` is 1 or more");
  type.schema_version = static_cast<std::uint32_t>(version);
  reader.require("fields");
  load_additions(type, reader, places);
}

}  // namespace lantai::schema
