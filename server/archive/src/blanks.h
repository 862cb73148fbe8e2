// Which blanks at the ends of a text mean nothing? Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace lantai::archive {

inline std::string trimmed(std::string_view text) {  // of spaces, tabs and ends of lines
  constexpr std::string_view kBlank = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin));
}

}  // namespace lantai::archive
