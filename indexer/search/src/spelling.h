// Which words of the holdings may a person have meant who mistyped one? Latin words that differ by one letter too many,
// too few, another or two swapped; from eight letters on by two such mistakes. The first letter is right, or swapped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cursors.h"

namespace lantai::search {

// The fewest mistakes first, then the most frequent; at most `most`. Empty for what has anything but letters a to z, or
// fewer than four. Not every one of them stands in what the caller may see.
std::vector<std::string> words_spelled_like(std::string_view word, std::size_t most, QueryRun& run);

// How many mistakes lie between two words, counted up to `most` + 1 (optimal string alignment).
std::size_t mistakes_between(std::string_view a, std::string_view b, std::size_t most);

}  // namespace lantai::search
