#include "plausible.h"

#include <algorithm>
#include <array>
#include <set>

#include "utf8.h"

namespace lantai::extract::worker {
namespace {

struct Range {
  char32_t first, last;
};

// What office papers are written in: Latin, Greek, Cyrillic, Arabic (Uyghur), Han with everything East Asian, and the
// punctuation and symbols that stand among them.
constexpr std::array kExpected = {Range{0x21, 0x52F},    Range{0x600, 0x77F},     Range{0x1100, 0x11FF},
                                  Range{0x1E00, 0x1FFF}, Range{0x2000, 0x2BFF},   Range{0x2E80, 0xA4CF},
                                  Range{0xAC00, 0xD7FF}, Range{0xF900, 0xFDFF},   Range{0xFE10, 0xFE6F},
                                  Range{0xFE70, 0xFFEF}, Range{0x1F000, 0x1FAFF}, Range{0x20000, 0x3FFFF}};
constexpr char32_t kNoGlyph = 0xA4;  // ¤, what producers of OFD write for a glyph without a character

// Private characters are bullets where they are few. U+FFFD and its like say that nothing is known.
bool means_nothing(char32_t c) {
  return c == kNoGlyph || (c >= 0xE000 && c <= 0xF8FF) || c == 0xFFFD || c < 0x20 || (c >= 0x7F && c < 0xA0);
}

bool is_expected(char32_t c) {
  return std::any_of(kExpected.begin(), kExpected.end(), [c](Range r) { return c >= r.first && c <= r.last; });
}

}  // namespace

std::size_t count_legible(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();)
    if (next_code_point(text, at) > ' ') ++count;
  return count;
}

bool looks_garbled(std::string_view text) {
  constexpr std::size_t kScripts = 3;  // whoever writes in one of the rarer ones writes in that one
  std::size_t all = 0, nothing = 0, strange = 0, accented = 0;
  std::set<char32_t> scripts;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (c <= ' ' || c == 0xA0 || c == 0x3000) continue;
    ++all;
    if (means_nothing(c)) {
      ++nothing;
    } else if (c >= 0xC0 && c < 0x180) {
      ++accented;
    } else if (!is_expected(c)) {
      ++strange;
      scripts.insert(c >> 7U);
    }
  }
  const auto is_much = [all](std::size_t count) { return count > 1 && count * 10 >= all * 3; };
  return is_much(nothing) || (is_much(strange) && scripts.size() >= kScripts) || (accented > 4 && accented * 2 >= all);
}

}  // namespace lantai::extract::worker
