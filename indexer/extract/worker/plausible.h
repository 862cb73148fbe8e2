// Can anybody have written this? A PDF or OFD whose fonts do not say which characters their glyphs are gives glyph
// numbers taken for characters: signs of many scripts nobody mixes, of none, or nothing but accents. Thread-safe.
#pragma once

#include <string_view>

namespace lantai::extract::worker {

std::size_t count_legible(std::string_view text);  // characters that are not white space
bool looks_garbled(std::string_view text);         // valid UTF-8

}  // namespace lantai::extract::worker
