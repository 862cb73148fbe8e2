#include "lantai/search/synonyms.h"

#include <algorithm>

#include "lantai/text/folding.h"

namespace lantai::search {

void Synonyms::add(std::string_view word, const std::vector<std::string>& also, bool both_ways) {
  std::vector<std::u32string> words{text::fold_only(word)};
  for (const auto& other : also) words.push_back(text::fold_only(other));
  for (std::size_t from = 0; from < (both_ways ? words.size() : 1); ++from) {
    for (const auto& to : words) {
      if (words[from].empty() || to.empty() || to == words[from]) continue;
      also_[words[from]].insert(to);
      longest_ = std::max(longest_, words[from].size());
    }
  }
}

const std::set<std::u32string>& Synonyms::of(std::u32string_view folded) const {
  static const std::set<std::u32string> none;
  const auto found = also_.find(folded);
  return found == also_.end() ? none : found->second;
}

}  // namespace lantai::search
