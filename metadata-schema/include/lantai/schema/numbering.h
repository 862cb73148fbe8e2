// How are reference codes written? By templates that are data (metadata-schema/numbering/*.yaml): ordered elements,
// separators, widths, vocabularies and the scope a counter runs in. After DA/T 22-2015, DA/T 13-2022 and the university
// scheme (高等学校档案实体分类法). A scheme is a namespace: `WS` is 文书 in one and 外事 in another. Immutable;
// thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/schema/label.h"
#include "lantai/schema/value.h"

namespace lantai::schema {

enum class ElementForm {
  text,     // letters, digits and Han; never a separator
  letters,  // A to Z, so that digits may follow without a separator: `DQ14`
  year,     // four digits
  number,   // digits, zero-padded to `width`
};

struct NumberingElement {
  std::string name;                            // `fonds`, `class`, `year`, `retention`, `organisation`, `number`
  std::string field;                           // record field the value comes from; empty: the counter
  std::string separator;                       // written before it
  std::string vocabulary;                      // codes allowed, or empty
  std::string prefix;                          // only codes that begin so: `university.`
  bool open = false;                           // codes outside the vocabulary are kept as written
  std::map<std::string, std::string> written;  // code → as written, filled from the vocabulary when loaded
  unsigned width = 0;                          // zero-padded counter or number; 0: as is
  ElementForm form = ElementForm::text;
  bool optional = false;
  bool repeat = false;  // several joined by the same separator: `JC·CC`
};

struct NumberingTemplate {
  std::string name;
  Label label;
  std::string standard;
  std::vector<NumberingElement> elements;
};

// What a code says, element by element, and its one canonical spelling.
struct ParsedCode {
  std::string canonical;
  std::map<std::string, std::string> elements;  // by element name, as written; absent optional ones are left out
  Json fields;  // what it says of the record: {"fiscal_year": 2011, "retention": "Y", …}
};

// Tolerant: `·` `•` `．` `.` alike, full-width and en dashes, full-width digits and letters, lower case, stray spaces,
// zeros in front of numbers.
std::optional<ParsedCode> parse_code(const NumberingTemplate& numbering, std::string_view as_given);
// The code without its counter: counters run, and continuity is reported, within it. Throws invalid_argument naming the
// field that is missing.
std::string counter_scope(const NumberingTemplate& numbering, const Json& fields);
// The whole code. Throws as counter_scope, and `numbering.unknown_code` for a value that cannot stand in a code.
std::string format_code(const NumberingTemplate& numbering, const Json& fields, std::uint64_t number);

}  // namespace lantai::schema
