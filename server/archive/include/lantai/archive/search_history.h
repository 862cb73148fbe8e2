// What did people look for? The last searches of each account, for that account alone, and those that several people
// made, without saying who. Kept in KeySpace::searches (docs/formats/store.md). Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/time.h"
#include "lantai/storage/store.h"

namespace lantai::archive {

struct PastSearch {
  std::string query;  // as it was typed last
  Timestamp at;
};

struct PopularSearch {
  std::string query;
  std::size_t people = 0;
};

class SearchHistory {
 public:
  static constexpr std::size_t kKept = 50;  // searches of an account; older ones go
  // What fewer people looked for is not told: it might be known who. Longer ago it does not count.
  static constexpr std::size_t kFewest = 3;
  static constexpr std::int64_t kRecentMicros = 90LL * 24 * 3600 * kMicrosPerSecond;

  SearchHistory(storage::Store& store, const Clock& clock) : store_(store), clock_(clock) {}  // which outlive it

  // Durable on return. The same in other characters, widths or cases is one search, which moves to the front. Empty
  // ones are passed over; throws invalid_argument (`search.too_long`) beyond 1000 bytes.
  void note(std::string_view account, std::string_view query);
  std::vector<PastSearch> of(std::string_view account) const;  // the latest first
  // Of them those whose text, read as pinyin, initials or as it stands, has what is typed.
  std::vector<PastSearch> completing(std::string_view account, std::string_view typed, std::size_t most) const;
  void forget(std::string_view account, std::string_view query);  // not there: nothing happens
  void forget_all(std::string_view account);
  // By people, then text. Cost: reads what all accounts keep, about a millisecond for a hundred accounts.
  std::vector<PopularSearch> popular() const;

 private:
  storage::Store& store_;
  const Clock& clock_;
};

}  // namespace lantai::archive
