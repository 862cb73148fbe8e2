// When is a search the same as another? When their questions are: everything that an answer depends on but the state of
// the index and of the synonyms.
#pragma once

#include <string>

#include "lantai/search/searcher.h"

namespace lantai::search {

std::string question_of(const SearchRequest& request);

}  // namespace lantai::search
