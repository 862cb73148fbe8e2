#include "completion.h"

#include <algorithm>
#include <set>

namespace lantai::search {

std::vector<Named> names_sounding_so(const PlanNode& sounding, const SearchRequest& request, const PageToken& basis,
                                     std::size_t limit, QueryRun& run) {
  SearchRequest newest;
  newest.access = request.access;
  newest.types = request.types;
  newest.sort = Sort::date_descending;
  newest.limit = kLookedAt;
  Plan plan;
  plan.root = sounding;
  Conditions conditions;
  conditions.request = &newest;
  conditions.plan = &plan;
  conditions.basis = basis;
  std::vector<Named> found;
  std::set<std::u32string> known;
  for (const auto& match : evaluate(conditions, run).top) {
    const auto streams = run.read(match.doc);
    if (!streams) continue;
    auto name = sounding_name(*sounding.sound, *sounding.names, *streams);
    if (name && known.insert(name->name).second) found.push_back({match.doc, std::move(*name)});
  }
  std::stable_sort(found.begin(), found.end(), [](const Named& a, const Named& b) {
    const bool first = a.place.begin == 0, second = b.place.begin == 0;
    return first != second ? first : a.place.name.size() < b.place.name.size();
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

}  // namespace lantai::search
