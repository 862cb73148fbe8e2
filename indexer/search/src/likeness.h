// Which documents are like this one? A plan that ranks by the words that set it apart: often in it, rare elsewhere.
#pragma once

#include "plan.h"

namespace lantai::search {

// No root children: there is nothing to go by. Reads kReadCharacters of its texts. Throws deadline_exceeded.
Plan plan_of_likeness(const index::Document& document, text::Segmenter& segmenter, QueryRun& run);

inline constexpr std::size_t kReadCharacters = 20'000;
inline constexpr std::size_t kTellingWords = 25;

}  // namespace lantai::search
