#include "visibility.h"

#include <algorithm>
#include <string_view>

namespace lantai::search {
namespace {

bool holds(const AccessFilter& access, std::string_view term) {
  const auto among = [&](std::string_view wanted) {
    return std::find(access.any_of.begin(), access.any_of.end(), wanted) != access.any_of.end();
  };
  const auto at = term.find('@');
  if (at == std::string_view::npos) return among(term);
  return (among(term.substr(0, at + 1)) && access.departments.contains(std::string(term.substr(at + 1)))) ||
         among(term);
}

bool shares(const std::vector<std::string>& terms, const AccessFilter& access) {
  return std::any_of(terms.begin(), terms.end(), [&](const auto& term) { return holds(access, term); });
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
  for (std::uint32_t number = 1; number < sets_.size(); ++number)
    sets_[number] = shares(columns.access_set(number), access);
  lends_ = !access.lent.empty();
  if (!lends_) return;
  for (const auto& name : access.lent) {
    const auto slash = name.find('/');
    if (slash == std::string::npos) continue;
    records_.emplace(columns.types().find(name.substr(0, slash)), name.substr(slash + 1));
  }
  for (const auto& type : access.lent_types) lent_types_.insert(columns.types().find(type));
  lies_in_ = columns.find_field(std::string(index::kLiesIn));
  if (lies_in_ == nullptr) return;
  walker_ = lies_in_->walker();
  places_.resize(lies_in_->dictionary().size() + 1);
  for (std::uint32_t number = 1; number < places_.size(); ++number)
    places_[number] = names_any(lies_in_->dictionary().at(number), access.lent);
}

bool Visibility::is_lent(index::DocId doc) {
  const auto& entry = columns_.at(doc);
  if (!lent_types_.contains(entry.type)) return false;
  if (records_.contains({entry.type, entry.id})) return true;
  bool found = false;
  if (walker_) {
    lies_in_->each(doc, *walker_,
                   [&](std::uint32_t value) { found = found || (value < places_.size() && places_[value]); });
  }
  return found;
}

bool sees(const AccessFilter& access, const index::Document& document) {
  if (access.everything || shares(document.access, access)) return true;
  const auto& types = access.lent_types;
  if (access.lent.empty() || std::find(types.begin(), types.end(), document.type) == types.end()) return false;
  if (names_any(document.type + "/" + document.id, access.lent)) return true;
  return std::any_of(document.fields.begin(), document.fields.end(), [&](const index::FieldValue& field) {
    return field.name == index::kLiesIn && !field.values.empty() && names_any(field.values.front(), access.lent);
  });
}

}  // namespace lantai::search
