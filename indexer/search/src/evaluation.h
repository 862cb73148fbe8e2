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
};

struct Evaluation {
  std::uint64_t total = 0;
  bool complete = true;  // false: the time was up
  std::vector<Match> top;
  std::vector<Facet> facets;
  std::vector<DocId> damaged;  // left out, because their text cannot be trusted
};

struct Conditions {
  const SearchRequest* request = nullptr;
  const index::Snapshot* snapshot = nullptr;
  const Plan* plan = nullptr;
  const PlanNode* filters = nullptr;  // nullptr: none
  PageToken basis;                    // what exists and the statistics; offset: how many to pass over
  std::chrono::steady_clock::time_point deadline;
};

// Document frequencies of the plan's scoring terms over all segments, for PageToken::frequencies.
std::vector<std::uint64_t> frequencies_of(const Plan& plan, const index::Snapshot& snapshot);

Evaluation evaluate(const Conditions& conditions);

}  // namespace lantai::search
