// Which parts of a request does one document answer? Thread-compatible.
#pragma once

#include "plan.h"

namespace lantai::search {

// Fills in matches, by_any_part, parts and failed_filters. Throws deadline_exceeded.
void explain_document(const ParsedQuery& query, const SearchRequest& request, Planner& planner, QueryRun& run,
                      DocId doc, Explanation& explanation);

}  // namespace lantai::search
