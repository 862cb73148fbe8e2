// What of a plan does one document hold, and what does it lack? Thread-confined; the run outlives it.
#pragma once

#include <string>
#include <vector>

#include "plan.h"

namespace lantai::search {

class Witness {
 public:
  Witness(QueryRun& run, DocId doc);

  // These throw deadline_exceeded.
  bool holds(const PlanNode& node);
  // The phrases of the plan, also of its alternatives, that the document has not; folded.
  std::vector<std::string> missing_phrases(const PlanNode& node);
  // What the plan needs together and the document has not, as it stands in `query`, or folded where it does not.
  std::vector<std::string> missing_parts(const PlanNode& node, const std::string& query);

 private:
  void collect_phrases(const PlanNode& node, std::vector<std::string>& missing);
  void collect_parts(const PlanNode& node, const std::string& query, std::vector<std::string>& missing);

  QueryRun& run_;
  const DocId doc_;
  const index::Segment* segment_ = nullptr;
  std::unique_ptr<index::SegmentReader> reader_;
};

}  // namespace lantai::search
