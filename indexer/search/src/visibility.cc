#include "visibility.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace lantai::search {
namespace {

bool shares(const std::vector<std::string>& terms, const std::vector<std::string>& any_of) {
  return std::any_of(any_of.begin(), any_of.end(), [&](const std::string& term) {
    return std::find(terms.begin(), terms.end(), term) != terms.end();
  });
}

// `place`: names with blanks between them.
bool names_any(std::string_view place, const std::vector<std::string>& names) {
  for (std::size_t begin = 0; begin < place.size();) {
    const auto end = std::min(place.find(' ', begin), place.size());
    if (std::find(names.begin(), names.end(), place.substr(begin, end - begin)) != names.end()) return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace

Visibility::Visibility(const AccessFilter& access, const index::Columns& columns)
    : columns_(columns), sets_(columns.access_set_count() + 1, access.everything) {
  if (access.everything) return;
  const std::unordered_set<std::string_view> seen(access.any_of.begin(), access.any_of.end());
  for (std::uint32_t number = 1; number < sets_.size(); ++number) {
    const auto& terms = columns.access_set(number);
    sets_[number] = std::any_of(terms.begin(), terms.end(), [&](const auto& term) { return seen.contains(term); });
  }
  lends_ = !access.lent.empty();
  if (!lends_) return;
  for (const auto& name : access.lent) {
    const auto slash = name.find('/');
    if (slash == std::string::npos) continue;
    records_.emplace(columns.types().find(name.substr(0, slash)), name.substr(slash + 1));
  }
  lies_in_ = columns.find_field(std::string(index::kLiesIn));
  if (lies_in_ == nullptr) return;
  walker_ = lies_in_->walker();
  places_.resize(lies_in_->dictionary().size() + 1);
  for (std::uint32_t number = 1; number < places_.size(); ++number)
    places_[number] = names_any(lies_in_->dictionary().at(number), access.lent);
}

bool Visibility::is_lent(index::DocId doc) {
  const auto& entry = columns_.at(doc);
  if (records_.contains({entry.type, entry.id})) return true;
  bool found = false;
  if (walker_) {
    lies_in_->each(doc, *walker_,
                   [&](std::uint32_t value) { found = found || (value < places_.size() && places_[value]); });
  }
  return found;
}

bool sees(const AccessFilter& access, const index::Document& document) {
  if (access.everything || shares(document.access, access.any_of)) return true;
  if (access.lent.empty()) return false;
  if (names_any(document.type + "/" + document.id, access.lent)) return true;
  return std::any_of(document.fields.begin(), document.fields.end(), [&](const index::FieldValue& field) {
    return field.name == index::kLiesIn && !field.values.empty() && names_any(field.values.front(), access.lent);
  });
}

}  // namespace lantai::search
