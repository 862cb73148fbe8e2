// Which synonyms does the office keep? The records of type `synonym`, as searches use them. Thread-safe.
#pragma once

#include <memory>
#include <mutex>

#include "lantai/records/record_engine.h"
#include "lantai/search/synonyms.h"
#include "lantai/storage/store.h"

namespace lantai::archive {

class SynonymList {
 public:
  SynonymList(storage::Store& store, const records::RecordEngine& engine);  // which outlive it
  // As of the last commit; never null. Reads the changes since the last call, and the list again only when one of them
  // is of a synonym, or they are many.
  std::shared_ptr<const search::Synonyms> current();

 private:
  bool changed_since(std::uint64_t position) const;
  search::Synonyms read() const;

  storage::Store& store_;
  const records::RecordEngine& engine_;
  const records::Principal principal_;
  std::mutex mutex_;
  std::shared_ptr<const search::Synonyms> known_;
  std::uint64_t position_ = 0;  // up to which changes were looked at
};

}  // namespace lantai::archive
