#include "code_reading.h"

#include <algorithm>
#include <tuple>

namespace lantai::records {
namespace {

using schema::NumberingTemplate;

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// What the code says in the form in which it would be stored; false when the declaration refuses it.
bool normalise(const Catalogue& catalogue, const TypePlan& plan, CodeReading& reading) {
  for (const auto& [name, value] : reading.parsed.fields.items()) {
    const auto* field = plan.type().find_field(name);
    if (field == nullptr) continue;
    auto kept = schema::kept_value(catalogue.schema(), *field, value);
    if (!kept) return false;
    reading.said[name] = std::move(*kept);
  }
  return true;
}

// Free text is not compared: a list may name the office in full where the code abbreviates it. Nor is a term that is
// kept as somebody wrote it.
bool contradicts(const Catalogue& catalogue, const TypePlan& plan, const schema::NumberingElement& element,
                 const Json& said, const Json& has) {
  const bool context = contains(plan.code_context(), element.field);
  if (said.is_null() || has.is_null()) return false;
  if (!element.vocabulary.empty() && has.is_string()) {
    const auto* vocabulary = catalogue.schema().find_vocabulary(element.vocabulary);
    return vocabulary != nullptr && vocabulary->find(has.get<std::string>()) != nullptr && said != has;
  }
  if (context && said.is_string() && has.is_string())
    return schema::plain_code(said.get<std::string>()) != schema::plain_code(has.get<std::string>());
  const auto* declared = plan.type().find_field(element.field);
  return declared->kind == schema::FieldKind::integer && said != has;
}

std::optional<CodeReading> read_by(const NumberingTemplate& numbering, const Catalogue& catalogue, const TypePlan& plan,
                                   const Json& fields, const std::string& code) {
  auto parsed = schema::parse_code(numbering, code);
  if (!parsed) return std::nullopt;
  CodeReading reading{&numbering, std::move(*parsed), Json::object(), {}};
  if (!normalise(catalogue, plan, reading)) return std::nullopt;
  for (const auto& element : numbering.elements) {
    if (!reading.said.contains(element.field)) continue;
    if (contradicts(catalogue, plan, element, reading.said[element.field], fields.value(element.field, Json())))
      reading.contradicted.push_back(element.field);
  }
  return reading;
}

// Any three words with a dash between them would do for a template whose classes are open.
bool is_certain(const TypePlan& plan, const Arrangement& arranged, const CodeReading& reading, const Json& fields) {
  if (reading.parsed.recognised > 0) return true;
  const auto context = plan.code_context();
  return reading.numbering == arranged.numbering && std::all_of(context.begin(), context.end(), [&](const auto& name) {
           return !reading.said.contains(name) || (fields.contains(name) && !contains(reading.contradicted, name));
         });
}

auto rank(const TypePlan& plan, const Arrangement& arranged, const CodeReading& reading, const std::string& plain) {
  return std::tuple(!contains(reading.numbering->types, plan.type().name), !reading.contradicted.empty(),
                    reading.parsed.unknown, reading.parsed.canonical != plain, reading.numbering != arranged.numbering);
}

}  // namespace

std::string text_of(const Json& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found != fields.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<CodeReading> read_code(const Catalogue& catalogue, const TypePlan& plan, const Arrangement& arranged,
                                     const Json& fields, const std::string& code) {
  if (arranged.chosen) {
    if (auto reading = read_by(*arranged.numbering, catalogue, plan, fields, code)) return reading;
  }
  const auto plain = schema::plain_code(code);
  std::optional<CodeReading> best;
  for (const auto& [name, numbering] : catalogue.schema().numberings()) {
    auto reading = read_by(numbering, catalogue, plan, fields, code);
    if (!reading || !is_certain(plan, arranged, *reading, fields)) continue;
    if (!best || rank(plan, arranged, *reading, plain) < rank(plan, arranged, *best, plain)) best = std::move(reading);
  }
  return best;
}

std::optional<GivenNumber> given_number(const TypePlan& plan, const CodeReading& reading, const Json& fields) {
  const auto& counter = schema::counter_of(*reading.numbering);
  const auto& canonical = reading.parsed.canonical;
  const auto& digits = reading.parsed.elements.at(counter.name);
  GivenNumber given;
  given.number = reading.parsed.number;
  if (given.number == 0) return std::nullopt;
  for (const auto& name : plan.code_context()) {
    const bool named = reading.said.contains(name);
    const auto value = named ? std::string() : text_of(fields, name);
    if (!value.empty()) given.scope += value + " ";
  }
  if (&counter == &reading.numbering->elements.back()) {
    given.scope += canonical.substr(0, canonical.size() - digits.size() - counter.separator.size());
    return given;
  }
  for (const auto& [name, value] : reading.parsed.elements) {
    if (name != counter.name) given.scope += name + "=" + value + " ";
  }
  return given;
}

}  // namespace lantai::records
