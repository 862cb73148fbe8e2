// Which documents answer a plan, in which order, and how do their fields count? Walks every segment of a snapshot once:
// alive, visible to the caller, of the type, passing the filters, matching exactly. Thread-compatible.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "page_token.h"
#include "plan.h"

namespace lantai::search {

struct Match {
  DocId doc = 0;
  double score = 0;
  bool closest = false;  // it has everything, although any part would do
};

inline constexpr std::uint64_t kCountedExactly = 1'000;

struct Evaluation {
  // Unless exact counts are asked for: when more than kCountedExactly have to be read to be counted, only those that
  // may be among the best are, and an even sample of the others. Then the counts, and those of facets, are estimates:
  // as a rule at most 3 in 100 off, facets according to the number of the sample that have the value.
  bool counts_are_exact = true;
  std::uint64_t total = 0;    // of what the caller may see now; beside what has any part, of what has everything
  std::uint64_t partial = 0;  // beside the total, what has only a part
  std::uint64_t places = 0;   // with what was withdrawn since the first page, which keeps its place
  bool complete = true;       // false: the time was up
  std::vector<Match> top;
  std::vector<Facet> facets;
};

struct Conditions {
  const SearchRequest* request = nullptr;
  const Plan* plan = nullptr;
  const PlanNode* filters = nullptr;  // nullptr: none
  PageToken basis;                    // what exists and the statistics; offset: how many to pass over
};

// Document frequencies of the plan's scoring terms over all segments, for PageToken::frequencies.
std::vector<std::uint64_t> frequencies_of(const Plan& plan, QueryRun& run);

// Leaves in `run.damaged` what was left out because its text cannot be trusted. When the time is up: what was found.
Evaluation evaluate(const Conditions& conditions, QueryRun& run);

}  // namespace lantai::search
