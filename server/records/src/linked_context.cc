#include "linked_context.h"

#include <algorithm>

#include "code_reading.h"
#include "lantai/base/error.h"
#include "stored_records.h"

namespace lantai::records {
namespace {

using schema::NumberingTemplate;

// `university`, when the element `field` of the template stands for codes `university.…`.
std::string scheme_of_element(const NumberingTemplate& numbering, const std::string& field) {
  for (const auto& element : numbering.elements) {
    if (element.field == field && element.prefix.ends_with('.'))
      return element.prefix.substr(0, element.prefix.size() - 1);
  }
  return {};
}

}  // namespace

// Null: no link, no such record, or it says nothing.
Json LinkedContext::linked_value(const Json& fields, const std::string& link, const std::string& name) {
  const auto id = text_of(fields, link);
  if (id.empty()) return nullptr;
  const auto& target = plan_.type().find_field(link)->target;
  const auto [at, fresh] = loaded_.try_emplace(target + "/" + id);
  if (fresh) at->second = load(transaction_, target, id);
  return at->second && !at->second->deleted ? at->second->fields.value(name, Json()) : Json();
}

std::string LinkedContext::scheme_of(const Json& fields, const std::string& field) {
  const auto& scheme = plan_.type().find_field(field)->scheme;
  const auto said = scheme.link.empty() ? Json() : linked_value(fields, scheme.link, scheme.field);
  return said.is_string() ? said.get<std::string>() : std::string();
}

Arrangement LinkedContext::arrangement(const Json& fields) {
  const auto& schema = catalogue_.schema();
  const auto& type = plan_.type();
  const auto choice = type.name + "_numbering";
  for (const auto& field : type.fields) {
    if (field.kind != schema::FieldKind::link || field.many) continue;
    const auto* target = schema.find_type(field.target);
    if (target == nullptr || target->find_field(choice) == nullptr) continue;
    const auto named = linked_value(fields, field.name, choice);
    const auto* chosen = named.is_string() ? schema.find_numbering(named.get<std::string>()) : nullptr;
    if (chosen != nullptr) return {chosen, true};
  }
  for (const auto& field : type.fields) {
    const auto scheme = scheme_of(fields, field.name);
    if (scheme.empty() || scheme_of_element(*plan_.numbering(), field.name) == scheme) continue;
    for (const auto& [name, numbering] : schema.numberings()) {
      const bool for_type =
          std::find(numbering.types.begin(), numbering.types.end(), type.name) != numbering.types.end();
      if (for_type && scheme_of_element(numbering, field.name) == scheme) return {&numbering, false};
    }
  }
  return {plan_.numbering(), false};
}

schema::Schemes LinkedContext::schemes(const Json& fields) {
  schema::Schemes out;
  if (!fields.is_object()) return out;
  const auto arranged = plan_.numbering() == nullptr ? Arrangement() : arrangement(fields);
  for (const auto& field : plan_.type().fields) {
    if (field.scheme.link.empty()) continue;
    auto scheme = arranged.chosen ? scheme_of_element(*arranged.numbering, field.name) : std::string();
    if (scheme.empty()) scheme = scheme_of(fields, field.name);
    if (!scheme.empty()) out[field.name] = std::move(scheme);
  }
  return out;
}

std::set<std::string> LinkedContext::follow(const Record* before, Record& after) {
  std::set<std::string> decided;
  const auto kept = [&](const std::string& name) {
    return before != nullptr && before->fields.value(name, Json()) == after.fields.value(name, Json());
  };
  for (const auto& field : plan_.type().fields) {
    if (field.follows.link.empty()) continue;
    const auto value = linked_value(after.fields, field.follows.link, field.follows.field);
    if (value.is_null()) continue;
    decided.insert(field.name);
    const auto has = after.fields.value(field.name, Json());
    const bool link_kept = kept(field.follows.link);
    if (link_kept && kept(field.name) && !has.is_null()) continue;  // the linked record may be called otherwise by now
    const bool same = has.is_string() && value.is_string() &&
                      schema::plain_code(has.get<std::string>()) == schema::plain_code(value.get<std::string>());
    if (!has.is_null() && has != value && !same && !(kept(field.name) && !link_kept)) {
      throw Error("a value and the record it follows disagree",
                  std::vector<FieldProblem>{{field.name,
                                             "field.contradicts",
                                             {{"value", value.is_string() ? value.get<std::string>() : value.dump()},
                                              {"other", field.follows.link}}}});
    }
    after.fields[field.name] = value;
  }
  return decided;
}

}  // namespace lantai::records
