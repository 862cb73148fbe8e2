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
  std::vector<std::string> types;  // record types it numbers: `volume`
  std::vector<NumberingElement> elements;
};

// What a code says, element by element, and its one canonical spelling.
struct ParsedCode {
  std::string canonical;
  std::map<std::string, std::string> elements;  // by element name, as written; absent optional ones are left out
  Json fields;  // what it says of the record, as people write it: {"fiscal_year": "2011", "retention": "Y", …}
  std::uint64_t number = 0;    // of the counter
  std::size_t recognised = 0;  // elements that are codes of their vocabulary
  std::size_t unknown = 0;     // elements that are none, where the vocabulary is open
};

// One spelling of every character: separators, widths and case; no white space. `ｚ109－ws．2011` → `Z109-WS·2011`.
std::string plain_code(std::string_view text);
// Equal for every spelling of one code, whatever the template and the zeros in front of its numbers; as text it orders
// numbers by value: …-2 before …-10. Only whole parts behind a dash are numbers: 办公室`·003` and `·3` are two.
std::string code_key(std::string_view text);

// Tolerant: `·` `•` `．` `.` alike, full-width and en dashes, full-width digits and letters, lower case, stray spaces,
// zeros in front of numbers. A number with more digits than max_number has is no number of a code.
std::optional<ParsedCode> parse_code(const NumberingTemplate& numbering, std::string_view as_given);
// The largest number an element holds: two digits more than its width, at least six.
std::uint64_t max_number(const NumberingElement& element);
const NumberingElement& counter_of(const NumberingTemplate& numbering);
// The code without its counter: counters run, and continuity is reported, within it. Throws invalid_argument naming the
// field that is missing.
std::string counter_scope(const NumberingTemplate& numbering, const Json& fields);
// The whole code. Throws as counter_scope, and `numbering.unknown_code` for a value that cannot stand in a code
// when nothing is missing.
std::string format_code(const NumberingTemplate& numbering, const Json& fields, std::uint64_t number);

}  // namespace lantai::schema
