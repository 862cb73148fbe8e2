// What was made lately and may be wanted again? Values by key, as many as fit, the least recently used making room; all
// of one state of the world, and forgotten together when it is another. Whether the caller may see them is not decided
// here. Thread-safe.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace lantai::search {

template <typename State, typename Key, typename Value>
class RecentlyUsed {
 public:
  explicit RecentlyUsed(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // nullptr: not kept. Another `state` than the last forgets everything.
  std::shared_ptr<const Value> find(const State& state, const Key& key) {
    std::lock_guard lock(mutex_);
    if (state != state_) {
      state_ = state;
      places_.clear();
      entries_.clear();
      bytes_ = 0;
    }
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->value;
  }

  // Passed over: what belongs to another state than was last asked for, and what takes more than a tenth of it all.
  void keep(const State& state, const Key& key, std::shared_ptr<const Value> value, std::size_t bytes) {
    if (bytes > most_bytes_ / 10) return;
    std::lock_guard lock(mutex_);
    if (state != state_ || places_.contains(key)) return;
    entries_.push_front({key, std::move(value), bytes});
    places_[key] = entries_.begin();
    for (bytes_ += bytes; bytes_ > most_bytes_; entries_.pop_back()) {
      bytes_ -= entries_.back().bytes;
      places_.erase(entries_.back().key);
    }
  }

 private:
  struct Entry {
    Key key;
    std::shared_ptr<const Value> value;
    std::size_t bytes = 0;
  };
  const std::size_t most_bytes_;
  std::mutex mutex_;
  State state_;
  std::list<Entry> entries_;  // the last used first
  std::unordered_map<Key, typename std::list<Entry>::iterator> places_;
  std::size_t bytes_ = 0;
};

}  // namespace lantai::search
