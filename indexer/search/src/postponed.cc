#include "postponed.h"

namespace lantai::search {
namespace {

// Without a pattern, and always the same.
std::uint64_t scattered(std::uint64_t number) {
  number = (number ^ (number >> 31U)) * 0x9E3779B97F4A7C15ULL;
  return (number ^ (number >> 29U)) >> 16U;
}

}  // namespace

void halve(std::vector<index::DocId>& docs) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i + 1 < docs.size(); i += 2) {
    const auto either = docs[i];
    docs[kept++] = scattered(either) % 2 == 0 ? either : docs[i + 1];
  }
  if (docs.size() % 2 == 1 && scattered(docs.back()) % 2 == 0) docs[kept++] = docs.back();
  docs.resize(kept);
}

void Postponed::add(std::span<const index::DocId> docs) {
  for (const auto doc : docs) {
    if (count_ == next_) {
      docs_.push_back(doc);
      if (docs_.size() == kMost) {
        halve(docs_);
        each_ *= 2;
      }
      const std::uint64_t group = count_ / each_ + 1;
      next_ = group * each_ + scattered(group) % each_;
    }
    ++count_;
  }
}

}  // namespace lantai::search
