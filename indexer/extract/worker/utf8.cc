#include "utf8.h"

namespace lantai::extract::worker {

char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const unsigned lead = byte(at);
  if (lead < 0x80) {
    at += 1;
    return lead;
  }
  if (lead < 0xE0) {
    const char32_t c = (lead & 0x1FU) << 6U | (byte(at + 1) & 0x3FU);
    at += 2;
    return c;
  }
  if (lead < 0xF0) {
    const char32_t c = (lead & 0x0FU) << 12U | (byte(at + 1) & 0x3FU) << 6U | (byte(at + 2) & 0x3FU);
    at += 3;
    return c;
  }
  const char32_t c =
      (lead & 0x07U) << 18U | (byte(at + 1) & 0x3FU) << 12U | (byte(at + 2) & 0x3FU) << 6U | (byte(at + 3) & 0x3FU);
  at += 4;
  return c;
}

char32_t last_code_point(std::string_view text) {
  if (text.empty()) return 0;
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return next_code_point(text, at);
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6U);
    put(0x80 | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12U);
    put(0x80 | (c >> 6U & 0x3FU));
    put(0x80 | (c & 0x3FU));
  } else {
    put(0xF0 | c >> 18U);
    put(0x80 | (c >> 12U & 0x3FU));
    put(0x80 | (c >> 6U & 0x3FU));
    put(0x80 | (c & 0x3FU));
  }
}

bool joins_without_space(char32_t c) {
  return (c >= 0x3000 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFF00 && c <= 0xFF65) || (c >= 0x20000 && c <= 0x323AF) || (c >= 0x2E80 && c <= 0x2FDF) ||
         c == 0x2014 || c == 0x2026 || (c >= 0x2018 && c <= 0x201D);
}

std::string without_han_spaces(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  char32_t before = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] != ' ') {
      const auto begin = at;
      before = next_code_point(text, at);
      out.append(text.substr(begin, at - begin));
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && text[end] == ' ') ++end;
    std::size_t peek = end;
    const bool between =
        end < text.size() && joins_without_space(before) && joins_without_space(next_code_point(text, peek));
    if (!between) out.append(text.substr(at, end - at));
    at = end;
  }
  return out;
}

std::string trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\f\v";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(kBlank) - begin + 1));
}

std::string tidy(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  unsigned breaks = 0;
  std::size_t blanks_from = 0;  // where the blanks that end `out` begin
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\0') continue;
    if (c == '\r') {
      if (i + 1 < text.size() && text[i + 1] == '\n') continue;
      c = '\n';
    }
    if (c == '\n') {
      out.resize(blanks_from);
      if (++breaks > 2 || out.empty()) continue;
      out += c;
      blanks_from = out.size();
      continue;
    }
    out += c;
    if (c == ' ' || c == '\t') continue;
    blanks_from = out.size();
    breaks = 0;
  }
  out.resize(blanks_from);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

}  // namespace lantai::extract::worker
