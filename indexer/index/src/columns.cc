#include "lantai/index/columns.h"

#include <algorithm>

namespace lantai::index {

std::uint32_t Dictionary::add(const std::string& value) {
  const auto found = numbers_.find(value);
  if (found != numbers_.end()) return found->second;
  const std::uint32_t number = size_.load(std::memory_order_relaxed) + 1;
  values_.at(number) = value;
  {
    std::unique_lock lock(mutex_);
    numbers_.emplace(value, number);
  }
  size_.store(number, std::memory_order_release);
  return number;
}

std::uint32_t Dictionary::find(const std::string& value) const {
  std::shared_lock lock(mutex_);
  const auto found = numbers_.find(value);
  return found == numbers_.end() ? 0 : found->second;
}

void FieldColumn::set(DocId doc, const std::vector<std::string>& values) {
  if (values.empty()) return;
  std::vector<std::uint32_t> numbers;
  for (const auto& value : values) {
    const std::uint32_t number = dictionary_.add(value);
    if (std::find(numbers.begin(), numbers.end(), number) == numbers.end()) numbers.push_back(number);
  }
  if (numbers.size() == 1) {
    first_.at(doc) = numbers.front();
    return;
  }
  many_.at(many_count_) = std::move(numbers);
  first_.at(doc) = kMany | many_count_++;
}

const FieldColumn* Columns::find_field(const std::string& name) const {
  std::shared_lock lock(fields_mutex_);
  const auto found = fields_.find(name);
  return found == fields_.end() ? nullptr : found->second.get();
}

std::vector<std::string> Columns::field_names() const {
  std::shared_lock lock(fields_mutex_);
  std::vector<std::string> names;
  for (const auto& [name, column] : fields_) names.push_back(name);
  return names;
}

void Columns::set_text(DocId doc, TextLog::Place place) {
  TextEntry& entry = texts_.at(doc);
  entry.offset = place.offset;
  entry.size = place.size;
}

void Columns::set_standing(DocId doc, std::uint32_t length, std::vector<std::string> access) {
  lengths_.at(doc) = Length(length);
  standings_.at(doc).access_and_gone.store(add_access_set(std::move(access)));
  total_length_ += length;
}

std::uint32_t Columns::add_access_set(std::vector<std::string> terms) {
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  const auto found = access_numbers_.find(terms);
  if (found != access_numbers_.end()) return found->second;
  const std::uint32_t number = access_count_.load(std::memory_order_relaxed) + 1;
  access_sets_.at(number) = terms;
  access_numbers_.emplace(std::move(terms), number);
  access_count_.store(number, std::memory_order_release);
  return number;
}

FieldColumn& Columns::ensure_field(const std::string& name) {
  {
    std::shared_lock lock(fields_mutex_);
    const auto found = fields_.find(name);
    if (found != fields_.end()) return *found->second;
  }
  std::unique_lock lock(fields_mutex_);
  return *(fields_[name] = std::make_unique<FieldColumn>());
}

}  // namespace lantai::index
