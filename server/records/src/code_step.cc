#include "code_step.h"

#include <algorithm>
#include <charconv>

#include "lantai/base/error.h"
#include "record_keys.h"
#include "stored_records.h"

namespace lantai::records {
namespace {

using schema::NumberingTemplate;
using storage::KeySpace;

const schema::NumberingElement* counter_of(const NumberingTemplate& numbering) {
  const auto& elements = numbering.elements;
  const auto found = std::find_if(elements.begin(), elements.end(), [](const auto& e) { return e.field.empty(); });
  return found == elements.end() ? nullptr : &*found;
}

// Every element but the counter, in the order of the template; as people see it when the counter stands last.
std::string scope_text(const NumberingTemplate& numbering, const schema::NumberingElement& counter,
                       const schema::ParsedCode& parsed, const std::string& number) {
  if (&counter == &numbering.elements.back() && parsed.canonical.ends_with(number)) {
    auto scope = parsed.canonical.substr(0, parsed.canonical.size() - number.size());
    while (scope.ends_with('0') && !scope.ends_with(counter.separator)) scope.pop_back();
    if (scope.ends_with(counter.separator)) scope.resize(scope.size() - counter.separator.size());
    return scope;
  }
  std::string scope;
  for (const auto& [name, value] : parsed.elements) {
    if (name != counter.name) scope += name + "=" + value + " ";
  }
  return scope;
}

std::string text_of(const Json& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found != fields.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::optional<GivenNumber> given_number(const NumberingTemplate& numbering, std::string_view code) {
  const auto parsed = schema::parse_code(numbering, code);
  const auto* counter = counter_of(numbering);
  if (!parsed || counter == nullptr) return std::nullopt;
  const auto element = parsed->elements.find(counter->name);
  if (element == parsed->elements.end()) return std::nullopt;
  const auto& digits = element->second;
  GivenNumber given;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), given.number);
  if (error != std::errc() || end != digits.data() + digits.size() || given.number == 0) return std::nullopt;
  given.scope = scope_text(numbering, *counter, *parsed, digits);
  return given;
}

std::string canonical_code(const Catalogue& catalogue, const TypePlan& plan, const std::string& given) {
  if (plan.numbering() == nullptr) return given;
  if (const auto parsed = schema::parse_code(*plan.numbering(), given)) return parsed->canonical;
  for (const auto& [name, numbering] : catalogue.schema().numberings()) {
    if (const auto parsed = schema::parse_code(numbering, given)) return parsed->canonical;
  }
  return given;
}

std::optional<GivenNumber> CodeStep::number_of(const NumberingTemplate& numbering, const Record& record,
                                               std::string_view code) const {
  auto given = given_number(numbering, code);
  if (!given) return given;
  std::string context;
  for (const auto& name : plan_.code_context()) {
    const bool named = std::any_of(numbering.elements.begin(), numbering.elements.end(),
                                   [&](const auto& element) { return element.field == name; });
    const auto value = named ? std::string() : text_of(record.fields, name);
    if (!value.empty()) context += value + " ";
  }
  given->scope.insert(0, context);
  return given;
}

std::string CodeStep::code(const Record& record) const { return text_of(record.fields, plan_.type().code_field); }

// The template that the record's fonds (or whatever it links to) names in `<type>_numbering`, else the type's own.
const NumberingTemplate& CodeStep::numbering_of(const Record& record) {
  const auto choice = plan_.type().name + "_numbering";
  for (const auto& field : plan_.type().fields) {
    if (field.kind != schema::FieldKind::link || field.many) continue;
    const auto* target = catalogue_.schema().find_type(field.target);
    if (target == nullptr || target->find_field(choice) == nullptr) continue;
    const auto linked = load(transaction_, field.target, text_of(record.fields, field.name));
    if (!linked || linked->deleted) continue;
    const auto* chosen = catalogue_.schema().find_numbering(text_of(linked->fields, choice));
    if (chosen != nullptr) return *chosen;
  }
  return *plan_.numbering();
}

void CodeStep::apply(const Record* before, Record& after, const std::string& typed) {
  if (plan_.numbering() == nullptr) return;
  const auto had = before == nullptr ? std::string() : code(*before);
  const auto has = code(after);
  if (has.empty() && !had.empty()) {
    throw Error("a reference code once given is not taken away",
                std::vector<FieldProblem>{{plan_.type().code_field, "record.code_fixed", {}}});
  }
  if (has.empty()) {
    allocate(after);
  } else if (has != had) {
    accept(before, after, typed);
  }
}

void CodeStep::accept(const Record* before, Record& after, const std::string& typed) {
  const auto& numbering = numbering_of(after);
  const auto given = code(after);
  const auto parsed = schema::parse_code(numbering, given);
  const auto canonical = parsed ? parsed->canonical : canonical_code(catalogue_, plan_, given);
  after.fields[plan_.type().code_field] = canonical;
  const auto had = before == nullptr ? std::string() : code(*before);
  if (canonical == had) return;
  if (parsed) fill_from(*parsed, after);
  const auto as_given = plan_.as_given_field();
  if (!as_given.empty() && text_of(after.fields, as_given).empty()) after.fields[as_given] = typed;
  const auto former = plan_.former_codes_field();
  if (had.empty() || former.empty()) return;
  auto& codes = after.fields[former];
  if (!codes.is_array()) codes = Json::array();
  if (std::find(codes.begin(), codes.end(), Json(had)) == codes.end()) codes.push_back(had);
}

// What the code says of the record, where the record itself says nothing.
void CodeStep::fill_from(const schema::ParsedCode& parsed, Record& after) const {
  for (const auto& [name, value] : parsed.fields.items()) {
    if (!after.fields.contains(name) && plan_.type().find_field(name) != nullptr) after.fields[name] = value;
  }
}

void CodeStep::allocate(Record& after) {
  const auto& numbering = numbering_of(after);
  std::string pattern;
  try {
    pattern = schema::format_code(numbering, after.fields, 1);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::invalid_argument)
      return;  // an element is missing: it gets its code when it is there
    throw;
  }
  const auto first = number_of(numbering, after, pattern);
  if (!first)
    throw Error(ErrorCode::internal, "the template " + numbering.name + " cannot read its own code " + pattern);
  const auto written = schema::format_code(numbering, after.fields, next_number(first->scope));
  const auto parsed = schema::parse_code(numbering, written);
  after.fields[plan_.type().code_field] = parsed ? parsed->canonical : written;
}

// Two transactions that want the same next number both read its key, so only one of them commits.
std::uint64_t CodeStep::next_number(const std::string& scope) {
  const auto prefix = counter_prefix(plan_.type().name, scope);
  storage::ScanRange range{prefix, storage::after_prefix(prefix), 1, true};
  const auto page = transaction_.scan(KeySpace::counters, range);
  const auto next = page.entries.empty() ? 1 : parse_counter_key(page.entries.front().key).number + 1;
  transaction_.get(KeySpace::counters, counter_key(plan_.type().name, scope, next));
  return next;
}

void CodeStep::write_numbers(const Record* before, const Record& after) {
  if (plan_.numbering() == nullptr) return;
  const auto number_in = [&](const Record& record) -> std::optional<GivenNumber> {
    const auto text = code(record);
    if (record.deleted || text.empty()) return std::nullopt;
    return number_of(numbering_of(record), record, text);
  };
  const auto had = before == nullptr ? std::nullopt : number_in(*before);
  const auto has = number_in(after);
  if (had == has) return;
  const auto owned_by_other = [&](const Bytes& key) {
    const auto owner = transaction_.get(KeySpace::counters, key);
    return owner && !owner->empty() && as_chars(*owner) != after.id;
  };
  if (had) {
    const auto key = counter_key(plan_.type().name, had->scope, had->number);
    if (!owned_by_other(key)) transaction_.put(KeySpace::counters, key, {});
  }
  if (has) {
    const auto key = counter_key(plan_.type().name, has->scope, has->number);
    if (!owned_by_other(key)) transaction_.put(KeySpace::counters, key, to_bytes(after.id));
  }
}

}  // namespace lantai::records
