// How are short names compared when people typed them? After full-width forms become ASCII, case is folded and white
// space goes. Only for names, codes and dates; full text is the business of indexer/text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lantai::schema {

// Code points of valid UTF-8; ill-formed bytes become U+FFFD.
std::vector<char32_t> code_points(std::string_view text);
void append_utf8(std::string& out, char32_t c);
std::size_t length(std::string_view text);  // in characters

// Full-width ASCII forms and the ideographic space become ASCII.
char32_t narrow(char32_t c);
bool is_space(char32_t c);

std::string narrowed(std::string_view text);
std::string folded(std::string_view text);
std::string trimmed(std::string_view text);  // white space at both ends, U+3000 and U+FEFF included

}  // namespace lantai::schema
