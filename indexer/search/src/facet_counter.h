// Which values does a field have in the documents that match, and how often? Exactly, or as an even sample tells.
// Thread-confined; the column outlives it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lantai/index/columns.h"
#include "lantai/search/searcher.h"

namespace lantai::search {

inline constexpr std::size_t kFetchedAhead = 40;  // documents whose value, or standing, is fetched beside

// Of an estimate; what was met is not none.
inline std::uint64_t rounded(double count) { return count <= 0 ? 0 : std::max<std::uint64_t>(1, std::llround(count)); }

class FacetCounter {
 public:
  FacetCounter(std::string name, const index::FieldColumn* column)
      : name_(std::move(name)), column_(column), counts_(column == nullptr ? 0 : column->dictionary().size() + 1) {
    if (column != nullptr) walker_ = column->walker();
  }

  void count(std::span<const index::DocId> docs) {
    visit(docs, [&](std::uint32_t value) { ++counts_[value]; });
  }
  // Of candidates that each stand for so many: `read` are those whose texts were read, `matching` those of them that
  // match; of `unread` as many of a value are taken to match as of it were read, and where few were, as of all.
  void estimate(std::span<const index::DocId> read, std::span<const index::DocId> matching,
                std::span<const index::DocId> unread, double each) {
    if (column_ == nullptr || read.empty()) return;
    constexpr double kFew = 8;
    struct Met {
      double read = 0, matching = 0, unread = 0;
    };
    std::vector<Met> met(counts_.size());
    visit(read, [&](std::uint32_t value) { ++met[value].read; });
    visit(matching, [&](std::uint32_t value) { ++met[value].matching; });
    visit(unread, [&](std::uint32_t value) { ++met[value].unread; });
    const double share_of_all = static_cast<double>(matching.size()) / static_cast<double>(read.size());
    estimates_.resize(counts_.size());
    for (std::size_t value = 0; value < met.size(); ++value) {
      const auto& of = met[value];
      const double share = (of.matching + kFew * share_of_all) / (of.read + kFew);
      estimates_[value] += each * (of.matching + share * of.unread);
    }
  }

  Facet result(std::size_t limit) const {
    Facet facet{name_, {}};
    for (std::uint32_t number = 1; number < counts_.size(); ++number) {
      const auto count = counts_[number] + (estimates_.empty() ? 0 : rounded(estimates_[number]));
      if (count > 0) facet.values.push_back({column_->dictionary().at(number), count});
    }
    std::sort(facet.values.begin(), facet.values.end(), [](const FacetValue& a, const FacetValue& b) {
      return a.count != b.count ? a.count > b.count : a.value < b.value;
    });
    if (facet.values.size() > limit) facet.values.resize(limit);
    return facet;
  }

 private:
  template <typename Take>
  void visit(std::span<const index::DocId> docs, Take&& take) {
    if (column_ == nullptr) return;
    for (std::size_t i = 0; i < docs.size(); ++i) {
      if (i + kFetchedAhead < docs.size()) __builtin_prefetch(walker_->find(docs[i + kFetchedAhead]));
      column_->each(docs[i], *walker_, [&](std::uint32_t value) {
        if (value < counts_.size()) take(value);
      });
    }
  }

  std::string name_;
  const index::FieldColumn* column_;
  std::optional<index::FieldColumn::Walker> walker_;
  std::vector<std::uint64_t> counts_;
  std::vector<double> estimates_;  // empty: none
};

}  // namespace lantai::search
