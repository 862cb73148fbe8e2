// Which characters stand side by side in the names (titles, people, departments) of a segment? So that sounds become
// terms without a term of their own. Read once for each segment, which takes some milliseconds for a hundred thousand
// names, and kept as long as the segment is. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cursors.h"

namespace lantai::search {

struct NamePairs {
  struct First {
    char32_t character = 0;
    std::vector<char32_t> next;  // 0: nothing, a run of word characters ends here
  };
  std::vector<First> firsts;
};

class NameGrams {
 public:
  explicit NameGrams(std::vector<std::string> fields) : fields_(std::move(fields)) {}
  const std::vector<std::string>& fields() const { return fields_; }  // that hold names
  // Throws deadline_exceeded.
  std::shared_ptr<const NamePairs> of(const std::string& field, index::SegmentReader& reader,
                                      const index::Segment& segment, QueryRun& run);

 private:
  struct Known {
    std::weak_ptr<const index::Segment> segment;
    DocId last = 0;  // a fresh segment grows
    std::shared_ptr<const NamePairs> pairs;
  };
  const std::vector<std::string> fields_;
  std::mutex mutex_;
  std::map<std::pair<const index::Segment*, std::string>, Known> known_;
};

}  // namespace lantai::search
