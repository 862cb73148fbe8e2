// What did a record ask of whoever wants to see it, when a list last met it? Remembered, so that a list for somebody
// who sees little steps over what they may not see without reading it and all it lies in. Never older than the list
// that asks: it follows the change feed before each, and what has changed, or may have with what it lies in, is
// forgotten. The same for the entries of the indexes that lists went through, by who may see as much.
//
// Thread-safe. Memory: kMost records at some hundred bytes, and RememberedEntries. Cost: O(changes since the last
// list). Used in tests/records/known_standings_test.cc.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lantai/records/policy.h"
#include "lantai/storage/store.h"
#include "remembered_entries.h"

namespace lantai::records {

class KnownStandings {
 public:
  using Kind = std::uint32_t;  // standings that differ only in what the record lies in are of one kind
  static constexpr Kind kUnknown = UINT32_MAX;

  // The index keys of a record as it is now.
  using KeysOf = std::function<std::set<Bytes>(const std::string& type, const std::string& id)>;

  // `containers`: types that others lie in.
  KnownStandings(storage::Store& store, std::set<std::string> containers, KeysOf keys_of)
      : store_(store), containers_(std::move(containers)), keys_of_(std::move(keys_of)) {}

  // Before a list takes its view of the store; what it gives back goes to `met`.
  std::uint64_t follow(Date today);
  // Of records of that type, in the order of `ids`.
  std::vector<Kind> find(const std::string& type, const std::vector<std::string_view>& ids) const;
  Standing standing(Kind kind) const;
  // What whoever sees as much as this viewer may see there.
  std::optional<RememberedEntries::Part> seen_by(const std::string& viewer, const storage::ScanRange& range) const;
  // What the list found that they may see in [from, to), unless anything has changed since `followed`.
  void seen(std::uint64_t followed, const std::string& viewer, const Bytes& from, const Bytes& to,
            std::set<Bytes> entries);
  // Records that the list read, and what they asked. What has changed since `followed` is left out.
  void met(std::uint64_t followed, const std::string& type,
           const std::vector<std::pair<std::string, Standing>>& standings);

 private:
  static constexpr std::size_t kMost = 200'000;
  static constexpr std::size_t kFollowed = 5'000;       // changes; beyond it is quicker to forget
  static constexpr std::size_t kFollowedEntries = 500;  // each of which is read

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view id) const { return std::hash<std::string_view>()(id); }
  };
  using Known = std::unordered_map<std::string, Kind, Hash, std::equal_to<>>;

  void look_at_changes();
  void forget();
  Kind kind_of(const Standing& standing);

  storage::Store& store_;
  const std::set<std::string> containers_;
  const KeysOf keys_of_;
  mutable std::mutex mutex_;
  std::uint64_t position_ = 0;  // of the last change looked at
  std::uint64_t floor_ = 0;     // every change beyond it that was looked at is in `recent_`
  Date day_;
  std::deque<std::pair<std::uint64_t, std::string>> recent_;  // position and id
  std::map<std::string, Known> known_;                        // by type
  std::size_t size_ = 0;
  std::vector<Standing> kinds_;
  std::map<std::string, Kind> kind_index_;
  RememberedEntries entries_;
};

}  // namespace lantai::records
