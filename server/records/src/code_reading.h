// By which template is a reference code written, and what does it say of its record? Pure; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "linked_context.h"

namespace lantai::records {

struct CodeReading {
  const schema::NumberingTemplate* numbering = nullptr;
  schema::ParsedCode parsed;
  Json said = Json::object();             // what it says of fields that the type has, as they are stored
  std::vector<std::string> contradicted;  // fields of the record that say otherwise
};

// The template that the linked record chose, when it reads the code. Otherwise, of those that recognise a class, a
// period or the record's own context in it, the one that is for the type, contradicts the record least, knows its class
// and would write the code as it is given. Nullopt: none; the code is kept as it is.
std::optional<CodeReading> read_code(const Catalogue& catalogue, const TypePlan& plan, const Arrangement& arranged,
                                     const Json& fields, const std::string& code);

std::string text_of(const Json& fields, const std::string& name);  // empty: no text

// A number within the scope it was given in.
struct GivenNumber {
  // The code without its counter: `Z109-WS·2011·Y·BGS`. Where codes are unique within something that they do not name,
  // as those of universities within a fonds, that stands before it: `Z109 1999-DQ14`.
  std::string scope;
  std::uint64_t number = 0;
  bool operator==(const GivenNumber&) const = default;
};

std::optional<GivenNumber> given_number(const TypePlan& plan, const CodeReading& reading, const Json& fields);

}  // namespace lantai::records
