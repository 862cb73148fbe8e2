// Which names sound like what a person types or typed? For completions while typing, and for what may have been meant
// when nothing was found. Within what the caller may see. Thread-confined.
#pragma once

#include "by_sound.h"
#include "evaluation.h"

namespace lantai::search {

struct Named {
  DocId doc = 0;
  SoundingName place;
};

// Of the newest kLookedAt documents with such a name: one of each name; those that begin so first, then the shorter.
// `request`: access, types. Ends early, with what was found, when the run's time is up.
std::vector<Named> names_sounding_so(const PlanNode& sounding, const SearchRequest& request, const PageToken& basis,
                                     std::size_t limit, QueryRun& run);

inline constexpr std::size_t kLookedAt = 300;

}  // namespace lantai::search
