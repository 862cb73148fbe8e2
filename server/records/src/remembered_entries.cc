#include "remembered_entries.h"

#include <algorithm>
#include <utility>

namespace lantai::records {

std::optional<RememberedEntries::Part> RememberedEntries::find(const std::string& viewer,
                                                               const storage::ScanRange& range) const {
  const auto known = viewers_.find(viewer);
  if (known == viewers_.end()) return std::nullopt;
  const auto& stretches = known->second;
  // The last that begins where the list is, or before; backwards: before.
  const auto after = range.reverse ? stretches.lower_bound(range.end) : stretches.upper_bound(range.begin);
  if (after == stretches.begin()) return std::nullopt;
  const auto& [from, stretch] = *std::prev(after);
  if (range.reverse ? stretch.to < range.end : stretch.to <= range.begin) return std::nullopt;
  const Bytes begin = std::max(from, range.begin), end = std::min(stretch.to, range.end);
  Part part;
  const auto first = stretch.seen.lower_bound(begin), last = stretch.seen.lower_bound(end);
  if (range.reverse) {
    auto at = last;
    while (at != first && part.keys.size() < range.limit) part.keys.push_back(*--at);
    part.rest = at == first ? begin : part.keys.back();
  } else {
    auto at = first;
    while (at != last && part.keys.size() < range.limit) part.keys.push_back(*at++);
    part.rest = end;
    if (at != last) (part.rest = part.keys.back()).push_back(0);
  }
  return part;
}

void RememberedEntries::add(const std::string& viewer, const Bytes& from, const Bytes& to, std::set<Bytes> seen) {
  if (from >= to) return;
  auto& stretches = viewers_[viewer];
  Bytes begin = from;
  Stretch made{to, std::move(seen)};
  size_ += 1 + made.seen.size();
  auto at = stretches.upper_bound(from);
  if (at != stretches.begin() && std::prev(at)->second.to >= from) --at;
  while (at != stretches.end() && at->first <= made.to) {
    begin = std::min(begin, at->first);
    made.to = std::max(made.to, at->second.to);
    const auto both = made.seen.size() + at->second.seen.size();
    made.seen.merge(at->second.seen);
    size_ -= 1 + both - made.seen.size();
    at = stretches.erase(at);
  }
  stretches.emplace(std::move(begin), std::move(made));
  if (size_ > kMost) forget();
}

void RememberedEntries::changed(const std::set<Bytes>& keys) {
  for (auto& [viewer, stretches] : viewers_) {
    for (const auto& key : keys) {
      const auto after = stretches.upper_bound(key);
      if (after == stretches.begin()) continue;
      auto& stretch = std::prev(after)->second;
      if (key < stretch.to && stretch.seen.insert(key).second) ++size_;
    }
  }
}

void RememberedEntries::forget() {
  viewers_.clear();
  size_ = 0;
}

}  // namespace lantai::records
