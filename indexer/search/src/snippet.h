// Which passage of a document shows best why it was found, and on which page? Marks fall on the original characters, by
// way of the folded text's offset map. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lantai/search/searcher.h"
#include "plan.h"

namespace lantai::search {

using ByteRange = std::pair<std::size_t, std::size_t>;

// Where the marks occur in `text`, in order, merged where they overlap or touch.
std::vector<ByteRange> find_marks(const std::vector<Mark>& marks, const std::string& text);

struct Passage {
  std::uint32_t file = 0;
  std::string file_name;
  std::string member;  // path in it, when it is an archive
  std::uint32_t page = 0;
  std::vector<SnippetPart> parts;
};

// Throws deadline_exceeded when `effort` is used up.
Passage best_passage(const std::vector<Mark>& marks, const index::Document& document, index::Effort& effort);

}  // namespace lantai::search
