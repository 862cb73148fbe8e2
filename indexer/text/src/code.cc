#include "lantai/text/code.h"

#include "lantai/text/folding.h"

namespace lantai::text {
namespace {

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

std::u32string fold_without_space(std::string_view code) {
  std::u32string folded = fold_only(code);
  std::erase(folded, U' ');
  return folded;
}

// Where the parts of 代字(年)序号号 are in a folded text that is one document number and nothing else.
struct NumberShape {
  std::size_t open = 0, close = 0, serial = 0, serial_end = 0;
};

std::optional<NumberShape> shape_of(std::u32string_view text) {
  NumberShape shape;
  shape.open = text.find(U'(');
  if (shape.open == std::u32string_view::npos || shape.open == 0) return std::nullopt;
  for (const char32_t c : text.substr(0, shape.open)) {
    if (!is_word_char(c)) return std::nullopt;
  }
  shape.close = shape.open + 5;
  if (text.size() <= shape.close + 1 || text[shape.close] != U')') return std::nullopt;
  for (std::size_t i = shape.open + 1; i < shape.close; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
  }
  shape.serial = shape.close + 1;
  if (text[shape.serial] == U'第') ++shape.serial;
  shape.serial_end = shape.serial;
  while (shape.serial_end < text.size() && is_digit(text[shape.serial_end])) ++shape.serial_end;
  const std::size_t digits = shape.serial_end - shape.serial;
  const bool ends = shape.serial_end + 1 == text.size() && text[shape.serial_end] == U'号';
  if (digits == 0 || digits > 12 || !ends) return std::nullopt;
  return shape;
}

std::uint64_t number_of(std::u32string_view digits) {
  std::uint64_t value = 0;
  for (const char32_t c : digits) value = value * 10 + (c - U'0');
  return value;
}

std::optional<DocumentNumber> parse_folded(std::u32string_view text) {
  const auto shape = shape_of(text);
  if (!shape) return std::nullopt;
  DocumentNumber number;
  number.organ = to_utf8(text.substr(0, shape->open));
  number.year = static_cast<unsigned>(number_of(text.substr(shape->open + 1, 4)));
  number.serial = number_of(text.substr(shape->serial, shape->serial_end - shape->serial));
  return number;
}

void append_number(std::u32string_view digits, std::string& out) {
  const std::size_t first = digits.find_first_not_of(U'0');
  const std::u32string_view significant = first == std::u32string_view::npos ? U"" : digits.substr(first);
  out.push_back('0');  // numbers before letters, as digits are
  const std::size_t length = significant.size() < 255 ? significant.size() : 255;
  out.push_back(static_cast<char>(static_cast<unsigned char>(length)));
  for (const char32_t c : significant) out.push_back(static_cast<char>(c));
}

}  // namespace

std::optional<DocumentNumber> parse_document_number(std::string_view text) {
  return parse_folded(fold_without_space(text));
}

std::string normalise_code(std::string_view code) {
  const std::u32string folded = fold_without_space(code);
  if (const auto number = parse_folded(folded)) {
    return number->organ + "(" + to_utf8(std::u32string_view(folded).substr(folded.find(U'(') + 1, 4)) + ")" +
           std::to_string(number->serial) + "号";
  }
  return to_utf8(folded);
}

bool looks_like_reference_code(std::string_view text) {
  const std::u32string folded = fold_only(text);
  std::size_t parts = 0;
  std::size_t length = 0;
  bool digit = false;
  for (const char32_t c : folded) {
    if (c == U'-' || c == U'.') {
      if (length == 0) return false;
      ++parts;
      length = 0;
    } else if (is_word_char(c)) {
      ++length;
      digit = digit || is_digit(c);
    } else {
      return false;
    }
  }
  return length > 0 && parts >= 2 && digit;
}

std::string natural_sort_key(std::string_view code) {
  const std::u32string folded = to_utf32(normalise_code(code));
  std::string out;
  for (std::size_t at = 0; at < folded.size();) {
    if (!is_digit(folded[at])) {
      append_utf8(folded[at++], out);
      continue;
    }
    std::size_t end = at;
    while (end < folded.size() && is_digit(folded[end])) ++end;
    append_number(std::u32string_view(folded).substr(at, end - at), out);
    at = end;
  }
  return out;
}

}  // namespace lantai::text
