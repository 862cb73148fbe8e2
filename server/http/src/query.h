// Which parameters came with the address? Decoded, valid UTF-8, each reader checking what it reads. Value; immutable.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lantai::http {

class Query {
 public:
  Query() = default;
  // Throws invalid_argument (`request.bad_parameter`) on broken escapes and on bytes that are no text.
  static Query parse(std::string_view raw);

  bool has(std::string_view name) const;
  std::string text(std::string_view name, std::string_view otherwise = {}) const;  // the first of that name
  std::vector<std::string> all(std::string_view name) const;
  bool flag(std::string_view name) const;  // 1, true
  std::uint64_t number(std::string_view name, std::uint64_t otherwise, std::uint64_t min, std::uint64_t max) const;
  // `where[a]=1&where[b]=2` → {a: 1, b: 2}
  std::map<std::string, std::string> members(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

// A decimal number without sign or space; throws invalid_argument (`request.bad_parameter`) naming it.
std::uint64_t parse_number(std::string_view name, std::string_view text, std::uint64_t min, std::uint64_t max);

}  // namespace lantai::http
