#include "filters.h"

#include <algorithm>

#include "lantai/base/error.h"

namespace lantai::cli {

std::string query_of(const std::vector<std::string>& words) {
  std::string query;
  for (const auto& word : words) query += (query.empty() ? "" : " ") + word;
  return query;
}

std::vector<search::FieldFilter> filters_of(const std::vector<std::string>& given) {
  std::vector<search::FieldFilter> filters;
  for (const auto& text : given) {
    const auto at = text.find_first_of("=:");
    if (at == std::string::npos || at == 0)
      throw Error(ErrorCode::invalid_argument, "--filter needs FIELD=VALUE: " + text);
    const std::string field = text.substr(0, at), value = text.substr(at + 1);
    const auto dots = value.find("..");
    if (dots != std::string::npos) {
      search::FieldFilter range;
      range.field = field;
      if (dots > 0) range.from = value.substr(0, dots);
      if (dots + 2 < value.size()) range.to = value.substr(dots + 2);
      filters.push_back(std::move(range));
      continue;
    }
    const auto same = [&](const auto& filter) { return filter.field == field && !filter.any_of.empty(); };
    const auto found = std::find_if(filters.begin(), filters.end(), same);
    if (found != filters.end()) {
      found->any_of.push_back(value);
    } else {
      search::FieldFilter filter;
      filter.field = field;
      filter.any_of = {value};
      filters.push_back(std::move(filter));
    }
  }
  return filters;
}

}  // namespace lantai::cli
