// Where does a text speak of a date or of a document number 文号, however it is written there? Both work on folded
// UTF-8 and look from byte `from` on. Pure and thread-safe; linear. Tests: tests/text/mention_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lantai::text {

// `2021年3月5日`, `2021-03-05`, `2021/3/5`, `2021.3.5`, and without a day only `2021年3月`. Not inside longer numbers
// or codes.
struct DateMention {
  std::size_t begin = 0, end = 0;
  std::string date;  // 2021-03-05 or 2021-03
};
std::optional<DateMention> next_date(std::string_view folded, std::size_t from);

// `(2021)5号`, also `(2021)第05号`: what follows the organ's code word 代字, which ends at `begin`.
struct NumberMention {
  std::size_t begin = 0, end = 0;
  unsigned year = 0;
  std::uint64_t serial = 0;
};
std::optional<NumberMention> next_number(std::string_view folded, std::size_t from);

}  // namespace lantai::text
