// The small grammar that header fields share (RFC 9110, 5.6): names without regard to case, optional white space. Pure.
#pragma once

#include <string>
#include <string_view>

namespace lantai::http {

inline std::string lowered(std::string_view text) {  // ASCII letters only
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

inline std::string_view trimmed(std::string_view text) {  // of spaces and tabs
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace lantai::http
