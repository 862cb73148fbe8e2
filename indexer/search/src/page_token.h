// Where does the next page begin? A token fixes everything the order depends on: which documents existed, which were
// gone, and the statistics behind the scores. So pages neither repeat nor skip anything when documents arrive or change
// between them. Bound to its request. It tells how often words occur in what the caller may not see: it leaves the
// searcher only sealed (searcher.h). Its length tells nothing of its numbers. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lantai::search {

// How much of a query must a document have?
enum class Matching : std::uint64_t {
  all,             // everything that is needed
  all_before_any,  // those that have everything come first, too few to fill a page; then those with any part
  any,             // any part, as nothing has everything
  by_sound,        // everything, a name that sounds like a word of letters will do, as nothing else has it
};

struct PageToken {
  std::uint64_t request = 0;  // digest of what was asked
  std::string generation;
  std::string life;
  std::uint64_t state = 0;
  std::uint32_t end = 0;
  std::uint64_t offset = 0;
  std::uint64_t documents = 0;
  std::uint64_t total_length = 0;
  Matching matching = Matching::all;
  std::int64_t today = 0;  // day_number() of the first page's
  double best = 0;         // score of the first hit
  std::vector<std::uint64_t> frequencies;
};

std::string encode(const PageToken& token);
PageToken decode_page_token(std::string_view bytes);  // throws invalid_argument, search.bad_page_token

}  // namespace lantai::search
