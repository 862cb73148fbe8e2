#include "code_step.h"

#include <algorithm>

#include "lantai/base/error.h"
#include "record_keys.h"

namespace lantai::records {
namespace {

using schema::NumberingTemplate;
using storage::KeySpace;

constexpr char kTyped = 't';  // behind the id in a counter: the number was not given by the engine

[[noreturn]] void fail(const std::string& field, const std::string& rule,
                       std::map<std::string, std::string> arguments) {
  throw Error("the reference code cannot stand", std::vector<FieldProblem>{{field, rule, std::move(arguments)}});
}

Json value_of(const Record* record, const std::string& name) {
  return record == nullptr ? Json() : record->fields.value(name, Json());
}

std::string shown(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

std::string CodeStep::code(const Record& record) const { return text_of(record.fields, plan_.type().code_field); }

std::optional<CodeReading> CodeStep::read(const Json& fields, const std::string& code) {
  return read_code(catalogue_, plan_, context_.arrangement(fields), fields, code);
}

void CodeStep::apply(const Record* before, Record& after, const std::string& typed,
                     const std::set<std::string>& decided) {
  if (plan_.numbering() == nullptr) return;
  const auto had = before == nullptr ? std::string() : code(*before);
  const auto has = code(after);
  if (has.empty() && !had.empty()) fail(plan_.type().code_field, "record.code_fixed", {});
  keep_companions(before, after);
  if (has.empty()) {
    allocate(after);
  } else if (has != had) {
    accept(before, after, typed, decided);
  } else {
    require_agreement(before, after);
  }
}

// What was typed stays as it was. Former codes may be added, never taken away: whoever cites one must find the record.
void CodeStep::keep_companions(const Record* before, Record& after) const {
  const auto as_given = plan_.as_given_field();
  if (before != nullptr && !as_given.empty()) {
    after.fields[as_given] = value_of(before, as_given);
    if (after.fields[as_given].is_null()) after.fields.erase(as_given);
  }
  const auto former = plan_.former_codes_field();
  const auto had = former.empty() ? Json() : value_of(before, former);
  if (!had.is_array() || value_of(&after, former) == had) return;
  auto kept = had;
  for (const auto& one : after.fields.value(former, Json::array())) {
    if (std::find(kept.begin(), kept.end(), one) == kept.end()) kept.push_back(one);
  }
  after.fields[former] = std::move(kept);
}

// The fields without those that nobody but the old code gave: they change with it.
Json CodeStep::without_said(const std::optional<CodeReading>& had, const Record* before, const Record& after,
                            const std::set<std::string>& decided) const {
  auto fields = after.fields;
  if (!had) return fields;
  for (const auto& [name, value] : had->said.items()) {
    const bool followed = value_of(before, name) == value && value_of(&after, name) == value;
    if (followed && !decided.contains(name)) fields.erase(name);
  }
  return fields;
}

void CodeStep::accept(const Record* before, Record& after, const std::string& typed,
                      const std::set<std::string>& decided) {
  const auto& code_field = plan_.type().code_field;
  const auto given = code(after), had = before == nullptr ? std::string() : code(*before);
  const bool respelt = !had.empty() && schema::code_key(given) == schema::code_key(had);
  const auto said_before = before == nullptr ? std::nullopt : read(before->fields, had);
  const auto fields = without_said(said_before, before, after, decided);
  const auto reading = read(fields, given);
  const auto canonical = reading ? reading->parsed.canonical : given;
  if (canonical == had || (respelt && canonical != schema::plain_code(given))) {
    after.fields[code_field] = had;
    return require_agreement(before, after);
  }
  if (reading && !reading->contradicted.empty()) {
    const auto& name = reading->contradicted.front();
    fail(code_field, "field.contradicts", {{"value", shown(fields.at(name))}, {"other", name}});
  }
  after.fields[code_field] = canonical;
  if (reading) {
    for (const auto& [name, value] : reading->said.items()) {
      if (!fields.contains(name)) after.fields[name] = value;
    }
  }
  if (reading) set_number(*reading, said_before, after);
  const auto as_given = plan_.as_given_field();
  if (!as_given.empty() && (before != nullptr || text_of(after.fields, as_given).empty()))
    after.fields[as_given] = typed;
  const auto former = plan_.former_codes_field();
  if (had.empty() || respelt || former.empty()) return;
  auto& codes = after.fields[former];
  if (!codes.is_array()) codes = Json::array();
  if (std::find(codes.begin(), codes.end(), Json(had)) == codes.end()) codes.push_back(had);
}

// The code stays: what this write changes must not contradict it.
void CodeStep::require_agreement(const Record* before, const Record& after) {
  const auto reading = read(after.fields, code(after));
  if (!reading) return;
  for (const auto& name : reading->contradicted) {
    if (value_of(before, name) != value_of(&after, name))
      fail(name, "field.contradicts", {{"value", code(after)}, {"other", plan_.type().code_field}});
  }
}

void CodeStep::set_number(const CodeReading& reading, const std::optional<CodeReading>& had, Record& after) const {
  const auto& name = plan_.type().number_field;
  const auto& types = reading.numbering->types;
  if (name.empty() || std::find(types.begin(), types.end(), plan_.type().name) == types.end()) return;
  const auto has = value_of(&after, name);
  if (has.is_null() || (had && has == had->parsed.number)) after.fields[name] = reading.parsed.number;
}

// Nullopt: an element is missing; the record gets its code when it is there.
std::optional<std::string> CodeStep::code_numbered(const NumberingTemplate& numbering, const Record& after,
                                                   std::uint64_t number) const {
  try {
    return schema::format_code(numbering, after.fields, number);
  } catch (const Error& error) {
    if (error.message_id() == "numbering.missing_field") return std::nullopt;
    if (error.message_id() != "numbering.unknown_code") throw;
    fail(error.arguments().at("field"), "numbering.unknown_code", error.arguments());
  }
}

void CodeStep::allocate(Record& after) {
  const auto& numbering = *context_.arrangement(after.fields).numbering;
  const auto read_own = [&](const std::string& text) -> CodeReading {
    auto parsed = schema::parse_code(numbering, text);
    if (!parsed) throw Error(ErrorCode::internal, "the template " + numbering.name + " cannot read its own " + text);
    CodeReading reading{&numbering, std::move(*parsed), Json::object(), {}};
    reading.said = reading.parsed.fields;
    return reading;
  };
  const auto pattern = code_numbered(numbering, after, 1);
  if (!pattern) return;
  const auto most = schema::max_number(schema::counter_of(numbering));
  const auto scope = given_number(plan_, read_own(*pattern), after.fields)->scope;
  const auto own = value_of(&after, plan_.type().number_field);
  auto number = own.is_number_integer() ? own.get<std::uint64_t>() : next_number(scope, most);
  auto written = *code_numbered(numbering, after, number);
  while (own.is_null() && number <= most && is_taken(after, written)) {
    written = *code_numbered(numbering, after, ++number);
  }
  if (number == 0 || number > most) fail(plan_.type().code_field, "numbering.used_up", {{"scope", scope}});
  allocated_ = own.is_null();
  const auto reading = read_own(written);
  after.fields[plan_.type().code_field] = reading.parsed.canonical;
  set_number(reading, std::nullopt, after);
}

bool CodeStep::is_taken(Record& after, const std::string& code) {
  after.fields[plan_.type().code_field] = code;
  const auto entries = plan_.unique_entries(after);
  after.fields.erase(plan_.type().code_field);
  return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
    return plan_.is_code(entry.index) && transaction_.get(KeySpace::uniques, entry.key).has_value();
  });
}

// Two transactions that want the same next number both read its key, so only one of them commits.
std::uint64_t CodeStep::next_number(const std::string& scope, std::uint64_t most) {
  const auto prefix = counter_prefix(plan_.type().name, scope);
  const storage::ScanRange range{prefix, counter_key(plan_.type().name, scope, most + 1), 1, true};
  const auto page = transaction_.scan(KeySpace::counters, range);
  const auto next = page.entries.empty() ? 1 : parse_counter_key(page.entries.front().key).number + 1;
  transaction_.get(KeySpace::counters, counter_key(plan_.type().name, scope, next));
  return next;
}

std::optional<GivenNumber> CodeStep::number_in(const Record& record) {
  const auto text = code(record);
  if (record.deleted || text.empty()) return std::nullopt;
  const auto reading = read(record.fields, text);
  return reading ? given_number(plan_, *reading, record.fields) : std::nullopt;
}

void CodeStep::write_numbers(const Record* before, const Record& after) {
  if (plan_.numbering() == nullptr) return;
  const auto had = before == nullptr ? std::nullopt : number_in(*before);
  const auto has = number_in(after);
  if (had == has) return;
  const auto holder = [&](const Bytes& key) {
    const auto value = transaction_.get(KeySpace::counters, key);
    return value ? std::string(as_chars(*value)) : std::string();
  };
  if (had) {
    const auto key = counter_key(plan_.type().name, had->scope, had->number);
    const auto value = holder(key);
    if (value == after.id + kTyped && !after.deleted) {
      transaction_.erase(KeySpace::counters, key);
    } else if (value.starts_with(after.id)) {
      transaction_.put(KeySpace::counters, key, {});
    }
  }
  if (has) {
    const auto key = counter_key(plan_.type().name, has->scope, has->number);
    const auto value = holder(key);
    if (!value.empty() && !value.starts_with(after.id)) return;
    transaction_.put(KeySpace::counters, key, to_bytes(allocated_ ? after.id : after.id + kTyped));
  }
}

}  // namespace lantai::records
