// How is one UTF-8 character read fast? Inline, for the loops of folding.cc and utf.cc.
#pragma once

#include <cstdint>
#include <string_view>

namespace lantai::text {

// Reads the character at `at` and moves past it; an ill-formed byte gives U+FFFD and moves by one.
inline char32_t decode(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
  const std::uint8_t lead = byte(at);
  if (lead < 0x80U) {
    ++at;
    return lead;
  }
  if (lead >= 0xE0U && lead < 0xF0U && tail(at + 1) && tail(at + 2)) {
    const char32_t c = ((lead & 0x0FU) << 12U) | ((byte(at + 1) & 0x3FU) << 6U) | (byte(at + 2) & 0x3FU);
    at += 3;
    return c;
  }
  if (lead >= 0xC2U && lead < 0xE0U && tail(at + 1)) {
    const char32_t c = ((lead & 0x1FU) << 6U) | (byte(at + 1) & 0x3FU);
    at += 2;
    return c;
  }
  if (lead >= 0xF0U && lead < 0xF5U && tail(at + 1) && tail(at + 2) && tail(at + 3)) {
    const char32_t c = ((lead & 0x07U) << 18U) | ((byte(at + 1) & 0x3FU) << 12U) | ((byte(at + 2) & 0x3FU) << 6U) |
                       (byte(at + 3) & 0x3FU);
    at += 4;
    return c <= 0x10FFFF ? c : U'\uFFFD';
  }
  ++at;
  return U'\uFFFD';
}

}  // namespace lantai::text
