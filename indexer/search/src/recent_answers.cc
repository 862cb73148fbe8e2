#include "recent_answers.h"

namespace lantai::search {
namespace {

std::size_t weight_of(const std::string& question, const SearchResult& answer) {
  std::size_t bytes = sizeof answer + 2 * question.size() + answer.next_page_token.size();
  for (const auto& hit : answer.hits) {
    bytes += sizeof hit + hit.title.size() + hit.file_name.size() + hit.member.size() + hit.department.size();
    for (const auto& part : hit.snippet) bytes += sizeof part + part.text.size();
  }
  for (const auto& facet : answer.facets) bytes += sizeof facet + facet.values.size() * sizeof(FacetValue);
  return bytes;
}

}  // namespace

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

void RecentAnswers::enter(const std::string& state) {
  if (state == state_) return;
  state_ = state;
  entries_.clear();
  places_.clear();
  bytes_ = 0;
}

std::shared_ptr<const SearchResult> RecentAnswers::find(const std::string& state, const std::string& question) {
  std::lock_guard lock(mutex_);
  enter(state);
  const auto found = places_.find(question);
  if (found == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->answer;
}

void RecentAnswers::keep(const std::string& state, const std::string& question,
                         std::shared_ptr<const SearchResult> answer) {
  const std::size_t bytes = weight_of(question, *answer);
  if (bytes > most_bytes_ / 10) return;
  std::lock_guard lock(mutex_);
  if (state != state_ || places_.contains(question)) return;
  entries_.push_front({question, std::move(answer), bytes});
  places_[question] = entries_.begin();
  for (bytes_ += bytes; bytes_ > most_bytes_; entries_.pop_back()) {
    bytes_ -= entries_.back().bytes;
    places_.erase(entries_.back().question);
  }
}

}  // namespace lantai::search
