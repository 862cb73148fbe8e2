#include "fold.h"

namespace lantai::schema {

std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t count = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    if (count == 0 || at + count > text.size()) {
      result.push_back(0xFFFD);
      ++at;
      continue;
    }
    char32_t c = count == 1 ? lead : lead & (0xFFU >> (count + 1));
    for (std::size_t i = 1; i < count; ++i) c = (c << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    result.push_back(c);
    at += count;
  }
  return result;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6U));
    put(0x80 | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12U));
    put(0x80 | ((c >> 6U) & 0x3FU));
    put(0x80 | (c & 0x3FU));
  } else {
    put(0xF0 | (c >> 18U));
    put(0x80 | ((c >> 12U) & 0x3FU));
    put(0x80 | ((c >> 6U) & 0x3FU));
    put(0x80 | (c & 0x3FU));
  }
}

std::size_t length(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

char32_t narrow(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFF01 + '!';
  return c == 0x3000 || c == 0xA0 ? U' ' : c;
}

bool is_space(char32_t c) {
  return c == ' ' || (c >= 9 && c <= 13) || c == 0xA0 || c == 0x3000 || c == 0xFEFF || (c >= 0x2000 && c <= 0x200B);
}

std::string narrowed(std::string_view text) {
  std::string result;
  for (const auto c : code_points(text)) append_utf8(result, narrow(c));
  return result;
}

std::string folded(std::string_view text) {
  std::string result;
  for (auto c : code_points(text)) {
    c = narrow(c);
    if (is_space(c)) continue;
    append_utf8(result, c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return result;
}

std::string trimmed(std::string_view text) {
  const auto points = code_points(text);
  std::size_t first = 0, last = points.size();
  while (first < last && is_space(points[first])) ++first;
  while (last > first && is_space(points[last - 1])) --last;
  if (first == 0 && last == points.size()) return std::string(text);
  std::string result;
  for (; first < last; ++first) append_utf8(result, points[first]);
  return result;
}

}  // namespace lantai::schema
