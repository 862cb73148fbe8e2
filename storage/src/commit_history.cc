#include "commit_history.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace lantai::storage {
namespace {

// Beyond this a transaction that has been under way very long conflicts instead of holding memory.
constexpr std::size_t kMaxRememberedKeys = 1'000'000;

}  // namespace

KeyHash hash_of(KeySpace space, ByteView key) {
  constexpr KeyHash kApart = 0x9E3779B97F4A7C15ULL;
  return std::hash<std::string_view>{}(as_chars(key)) ^ static_cast<KeyHash>(space) * kApart;
}

std::uint64_t CommitHistory::acquire() {
  std::lock_guard lock(mutex_);
  started_.insert(published_);
  return published_;
}

void CommitHistory::release(std::uint64_t started_after) {
  std::lock_guard lock(mutex_);
  started_.erase(started_.find(started_after));
}

bool CommitHistory::unchanged(const KeyHashes& read, std::uint64_t started_after) const {
  std::lock_guard lock(mutex_);
  if (started_after < floor_ && !read.empty()) return false;
  return std::none_of(read.begin(), read.end(), [&](KeyHash key) {
    const auto found = last_write_.find(key);
    return found != last_write_.end() && found->second > started_after;
  });
}

void CommitHistory::record(std::vector<KeyHash> written) {
  std::lock_guard lock(mutex_);
  ++last_;
  for (const KeyHash key : written) last_write_[key] = last_;
  remembered_keys_ += written.size();
  commits_.emplace_back(last_, std::move(written));
}

void CommitHistory::publish() {
  std::lock_guard lock(mutex_);
  published_ = last_;
  forget_before_oldest();
}

void CommitHistory::start_afresh() {
  std::lock_guard lock(mutex_);
  last_write_.clear();
  commits_.clear();
  remembered_keys_ = 0;
  floor_ = published_ = ++last_;
}

void CommitHistory::forget_before_oldest() {
  const auto oldest = started_.empty() ? published_ : *started_.begin();
  while (!commits_.empty() && (commits_.front().first <= oldest || remembered_keys_ > kMaxRememberedKeys)) {
    const auto& [number, keys] = commits_.front();
    for (const KeyHash key : keys) {
      const auto found = last_write_.find(key);
      if (found != last_write_.end() && found->second == number) last_write_.erase(found);
    }
    remembered_keys_ -= keys.size();
    floor_ = number;
    commits_.pop_front();
  }
}

}  // namespace lantai::storage
