// Which departments lie below others? Read from the records of type `department`, and again after one of them changed.
// Thread-safe. Cost: O(changes since the last call); after a change of a department O(departments).
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "lantai/records/record_engine.h"

namespace lantai::records {

class DepartmentTree {
 public:
  // Both outlive it.
  DepartmentTree(storage::Store& store, const RecordEngine& engine) : store_(store), engine_(engine) {}
  // Those named, by id, and all below them.
  std::set<std::string> with_those_below(const std::vector<std::string>& departments);

 private:
  void refresh();

  storage::Store& store_;
  const RecordEngine& engine_;
  std::mutex mutex_;
  bool read_ = false;
  std::uint64_t position_ = 0;  // of the last change looked at
  std::multimap<std::string, std::string> below_;
};

}  // namespace lantai::records
