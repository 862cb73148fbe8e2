// When do two texts match? When their folded forms do: NFKC, case folding, traditional → simplified, variant and width
// folding, all brackets, dashes and middle dots alike, and without the spaces that OCR, typesetting or line breaks put
// beside Han characters and punctuation: a run of white space survives, as one space, only between two word characters
// of which neither is Han. The original stays untouched; the offset map leads from the folded text back to it, for
// highlighting. Folding what is folded changes nothing. Thread-safe. Tests: tests/text/folding_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lantai::text {

// Changes whenever a text may fold, segment or be indexed otherwise than before; part of an index's identity. Holds the
// ICU version, because its dictionary and tables decide as well.
std::string analyser_version();

struct FoldedText {
  std::u32string text;
  // origin[i]: byte offset in the original of the character that gave text[i]; one entry more than text, the last being
  // the original's length. Non-decreasing.
  std::vector<std::uint32_t> origin;
};

FoldedText fold(std::string_view original);           // valid UTF-8, < 4 GiB
std::u32string fold_only(std::string_view original);  // without the map; cheaper

bool is_han(char32_t c);        // any plane, with 〇 and 々
bool is_word_char(char32_t c);  // Han, letters, digits and marks of any script; what terms are made of

std::string to_utf8(std::u32string_view text);
void append_utf8(char32_t c, std::string& out);
std::u32string to_utf32(std::string_view text);  // ill-formed bytes become U+FFFD

}  // namespace lantai::text
