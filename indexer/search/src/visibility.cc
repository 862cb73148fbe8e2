#include "visibility.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace lantai::search {
namespace {

// `any_of`, `in_scope`: does the caller bring that term, or see that department?
template <typename AnyOf, typename InScope>
bool holds(std::string_view term, const AnyOf& any_of, const InScope& in_scope) {
  const auto at = term.find('@');
  if (at == std::string_view::npos) return any_of(term);
  return (any_of(term.substr(0, at + 1)) && in_scope(term.substr(at + 1))) || any_of(term);
}

bool shares(const std::vector<std::string>& terms, const AccessFilter& access) {
  const auto any_of = [&](std::string_view term) {
    return std::find(access.any_of.begin(), access.any_of.end(), term) != access.any_of.end();
  };
  const auto in_scope = [&](std::string_view department) {
    return access.departments.contains(std::string(department));
  };
  return std::any_of(terms.begin(), terms.end(), [&](const auto& term) { return holds(term, any_of, in_scope); });
}

// The same, for those who ask of many.
class Shares {
 public:
  explicit Shares(const AccessFilter& access)
      : any_of_(access.any_of.begin(), access.any_of.end()),
        departments_(access.departments.begin(), access.departments.end()) {}
  bool operator()(const std::vector<std::string>& terms) const {
    const auto any_of = [&](std::string_view term) { return any_of_.contains(term); };
    const auto in_scope = [&](std::string_view department) { return departments_.contains(department); };
    return std::any_of(terms.begin(), terms.end(), [&](const auto& term) { return holds(term, any_of, in_scope); });
  }

 private:
  std::unordered_set<std::string_view> any_of_, departments_;
};

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

VisibleSets::VisibleSets(const AccessFilter& access, const index::Columns& columns)
    : sets(columns.access_set_count() + 1, access.everything) {
  if (access.everything) return;
  const Shares shared(access);
  for (std::uint32_t number = 1; number < sets.size(); ++number) sets[number] = shared(columns.access_set(number));
  const auto* lies_in = access.lent.empty() ? nullptr : columns.find_field(std::string(index::kLiesIn));
  if (lies_in == nullptr) return;
  places.resize(lies_in->dictionary().size() + 1);
  for (std::uint32_t number = 1; number < places.size(); ++number)
    places[number] = names_any(lies_in->dictionary().at(number), access.lent);
}

Visibility::Visibility(const AccessFilter& access, const index::Columns& columns,
                       std::shared_ptr<const VisibleSets> visible)
    : columns_(columns), visible_(std::move(visible)), sets_(visible_->sets), places_(visible_->places) {
  lends_ = !access.everything && !access.lent.empty();
  if (!lends_) return;
  for (const auto& name : access.lent) {
    const auto slash = name.find('/');
    if (slash == std::string::npos) continue;
    records_.emplace(columns.types().find(name.substr(0, slash)), name.substr(slash + 1));
  }
  for (const auto& type : access.lent_types) lent_types_.insert(columns.types().find(type));
  lies_in_ = columns.find_field(std::string(index::kLiesIn));
  if (lies_in_ != nullptr) walker_ = lies_in_->walker();
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
