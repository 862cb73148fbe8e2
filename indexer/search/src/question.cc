#include "question.h"

namespace lantai::search {
namespace {

// Each part with its length, each list with its number: no two requests give the same text.
class Text {
 public:
  Text& add(std::string_view part) {
    all_ += std::to_string(part.size());
    all_ += ':';
    all_ += part;
    return *this;
  }
  Text& add_list(const std::vector<std::string>& list) {
    add(std::to_string(list.size()));
    for (const auto& one : list) add(one);
    return *this;
  }
  // Of a range.
  Text& add_end(const std::optional<std::string>& part) { return add(part ? "+" + *part : ""); }
  std::string take() { return std::move(all_); }

 private:
  std::string all_;
};

}  // namespace

std::string told_of(const AccessFilter& access) {
  Text text;
  text.add(access.everything ? "*" : "").add_list(access.any_of).add_list(access.lent).add_list(access.lent_types);
  text.add_list({access.departments.begin(), access.departments.end()});
  return text.take();
}

std::string list_asked_for(const SearchRequest& request) {
  Text text;
  text.add(request.query).add(request.all_words ? "all" : "").add(request.types).add(request.ids_after);
  text.add(std::to_string(static_cast<int>(request.sort)));
  text.add(told_of(request.access));
  text.add(std::to_string(request.filters.size()));
  for (const auto& filter : request.filters)
    text.add(filter.field).add_list(filter.any_of).add_end(filter.from).add_end(filter.to);
  return text.take();
}

std::string question_of(const SearchRequest& request) {
  Text text;
  text.add(list_asked_for(request)).add(request.page_token).add(std::to_string(request.limit));
  text.add_list(request.facets).add(std::to_string(request.facet_values)).add(request.strict ? "strict" : "");
  text.add(request.exact_counts ? "exact" : "");
  if (request.sort == Sort::recent) text.add(format_date(request.today));
  return text.take();
}

}  // namespace lantai::search
