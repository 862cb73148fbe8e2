// When is a search the same as another? Two texts say what it asks for; whatever differs in them is another search.
#pragma once

#include <string>

#include "lantai/search/searcher.h"

namespace lantai::search {

// All that decides what somebody sees.
std::string told_of(const AccessFilter& access);
// Which records, in which order: what the pages of one list have in common.
std::string list_asked_for(const SearchRequest& request);
// Everything that its answer depends on but the state of the index and of the synonyms.
std::string question_of(const SearchRequest& request);

}  // namespace lantai::search
