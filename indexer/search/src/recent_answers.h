// What was just answered to the same question? People go back to a list they have seen, and many ask the same at once.
// Holds for as long as nothing has been indexed since. Thread-safe.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "lantai/search/searcher.h"

namespace lantai::search {

class RecentAnswers {
 public:
  explicit RecentAnswers(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // `state`: of the index and of whatever else an answer depends on; another one forgets everything. nullptr: not
  // known.
  std::shared_ptr<const SearchResult> find(const std::string& state, const std::string& question);
  void keep(const std::string& state, const std::string& question, std::shared_ptr<const SearchResult> answer);

 private:
  struct Entry {
    std::string question;
    std::shared_ptr<const SearchResult> answer;
    std::size_t bytes = 0;
  };
  void enter(const std::string& state);

  const std::size_t most_bytes_;
  std::mutex mutex_;
  std::string state_;
  std::list<Entry> entries_;  // the last asked for first
  std::unordered_map<std::string, std::list<Entry>::iterator> places_;
  std::size_t bytes_ = 0;
};

// Everything that an answer depends on but the state of the index.
std::string question_of(const SearchRequest& request);

}  // namespace lantai::search
