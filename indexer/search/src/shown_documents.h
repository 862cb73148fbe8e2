// What did the last hits look like? Making a document from the store costs far more than finding it, and people ask for
// the same few again and again. Kept by the number the index gave it, so that whatever is indexed anew is made anew.
// Whether the caller may still see the record is not decided here. Thread-safe.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "lantai/index/columns.h"
#include "lantai/index/document.h"

namespace lantai::search {

class ShownDocuments {
 public:
  explicit ShownDocuments(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // nullptr: not kept. Another generation numbers anew and forgets everything.
  std::shared_ptr<const index::Document> find(const std::string& generation, index::DocId doc);
  // The least recently shown make room. What is longer than a tenth of it all is not kept.
  void keep(const std::string& generation, index::DocId doc, std::shared_ptr<const index::Document> document);

 private:
  struct Entry {
    index::DocId doc = 0;
    std::shared_ptr<const index::Document> document;
    std::size_t bytes = 0;
  };
  void enter(const std::string& generation);

  const std::size_t most_bytes_;
  std::mutex mutex_;
  std::string generation_;
  std::list<Entry> entries_;  // the last shown first
  std::unordered_map<index::DocId, std::list<Entry>::iterator> places_;
  std::size_t bytes_ = 0;
};

}  // namespace lantai::search
