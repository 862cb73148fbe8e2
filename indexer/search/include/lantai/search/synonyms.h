// Which words mean the same to those who search? 校办 also finds 校长办公室. Values, made once a list; thread-safe.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lantai::search {

class Synonyms {
 public:
  // Who types `word` also means each of `also`; the other way round, and among themselves, only with `both_ways`. Words
  // are compared folded; what folds to nothing or to `word` is passed over.
  void add(std::string_view word, const std::vector<std::string>& also, bool both_ways);

  bool empty() const { return also_.empty(); }
  std::size_t longest() const { return longest_; }                       // characters of the longest word
  const std::set<std::u32string>& of(std::u32string_view folded) const;  // none: no such word

 private:
  std::map<std::u32string, std::set<std::u32string>, std::less<>> also_;
  std::size_t longest_ = 0;
};

}  // namespace lantai::search
