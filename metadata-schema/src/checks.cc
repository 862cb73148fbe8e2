// Everything a declaration refers to must be there. Run once, when all files are read.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "fold.h"
#include "loader.h"
#include "values.h"

namespace lantai::schema {
namespace {

using Fields = std::vector<FieldDecl>;

feel::Kind feel_kind(FieldKind kind) {
  switch (kind) {
    case FieldKind::integer:
      return feel::Kind::number;
    case FieldKind::boolean:
      return feel::Kind::boolean;
    case FieldKind::date:
      return feel::Kind::date;
    default:
      return feel::Kind::text;
  }
}

feel::Type feel_type(const Schema& schema, const FieldDecl& field) {
  if (field.kind == FieldKind::table) return {feel::Kind::list, feel::Kind::context};
  const auto kind = feel_kind(field.kind);
  feel::Type type = field.many ? feel::Type{feel::Kind::list, kind} : feel::Type{kind};
  const auto* vocabulary = field.open_vocabulary ? nullptr : schema.find_vocabulary(field.vocabulary);
  if (!vocabulary) return type;
  std::set<std::string, std::less<>> codes;
  for (const auto& term : vocabulary->terms) codes.insert(term.code);
  type.codes = std::make_shared<const std::set<std::string, std::less<>>>(std::move(codes));
  return type;
}

// Conditions see the fields beside them: those of the record, in a table those of the row.
void type_conditions(const Schema& schema, Fields& fields, const Places& places, const std::string& prefix) {
  feel::Scope scope;
  for (const auto& field : fields) scope.emplace(field.name, feel_type(schema, field));
  for (auto& field : fields) {
    const auto& place = places.at(prefix + "." + field.name);
    for (auto* condition : {&field.required_if, &field.visible_if}) {
      if (!*condition) continue;
      try {
        *condition = feel::Expression::parse((*condition)->source(), scope);
      } catch (const Error& error) {
        fail_at(place, fmt::format("field `{}`: {}", field.name, error.message()));
      }
      const auto kind = (*condition)->type().kind;
      if (kind != feel::Kind::boolean && kind != feel::Kind::any)
        fail_at(place, fmt::format("field `{}`: a condition is true or false", field.name));
    }
    if (!field.columns.empty()) type_conditions(schema, field.columns, places, prefix + "." + field.name);
  }
}

bool textual(FieldKind kind) { return kind == FieldKind::text || kind == FieldKind::long_text; }

void check_shape(const FieldDecl& field, const std::string& place) {
  const auto need = [&](bool holds, std::string_view what) {
    if (!holds) fail_at(place, fmt::format("field `{}`: {}", field.name, what));
  };
  const auto kind = field.kind;
  need(field.vocabulary.empty() == (kind != FieldKind::term), "kind term and `vocabulary` go together");
  need(field.target.empty() == (kind != FieldKind::link), "kind link and `target` go together");
  need(field.columns.empty() == (kind != FieldKind::table), "kind table and `columns` go together");
  need(!field.open_vocabulary || kind == FieldKind::term, "`open_vocabulary` is for terms");
  need(!field.uncertain || kind == FieldKind::date, "`uncertain` is for dates");
  need(field.suffix_mark.empty() == field.suffix_field.empty(), "`suffix_mark` and `suffix_field` go together");
  need(field.suffix_mark.empty() || (kind == FieldKind::term && !field.many), "`suffix_mark` is for a single term");
  need(!field.min || !field.max || *field.min <= *field.max, "`min` is larger than `max`");
  need((!field.min && !field.max) || textual(kind) || kind == FieldKind::integer,
       "`min`, `max`: text and integers only");
  need(!textual(kind) || (field.min.value_or(0) >= 0 && field.max.value_or(1) > 0), "a length is not negative");
  need(field.pattern.empty() || (kind == FieldKind::text && field.max && *field.max <= 500),
       "`pattern` is for one line of text with `max` up to 500");
  need(kind != FieldKind::table || !(field.many || field.unique || field.indexed || field.facet || field.sortable),
       "a table is not indexed");
  need(!field.unique || (!field.many && kind != FieldKind::long_text), "`unique` is for a single short value");
  need(!field.facet || (kind != FieldKind::long_text && kind != FieldKind::timestamp), "not a facet");
  need(!field.sortable || !field.many, "`sortable` is for a single value");
  need(field.weight > 0 && field.weight <= 100, "`weight` is above 0, at most 100");
}

const FieldDecl& named(const TypeDecl& type, const std::string& field, std::string_view key, const std::string& place) {
  const auto* found = type.find_field(field);
  if (!found) fail_at(place, fmt::format("type `{}`: `{}` names no field: `{}`", type.name, key, field));
  return *found;
}

// The fields that play a part for the whole type must be of the kind that part needs.
void check_parts(const TypeDecl& type, const std::string& place) {
  const auto part = [&](const std::string& field, std::string_view key, FieldKind kind) {
    if (field.empty()) return;
    const auto& found = named(type, field, key, place);
    if (found.kind != kind || found.many)
      fail_at(place, fmt::format("type `{}`: `{}` needs a single {}", type.name, key, kind_name(kind)));
  };
  if (type.title_field.empty()) fail_at(place, fmt::format("type `{}`: `title_field` is missing", type.name));
  part(type.title_field, "title_field", FieldKind::text);
  part(type.code_field, "code_field", FieldKind::text);
  part(type.date_field, "date_field", FieldKind::date);
  part(type.department_field, "department_field", FieldKind::link);
  part(type.level_field, "level_field", FieldKind::term);
  part(type.closed_field, "closed_field", FieldKind::date);
  part(type.parent_field, "parent_field", FieldKind::link);
  for (const auto& field : type.inherits) part(field, "inherits", FieldKind::link);
  part(type.owner_field, "owner_field", FieldKind::text);
  part(type.shared_field, "shared_field", FieldKind::boolean);
  part(type.number_field, "number_field", FieldKind::integer);
  for (const auto& field : type.like_parent) named(type, field, "like_parent", place);
  if (!type.like_parent.empty() && type.parent_field.empty())
    fail_at(place, fmt::format("type `{}`: `like_parent` without `parent_field`", type.name));
  if (!type.parent_field.empty() && type.find_field(type.parent_field)->target != type.name)
    fail_at(place, fmt::format("type `{}`: `parent_field` links to another type", type.name));
  if (!type.shared_field.empty() && type.owner_field.empty())
    fail_at(place, fmt::format("type `{}`: `shared_field` without `owner_field`", type.name));
  if (!type.level_field.empty() && type.find_field(type.level_field)->open_vocabulary)
    fail_at(place, fmt::format("type `{}`: an open vocabulary cannot decide who may see a record", type.name));
}

void check_layout(const TypeDecl& type, const std::string& place) {
  for (const auto& column : type.list_columns) named(type, column, "list_columns", place);
  for (const auto& group : type.form)
    for (const auto& field : group.fields) named(type, field, "form", place);
  for (const auto& index : type.indexes) {
    if (index.fields.size() < 2) fail_at(place, fmt::format("index `{}` needs two fields or more", index.name));
    for (const auto& field : index.fields)
      if (named(type, field, "indexes", place).many)
        fail_at(place, fmt::format("index `{}`: `{}` is a list", index.name, field));
  }
}

// Where a separator is left out, the form must tell where the element before ends.
void check_element(const NumberingElement& element, const NumberingElement* before, const std::string& place) {
  const auto need = [&](bool holds, std::string_view what) {
    if (!holds) fail_at(place, fmt::format("element `{}`: {}", element.name, what));
  };
  const bool digits = element.form == ElementForm::number || element.form == ElementForm::year;
  need(!element.field.empty() || (element.form == ElementForm::number && !element.optional),
       "the counter is a number and never optional");
  need(element.vocabulary.empty() || !digits, "a number has no vocabulary");
  need(!element.repeat || (element.form == ElementForm::text && !element.separator.empty()), "only a text can repeat");
  need(before || !(element.optional || element.repeat), "the first element is never optional and does not repeat");
  need(!before || !element.separator.empty() ||
           (!before->optional &&
            ((before->form == ElementForm::letters && digits) || (before->form == ElementForm::year && !digits))),
       "a separator is needed");
}

}  // namespace

void SchemaLoader::check_vocabularies() const {
  for (const auto& [name, vocabulary] : schema_->vocabularies_) {
    for (const auto& term : vocabulary.terms) {
      if (term.parent.empty()) continue;
      const auto& place = places_.at("term " + name + " " + term.code);
      if (!vocabulary.find(term.parent)) fail_at(place, fmt::format("parent `{}` is not a term", term.parent));
      std::size_t steps = 0;
      for (const auto* at = &term; at && !at->parent.empty(); at = vocabulary.find(at->parent))
        if (++steps > vocabulary.terms.size()) fail_at(place, fmt::format("`{}` is its own ancestor", term.code));
    }
  }
}

void SchemaLoader::check_numberings() {
  for (auto& [name, numbering] : schema_->numberings_) {
    const auto& place = places_.at("numbering " + name);
    std::size_t counters = 0, repeated = 0;
    const NumberingElement* before = nullptr;
    for (auto& element : numbering.elements) {
      counters += element.field.empty() ? 1 : 0;
      repeated += element.repeat ? 1 : 0;
      check_element(element, before, place);
      if (!element.vocabulary.empty()) resolve_codes(element, place);
      before = &element;
    }
    if (counters != 1)
      fail_at(place, fmt::format("numbering `{}` needs one element without `field`: the counter", name));
    if (repeated > 1 || numbering.elements.size() > 20) fail_at(place, "too many elements, or two that repeat");
  }
}

void SchemaLoader::resolve_codes(NumberingElement& element, const std::string& place) const {
  const auto* vocabulary = schema_->find_vocabulary(element.vocabulary);
  if (!vocabulary) fail_at(place, fmt::format("no vocabulary `{}`", element.vocabulary));
  for (const auto& term : vocabulary->terms)
    if (term.code.starts_with(element.prefix))
      element.written[term.code] = term.written.empty() ? term.code : term.written;
}

void SchemaLoader::type_conditions_of(TypeDecl& type) const {
  type_conditions(*schema_, type.fields, places_, type.name);
}

void SchemaLoader::check_type(const TypeDecl& type) const {
  const auto& place = places_.at(type.name);
  for (const auto& field : type.fields) {
    const auto& where = places_.at(type.name + "." + field.name);
    check_field(type, field, where);
    if (!field.suffix_field.empty()) named(type, field.suffix_field, "suffix_field", where);
    check_linked(type, field, field.follows);
    check_linked(type, field, field.scheme);
  }
  check_parts(type, place);
  check_layout(type, place);
  check_names(type);
  if (!type.numbering.empty()) check_numbering_of(type);
  const auto* roles = schema_->find_vocabulary("role");
  for (const auto* list : {&type.permissions.read, &type.permissions.create, &type.permissions.update,
                           &type.permissions.remove, &type.permissions.export_})
    for (const auto& role : *list)
      if (!roles || !roles->find(role)) fail_at(place, fmt::format("no role `{}`", role));
}

void SchemaLoader::check_numbering_of(const TypeDecl& type) const {
  const auto& place = places_.at(type.name);
  const auto* numbering = schema_->find_numbering(type.numbering);
  if (!numbering) fail_at(place, fmt::format("no numbering `{}`", type.numbering));
  if (type.code_field.empty()) fail_at(place, "`numbering` without `code_field`");
  for (const auto& element : numbering->elements)
    if (!element.field.empty()) named(type, element.field, "numbering", place);
}

void SchemaLoader::check_linked(const TypeDecl& type, const FieldDecl& field, const LinkedField& linked) const {
  if (linked.link.empty()) return;
  const auto& place = places_.at(type.name + "." + field.name);
  const auto& link = named(type, linked.link, field.name, place);
  const auto* target = link.many ? nullptr : schema_->find_type(link.target);
  const auto* there = target ? target->find_field(linked.field) : nullptr;
  if (!there || there->many || field.many)
    fail_at(place, fmt::format("field `{}`: `{}.{}` is no single field of a linked record", field.name, linked.link,
                               linked.field));
}

void SchemaLoader::check_field(const TypeDecl& type, const FieldDecl& field, const std::string& place) const {
  check_shape(field, place);
  if (!field.vocabulary.empty() && !schema_->find_vocabulary(field.vocabulary))
    fail_at(place, fmt::format("field `{}`: no vocabulary `{}`", field.name, field.vocabulary));
  if (!field.target.empty() && !schema_->find_type(field.target))
    fail_at(place, fmt::format("field `{}`: no type `{}`", field.name, field.target));
  if (!field.default_value.is_null()) {
    const auto result = normalise_value(*schema_, field, field.default_value);
    const auto* kept = std::get_if<Json>(&result);
    if (!kept || *kept != field.default_value || field.many)
      fail_at(place, fmt::format("field `{}`: the default is not a value of the field", field.name));
  }
  for (const auto& column : field.columns) {
    if (column.kind == FieldKind::table) fail_at(place, fmt::format("`{}`: a table in a table", column.name));
    check_field(type, column, place);  // the line of the table is near enough
  }
}

// A heading or a name in a query must mean one field.
void SchemaLoader::check_names(const TypeDecl& type) const {
  std::map<std::string, std::string> owner;
  for (const auto& field : type.fields) {
    std::vector<std::string> names{field.name, field.label.zh_hans, field.label.zh_hant, field.label.en};
    names.insert(names.end(), field.aliases.begin(), field.aliases.end());
    for (const auto& name : names) {
      const auto [at, fresh] = owner.emplace(folded(name), field.name);
      if (!fresh && at->second != field.name)
        fail_at(places_.at(type.name + "." + field.name),
                fmt::format("`{}` already names the field `{}`", name, at->second));
    }
  }
}

}  // namespace lantai::schema
