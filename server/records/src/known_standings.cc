#include "known_standings.h"

#include <algorithm>

namespace lantai::records {

void KnownStandings::forget() {
  known_.clear();
  entries_.forget();
  recent_.clear();
  size_ = 0;
  floor_ = position_;
}

void KnownStandings::look_at_changes() {
  const auto last = store_.changes().last_position();
  if (last == position_) return;
  if (last < position_ || last - position_ > kFollowed) {
    position_ = last;
    return forget();
  }
  if (last - position_ > kFollowedEntries) entries_.forget();
  for (const auto& change : store_.changes().read(position_, kFollowed)) {
    position_ = change.position;
    if (change.kind != "record") continue;
    if (containers_.contains(change.subject)) {
      forget();
      continue;
    }
    if (const auto type = known_.find(change.subject); type != known_.end()) size_ -= type->second.erase(change.id);
    if (!entries_.empty()) entries_.changed(keys_of_(change.subject, change.id));
    recent_.emplace_back(change.position, change.id);
    if (recent_.size() <= kFollowed) continue;
    floor_ = recent_.front().first;
    recent_.pop_front();
  }
}

std::uint64_t KnownStandings::follow(Date today) {
  std::lock_guard lock(mutex_);
  look_at_changes();
  if (today != day_) forget();  // closing dates
  day_ = today;
  return position_;
}

std::vector<KnownStandings::Kind> KnownStandings::find(const std::string& type,
                                                       const std::vector<std::string_view>& ids) const {
  std::vector<Kind> out(ids.size(), kUnknown);
  std::lock_guard lock(mutex_);
  const auto known = known_.find(type);
  if (known == known_.end()) return out;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto found = known->second.find(ids[i]);
    if (found != known->second.end()) out[i] = found->second;
  }
  return out;
}

Standing KnownStandings::standing(Kind kind) const {
  std::lock_guard lock(mutex_);
  return kinds_.at(kind);
}

KnownStandings::Kind KnownStandings::kind_of(const Standing& standing) {
  const auto name = standing.level + '\n' + std::to_string(standing.rank) + (standing.open ? 'o' : '-') +
                    (standing.closed ? 'c' : '-') + standing.department +
                    (standing.owner ? '\n' + *standing.owner : "");
  const auto [at, fresh] = kind_index_.try_emplace(name, static_cast<Kind>(kinds_.size()));
  if (fresh) {
    kinds_.push_back(standing);
    kinds_.back().within.clear();
  }
  return at->second;
}

std::optional<RememberedEntries::Part> KnownStandings::seen_by(const std::string& viewer,
                                                               const storage::ScanRange& range) const {
  std::lock_guard lock(mutex_);
  return entries_.find(viewer, range);
}

void KnownStandings::seen(std::uint64_t followed, const std::string& viewer, const Bytes& from, const Bytes& to,
                          std::set<Bytes> entries) {
  std::lock_guard lock(mutex_);
  look_at_changes();
  const bool changed = floor_ > followed || (!recent_.empty() && recent_.back().first > followed);
  if (!changed) entries_.add(viewer, from, to, std::move(entries));
}

void KnownStandings::met(std::uint64_t followed, const std::string& type,
                         const std::vector<std::pair<std::string, Standing>>& standings) {
  if (standings.empty()) return;
  std::lock_guard lock(mutex_);
  look_at_changes();
  if (floor_ > followed) return;  // what has changed since is not known any more
  if (size_ + standings.size() > kMost) forget();
  std::set<std::string> changed;
  for (auto one = recent_.rbegin(); one != recent_.rend() && one->first > followed; ++one) changed.insert(one->second);
  auto& known = known_[type];
  for (const auto& [id, standing] : standings) {
    if (!changed.contains(id) && known.emplace(id, kind_of(standing)).second) ++size_;
  }
}

}  // namespace lantai::records
