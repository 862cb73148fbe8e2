// What GET /schema serves (docs/formats/http.md): everything a client needs to draw forms, lists and facets.
#include "lantai/schema/schema.h"
#include "values.h"

namespace lantai::schema {
namespace {

void add_limits(Json& json, const FieldDecl& field) {
  if (field.min) json["min"] = *field.min;
  if (field.max) json["max"] = *field.max;
  if (!field.pattern.empty()) json["pattern"] = field.pattern;
  if (!field.vocabulary.empty()) {
    json["vocabulary"] = field.vocabulary;
    json["open_vocabulary"] = field.open_vocabulary;
  }
  if (!field.target.empty()) json["target"] = field.target;
  if (!field.default_value.is_null()) json["default"] = field.default_value;
}

Json describe_field(const FieldDecl& field, Language language) {
  Json json{{"name", field.name},
            {"label", field.label.in(language)},
            {"help", field.help.in(language)},
            {"standard", field.standard},
            {"kind", kind_name(field.kind)},
            {"required", field.required},
            {"expected", field.expected},
            {"many", field.many},
            {"system", field.system},
            {"unique", field.unique},
            {"indexed", field.indexed},
            {"facet", field.facet},
            {"searchable", field.searchable},
            {"sortable", field.sortable},
            {"code", field.code},
            {"sensitivity", field.sensitivity == Sensitivity::personal ? "personal" : "normal"},
            {"aliases", field.aliases}};
  if (field.required_if) json["required_if"] = field.required_if->source();
  if (field.visible_if) json["visible_if"] = field.visible_if->source();
  add_limits(json, field);
  if (field.kind == FieldKind::table) {
    json["columns"] = Json::array();
    for (const auto& column : field.columns) json["columns"].push_back(describe_field(column, language));
  }
  return json;
}

Json describe_permissions(const Permissions& permissions) {
  return {{"read", permissions.read},
          {"create", permissions.create},
          {"update", permissions.update},
          {"remove", permissions.remove},
          {"export", permissions.export_}};
}

Json describe_type(const TypeDecl& type, Language language) {
  Json fields = Json::array(), form = Json::array();
  for (const auto& field : type.fields) {
    fields.push_back(describe_field(field, language));
    if (field.name == type.level_field)
      fields.back().erase("default");  // holds where nothing is said; no form fills it in
  }
  for (const auto& group : type.form) form.push_back({{"label", group.label.in(language)}, {"fields", group.fields}});
  return {{"name", type.name},
          {"label", type.label.in(language)},
          {"plural", type.plural.in(language)},
          {"title_field", type.title_field},
          {"code_field", type.code_field},
          {"date_field", type.date_field},
          {"department_field", type.department_field},
          {"level_field", type.level_field},
          {"closed_field", type.closed_field},
          {"inherits", type.inherits},
          {"parent_field", type.parent_field},
          {"owner_field", type.owner_field},
          {"shared_field", type.shared_field},
          {"files", type.files},
          {"searchable", type.searchable},
          {"numbering", type.numbering},
          {"schema_version", type.schema_version},
          {"fields", std::move(fields)},
          {"list_columns", type.list_columns},
          {"form", std::move(form)},
          {"permissions", describe_permissions(type.permissions)}};
}

Json describe_vocabulary(const Vocabulary& vocabulary, Language language) {
  Json terms = Json::array();
  for (const auto& term : vocabulary.terms)
    terms.push_back({{"code", term.code},
                     {"label", term.label.in(language)},
                     {"aliases", term.aliases},
                     {"written", term.written},
                     {"rank", term.rank},
                     {"parent", term.parent}});
  return {{"label", vocabulary.label.in(language)}, {"terms", std::move(terms)}};
}

}  // namespace

Json Schema::describe(Language language) const {
  Json types = Json::array(), vocabularies = Json::object(), messages = Json::object();
  for (const auto& type : types_) types.push_back(describe_type(type, language));
  for (const auto& [name, vocabulary] : vocabularies_) vocabularies[name] = describe_vocabulary(vocabulary, language);
  for (const auto& [id, text] : messages_) messages[id] = text.in(language);
  return {{"language", tag(language)},
          {"hash", hash_},
          {"types", std::move(types)},
          {"vocabularies", std::move(vocabularies)},
          {"messages", std::move(messages)}};
}

}  // namespace lantai::schema
