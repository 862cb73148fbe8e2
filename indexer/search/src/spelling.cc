#include "spelling.h"

#include <algorithm>
#include <map>

#include "lantai/index/terms.h"

namespace lantai::search {
namespace {

constexpr std::size_t kShortest = 4;
constexpr std::size_t kLongest = 40;
constexpr std::size_t kLong = 8;

struct Spelled {
  std::size_t mistakes = 0;
  std::uint64_t frequency = 0;  // in all segments
};

bool is_latin_word(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

std::size_t mistakes_between(std::string_view a, std::string_view b, std::size_t most) {
  if (a.size() > b.size() + most || b.size() > a.size() + most) return most + 1;
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t k = 0; k <= b.size(); ++k) last[k] = k;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t k = 1; k <= b.size(); ++k) {
      row[k] = std::min({last[k] + 1, row[k - 1] + 1, last[k - 1] + (a[i - 1] == b[k - 1] ? 0 : 1)});
      const bool swapped = i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1];
      if (swapped) row[k] = std::min(row[k], before[k - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return std::min(last[b.size()], most + 1);
}

std::vector<std::string> words_spelled_like(std::string_view word, std::size_t most, QueryRun& run) {
  if (word.size() < kShortest || word.size() > kLongest || !is_latin_word(word)) return {};
  const std::size_t allowed = word.size() < kLong ? 1 : 2;
  std::map<std::string, Spelled> found;
  for (const auto& segment : run.snapshot.segments) {
    const auto reader = segment->reader();
    for (const char first : {word[0], word[1]}) {
      const std::string prefix = index::word_term({&first, 1});
      reader->each_term(prefix, [&](const std::string& term) {
        run.effort.spend();
        const std::string_view known = std::string_view(term).substr(prefix.size() - 1);
        if (known == word || !is_latin_word(known)) return true;
        const std::size_t mistakes = mistakes_between(word, known, allowed);
        if (mistakes > allowed) return true;
        Spelled& spelled = found[std::string(known)];
        spelled.mistakes = mistakes;
        spelled.frequency += reader->frequency(term);
        return true;
      });
      if (word[0] == word[1]) break;
    }
  }
  std::vector<std::string> words;
  for (const auto& [known, spelled] : found) words.push_back(known);
  std::stable_sort(words.begin(), words.end(), [&](const std::string& a, const std::string& b) {
    const Spelled &left = found.at(a), &right = found.at(b);
    return left.mistakes != right.mistakes ? left.mistakes < right.mistakes : left.frequency > right.frequency;
  });
  if (words.size() > most) words.resize(most);
  return words;
}

}  // namespace lantai::search
