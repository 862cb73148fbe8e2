// Which of very many candidates are looked at to tell how many match? Those whose texts need not be read for the list
// are put aside; when there are more than are kept, an even sample of them stays: one of each so many, and not always
// the same one of them, as records often come in turns. The same candidates leave the same sample. Thread-confined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lantai/index/columns.h"

namespace lantai::search {

class Postponed {
 public:
  static constexpr std::size_t kMost = 4096;

  void add(std::span<const index::DocId> docs);  // increasing, from call to call
  std::uint64_t count() const { return count_; }
  std::uint64_t each_stands_for() const { return each_; }
  const std::vector<index::DocId>& docs() const { return docs_; }  // increasing

 private:
  std::vector<index::DocId> docs_;
  std::uint64_t count_ = 0, each_ = 1;
  std::uint64_t next_ = 0;  // which is taken, counted from the first
};

// One of each two.
void halve(std::vector<index::DocId>& docs);

}  // namespace lantai::search
