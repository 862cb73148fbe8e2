// How are strings written that come again and again: field names, vocabulary values, access terms? Each is written once
// and known by its number from then on. Writer and reader of the same bytes come to the same numbers. Thread-confined.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "encoding.h"

namespace lantai::index {

class SharedStrings {
 public:
  SharedStrings() = default;
  SharedStrings(const SharedStrings&) = delete;
  SharedStrings& operator=(const SharedStrings&) = delete;

  void put(const std::string& value, std::string& out) {
    if (value.size() > kLongest) {  // a title: hardly ever again
      put_number(kOnce, out);
      return put_text(value, out);
    }
    const auto [at, fresh] = numbers_.try_emplace(value, kFirst + numbers_.size());
    put_number(fresh ? kNew : at->second, out);
    if (!fresh) return;
    put_text(value, out);
    values_.push_back(&at->first);
  }
  std::string get(std::string_view& in) {
    const std::uint64_t number = get_number(in);
    if (number == kOnce) return std::string(get_text(in));
    if (number == kNew) {
      const auto [at, fresh] = numbers_.try_emplace(std::string(get_text(in)), kFirst + numbers_.size());
      if (!fresh) throw Error(ErrorCode::data_loss, "index file: a string is new twice");
      values_.push_back(&at->first);
      return at->first;
    }
    if (number - kFirst >= values_.size()) throw Error(ErrorCode::data_loss, "index file: a string nobody wrote");
    return *values_[number - kFirst];
  }

 private:
  static constexpr std::size_t kLongest = 24;
  static constexpr std::uint64_t kNew = 0, kOnce = 1, kFirst = 2;
  std::unordered_map<std::string, std::uint64_t> numbers_;
  std::vector<const std::string*> values_;  // by number; the keys of numbers_, which stay where they are
};

}  // namespace lantai::index
