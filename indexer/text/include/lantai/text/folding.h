// When do two texts match? When their folded forms do: NFKC, case folding, traditional → simplified, variant and width
// folding, and without the spaces that OCR or line breaks put between Han characters. The original stays untouched; the
// offset map leads from the folded text back to it, for highlighting. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lantai::text {

struct FoldedText {
  std::u32string text;
  // origin[i]: byte offset in the original of the character that gave text[i]; one entry more than text, the last being
  // the original's length. Non-decreasing.
  std::vector<std::uint32_t> origin;
};

FoldedText fold(std::string_view original);           // valid UTF-8, < 4 GiB
std::u32string fold_only(std::string_view original);  // without the map; cheaper

bool is_han(char32_t c);  // any plane, with 〇 and 々

std::string to_utf8(std::u32string_view text);
std::u32string to_utf32(std::string_view text);

}  // namespace lantai::text
