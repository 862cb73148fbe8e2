// The lines in which a document's elements stand, folded so that they can be compared, with the way back. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/papers/official_document.h"
#include "lantai/text/folding.h"

namespace lantai::papers {

struct Line {
  std::uint32_t page = 0;
  std::string_view source;          // the page's text
  std::u32string text;              // folded: simplified, brackets as (), without blanks
  std::vector<std::size_t> origin;  // into source; one more than text

  bool starts_with(std::u32string_view words) const {
    return std::u32string_view(text).substr(0, words.size()) == words;
  }
};

// Without empty ones and those that hold a page number only.
std::vector<Line> lines_of(const Page& page, std::size_t most, bool from_end);

Element element(ElementKind kind, std::string value, const Line& line, std::size_t begin, std::size_t end,
                double confidence);
// What stands at [begin, end) of the folded line, as it is written, without blanks beside Han characters.
std::string as_written(const Line& line, std::size_t begin, std::size_t end);
// Names between `、`, `,` and `;`, and, with `blanks`, between blanks.
std::vector<Element> names(ElementKind kind, const Line& line, std::size_t begin, std::size_t end, bool blanks,
                           double confidence);

// The digit that a character is or that OCR made of one (O, l, 〇, 三, …); -1 if none.
int digit(char32_t c);
// Looks like the name of an organ: word characters and brackets, none of the marks of a sentence.
bool is_name(std::u32string_view text);

}  // namespace lantai::papers
