#include "postponed.h"

namespace lantai::search {
namespace {

// Without a pattern, and always the same: the last step of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom
// Number Generators, 2014).
std::uint64_t scattered(std::uint64_t number) {
  number += 0x9E3779B97F4A7C15ULL;
  number = (number ^ (number >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  number = (number ^ (number >> 27U)) * 0x94D049BB133111EBULL;
  return number ^ (number >> 31U);
}

}  // namespace

void halve(std::vector<index::DocId>& docs) {
  std::size_t kept = 0;
  // By both: who has won once is not to win always.
  for (std::size_t i = 0; i + 1 < docs.size(); i += 2)
    docs[kept++] = docs[i + scattered(std::uint64_t{docs[i]} << 32U | docs[i + 1]) % 2];
  if (docs.size() % 2 == 1 && scattered(docs.size()) % 2 == 0) docs[kept++] = docs.back();
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
