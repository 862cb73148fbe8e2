// Where on the picture of a page does each character stand? For marking hits on it. Values; boxes are fractions of the
// width and height of the page as it is drawn, from its upper left corner. Throws as said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/bytes.h"

namespace lantai::extract {

struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;  // 0 to 1
};

struct PlacedCharacter {
  std::string text;   // UTF-8; more than one character where the font draws them as one
  std::string after;  // "", " " or "\n"
  Box box;
  std::uint32_t confidence = 100;  // percent; of OCR less
};

struct PageLayout {
  bool from_ocr = false;
  std::vector<PlacedCharacter> characters;  // in reading order

  // The whole page, on which a query is marked.
  std::string text() const;
  // What to draw for bytes [begin, end) of text(): a box a line.
  std::vector<Box> boxes(std::size_t begin, std::size_t end) const;
};

// As it is stored (docs/formats/extraction.md). from_cbor throws data_loss.
Bytes to_cbor(const PageLayout& layout);
PageLayout page_layout_from_cbor(ByteView bytes);

}  // namespace lantai::extract
