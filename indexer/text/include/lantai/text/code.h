// Are two document numbers 文号 or reference codes 档号 the same? If their normal forms are: folded, without spaces,
// any bracket 〔〕［］[]【】()（）〈〉 as (), any dot `·•．.` as `.`, any dash as `-`; in document numbers also without
// 第 and without leading zeros of the serial number. Thread-safe. Tests: tests/text/code_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lantai::text {

std::string normalise_code(std::string_view code);

// `校办〔2021〕5号` taken apart. The Han before the bracket is the issuing organ's code word 机关代字.
struct DocumentNumber {
  std::string organ;
  unsigned year = 0;
  std::uint64_t serial = 0;
};

std::optional<DocumentNumber> parse_document_number(std::string_view text);

// Looks like a reference code: at least three parts joined by dashes or dots, with a digit and no white space inside a
// part, such as `Z109-WS·2011-Y-BGS-0001` or `1999-DQ14-5`.
bool looks_like_reference_code(std::string_view text);

// Bytes that sort as people count: digit runs by value, document numbers by (organ, year, serial), text by folded code
// points. Never empty for a code that is not.
std::string natural_sort_key(std::string_view code);

}  // namespace lantai::text
