// How is decoded text put together? Code points of valid UTF-8 and the rules for white space. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lantai::extract::worker {

// The code point at `at`, which moves on to the next. `text` is valid UTF-8.
char32_t next_code_point(std::string_view text, std::size_t& at);
char32_t last_code_point(std::string_view text);  // 0 if empty
void append_utf8(std::string& out, char32_t c);

// Han characters and the punctuation and kana that stand beside them without a space.
bool joins_without_space(char32_t c);
// Removes blanks between such characters (OCR puts them there).
std::string without_han_spaces(std::string_view text);

// Line ends become \n, blanks at line ends and NULs go, more than one empty line becomes one, none at the end.
std::string tidy(std::string_view text);
std::string trim(std::string_view text);

}  // namespace lantai::extract::worker
