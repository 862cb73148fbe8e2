// What of the index may the caller see? By sets of access terms, which are few, and by what was lent, which is looked
// at only for those to whom something was. Thread-confined; what it is made of outlives it.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "lantai/index/columns.h"
#include "lantai/index/document.h"
#include "lantai/search/searcher.h"

namespace lantai::search {

// Which sets of terms a caller may see, and which places hold what was lent to them, by their numbers. Immutable.
struct VisibleSets {
  VisibleSets(const AccessFilter& access, const index::Columns& columns);
  std::vector<bool> sets, places;
};

class Visibility {
 public:
  Visibility(const AccessFilter& access, const index::Columns& columns, std::shared_ptr<const VisibleSets> visible);

  // `set`: of the document's standing.
  bool sees(index::DocId doc, std::uint32_t set) {
    return (set < sets_.size() && sets_[set]) || (lends_ && is_lent(doc));
  }

 private:
  bool is_lent(index::DocId doc);

  const index::Columns& columns_;
  const std::shared_ptr<const VisibleSets> visible_;
  const std::vector<bool>&sets_, &places_;
  bool lends_ = false;
  std::set<std::uint32_t> lent_types_;
  std::set<std::pair<std::uint32_t, std::string>> records_;  // type by number, id
  const index::FieldColumn* lies_in_ = nullptr;
  std::optional<index::FieldColumn::Walker> walker_;
};

// Of the document as the store has it now.
bool sees(const AccessFilter& access, const index::Document& document);

}  // namespace lantai::search
