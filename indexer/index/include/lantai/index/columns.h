// What must a search know of every document without asking the store? Type, id, date and code to sort by, facet values,
// who may see it, where its text is. All in memory, one element a document, read back from the index directory at open.
//
// Written by the indexer's thread only; read by any thread for documents below the end of its snapshot. A document
// never changes: an update is a new document, and the old one is marked with the state from which on it is gone.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lantai/index/append_array.h"
#include "lantai/index/ranking.h"
#include "lantai/index/text_log.h"

namespace lantai::index {

using DocId = std::uint32_t;  // from 1, in the order of indexing, never used twice in a generation
inline constexpr DocId kNoDoc = std::numeric_limits<DocId>::max();
inline constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

// Distinct strings, numbered from 1 as they come. One writer; readers may look at any number they have met.
class Dictionary {
 public:
  std::uint32_t add(const std::string& value);         // writer
  std::uint32_t find(const std::string& value) const;  // 0: unknown
  const std::string& at(std::uint32_t number) const { return *values_.find(number); }
  std::uint32_t size() const { return size_.load(std::memory_order_acquire); }

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  AppendArray<std::string, 8> values_;
  std::atomic<std::uint32_t> size_{0};
};

// The values of one field that can be counted, filtered and sorted.
class FieldColumn {
 public:
  void set(DocId doc, const std::vector<std::string>& values);  // writer
  const Dictionary& dictionary() const { return dictionary_; }
  // Calls visit(number of the value) for each value of the document.
  template <typename F>
  void each(DocId doc, F&& visit) const {
    each(first_.find(doc), visit);
  }
  using Walker = AppendArray<std::uint32_t>::Walker;
  Walker walker() const { return Walker(first_); }
  template <typename F>
  void each(DocId doc, Walker& walker, F&& visit) const {
    each(walker.find(doc), visit);
  }

 private:
  template <typename F>
  void each(const std::uint32_t* first, F&& visit) const {
    if (first == nullptr || *first == 0) return;
    if ((*first & kMany) == 0) {
      visit(*first);
      return;
    }
    for (const std::uint32_t value : *many_.find(*first & ~kMany)) visit(value);
  }

  static constexpr std::uint32_t kMany = 0x80000000U;
  Dictionary dictionary_;
  AppendArray<std::uint32_t> first_;
  AppendArray<std::vector<std::uint32_t>, 6> many_;
  std::uint32_t many_count_ = 0;
};

// What every match is asked, in four bytes a document: a million of them stay near the processor.
struct Standing {
  static constexpr std::uint32_t kGone = 0x80000000U;  // then DocumentEntry::gone_at says since when
  std::atomic<std::uint32_t> access_and_gone{0};       // access: in access_sets(), from 1

  std::uint32_t access() const { return access_and_gone.load(std::memory_order_relaxed) & ~kGone; }
  bool gone() const { return (access_and_gone.load(std::memory_order_acquire) & kGone) != 0; }
};

struct DocumentEntry {
  std::atomic<std::uint64_t> gone_at{kForever};
  std::uint32_t type = 0;      // in types()
  std::atomic<DocId> next{0};  // what replaced it, once it is gone; 0: the record was removed
  std::uint64_t version = 0;
  std::string id;
  std::string code_key;  // natural_sort_key of the reference code
  std::string date;      // as given, normalised; may be only a year
};

// Where the text is that a phrase is looked for in; apart, because many are read for one search.
struct TextEntry {
  std::uint64_t offset = 0;
  std::uint32_t size = 0;
  mutable std::atomic<std::uint32_t> checked{0};  // Snapshot::text

  TextLog::Place place() const { return {offset, size}; }
};

class Columns {
 public:
  const DocumentEntry& at(DocId doc) const { return *entries_.find(doc); }
  const TextEntry& text(DocId doc) const { return *texts_.find(doc); }
  const Standing& standing(DocId doc) const { return *standings_.find(doc); }
  Length length(DocId doc) const { return *lengths_.find(doc); }  // in terms that count for ranking
  using LengthWalker = AppendArray<Length, 16>::Walker;
  LengthWalker length_walker() const { return LengthWalker(lengths_); }
  using StandingWalker = AppendArray<Standing, 16>::Walker;
  StandingWalker standing_walker() const { return StandingWalker(standings_); }
  const Dictionary& types() const { return types_; }
  // Number of the set → its terms.
  const std::vector<std::string>& access_set(std::uint32_t number) const { return *access_sets_.find(number); }
  // Of all documents, gone ones included, in terms.
  std::uint64_t total_length() const { return total_length_.load(); }
  std::uint32_t access_set_count() const { return access_count_.load(std::memory_order_acquire); }
  const FieldColumn* find_field(const std::string& name) const;
  std::vector<std::string> field_names() const;

  // Writer.
  DocumentEntry& add(DocId doc) { return entries_.at(doc); }
  void set_text(DocId doc, TextLog::Place place);
  void set_standing(DocId doc, std::uint32_t length, std::vector<std::string> access);
  void mark_gone(DocId doc) { standings_.at(doc).access_and_gone.fetch_or(Standing::kGone); }
  Dictionary& mutable_types() { return types_; }
  FieldColumn& ensure_field(const std::string& name);

 private:
  std::uint32_t add_access_set(std::vector<std::string> terms);

  AppendArray<DocumentEntry> entries_;
  AppendArray<Standing, 16> standings_;
  AppendArray<Length, 16> lengths_;
  AppendArray<TextEntry, 16> texts_;
  std::atomic<std::uint64_t> total_length_{0};
  Dictionary types_;
  AppendArray<std::vector<std::string>, 6> access_sets_;
  std::map<std::vector<std::string>, std::uint32_t> access_numbers_;
  std::atomic<std::uint32_t> access_count_{0};
  mutable std::shared_mutex fields_mutex_;
  std::map<std::string, std::unique_ptr<FieldColumn>> fields_;
};

}  // namespace lantai::index
