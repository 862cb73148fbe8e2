// What of a plan does one document hold, and what does it lack? Thread-confined; the run outlives it.
#pragma once

#include <string>
#include <vector>

#include "plan.h"

namespace lantai::search {

// Of what a plan needs together one part, as it was typed, or folded where that is not known. The plan outlives it.
struct NeededPart {
  const PlanNode* node;
  std::string typed;
};
std::vector<NeededPart> needed_parts(const PlanNode& plan, const std::string& query);

class Witness {
 public:
  Witness(QueryRun& run, DocId doc);

  // These throw deadline_exceeded.
  bool holds(const PlanNode& node);
  // The phrases of the plan, also of its alternatives, that the document has not; folded.
  std::vector<std::string> missing_phrases(const PlanNode& node);
  // What of the parts the document has not, each once.
  std::vector<std::string> missing(const std::vector<NeededPart>& parts);

 private:
  void collect_phrases(const PlanNode& node, std::vector<std::string>& missing);

  QueryRun& run_;
  const DocId doc_;
  const index::Segment* segment_ = nullptr;
  std::unique_ptr<index::SegmentReader> reader_;
};

}  // namespace lantai::search
