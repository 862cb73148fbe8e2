#include "question.h"

namespace lantai::search {

std::string question_of(const SearchRequest& request) {
  std::string all;
  const auto add = [&](std::string_view part) {
    all += std::to_string(part.size());
    all += ':';
    all += part;
  };
  const auto add_list = [&](const std::vector<std::string>& list) {
    add(std::to_string(list.size()));
    for (const auto& one : list) add(one);
  };
  add(request.query);
  add(std::to_string(request.filters.size()));
  for (const auto& filter : request.filters) {
    add(filter.field);
    add_list(filter.any_of);
    add(filter.from ? "+" + *filter.from : "");
    add(filter.to ? "+" + *filter.to : "");
  }
  add_list(request.facets);
  add(std::to_string(request.facet_values));
  add(std::to_string(static_cast<int>(request.sort)));
  add(std::to_string(request.limit));
  add(request.page_token);
  add(request.strict ? "strict" : "");
  add(request.access.everything ? "*" : "");
  add_list(request.access.any_of);
  add(request.types);
  add(request.ids_after);
  return all;
}

}  // namespace lantai::search
