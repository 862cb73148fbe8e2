#include "shown_documents.h"

namespace lantai::search {
namespace {

std::size_t memory_of(const index::Document& document) {
  std::size_t bytes = 4096;  // fields, names and the rest, roughly
  for (const auto& page : document.pages) bytes += page.text.size() + sizeof page;
  return bytes;
}

}  // namespace

void ShownDocuments::enter(const std::string& generation) {
  if (generation == generation_) return;
  generation_ = generation;
  entries_.clear();
  places_.clear();
  bytes_ = 0;
}

std::shared_ptr<const index::Document> ShownDocuments::find(const std::string& generation, index::DocId doc) {
  std::lock_guard lock(mutex_);
  enter(generation);
  const auto found = places_.find(doc);
  if (found == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->document;
}

void ShownDocuments::keep(const std::string& generation, index::DocId doc,
                          std::shared_ptr<const index::Document> document) {
  const std::size_t bytes = memory_of(*document);
  if (bytes > most_bytes_ / 10) return;
  std::lock_guard lock(mutex_);
  enter(generation);
  if (places_.contains(doc)) return;
  entries_.push_front({doc, std::move(document), bytes});
  places_[doc] = entries_.begin();
  for (bytes_ += bytes; bytes_ > most_bytes_; entries_.pop_back()) {
    bytes_ -= entries_.back().bytes;
    places_.erase(entries_.back().doc);
  }
}

}  // namespace lantai::search
