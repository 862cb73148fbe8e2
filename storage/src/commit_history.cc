#include "commit_history.h"

#include <algorithm>

namespace lantai::storage {
namespace {

// Beyond this a transaction that has been under way very long conflicts instead of holding memory.
constexpr std::size_t kMaxRememberedKeys = 1'000'000;

}  // namespace

std::string history_key(KeySpace space, ByteView key) {
  std::string out;
  out.reserve(key.size() + 1);
  out += static_cast<char>(space);
  out += as_chars(key);
  return out;
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

bool CommitHistory::unchanged(const KeySet& read, std::uint64_t started_after) const {
  std::lock_guard lock(mutex_);
  if (started_after < floor_ && !read.empty()) return false;
  return std::none_of(read.begin(), read.end(), [&](const auto& key) {
    const auto found = last_write_.find(key);
    return found != last_write_.end() && found->second > started_after;
  });
}

void CommitHistory::record(std::vector<std::string> written) {
  std::lock_guard lock(mutex_);
  ++last_;
  for (const auto& key : written) last_write_[key] = last_;
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
    for (const auto& key : keys) {
      const auto found = last_write_.find(key);
      if (found != last_write_.end() && found->second == number) last_write_.erase(found);
    }
    remembered_keys_ -= keys.size();
    floor_ = number;
    commits_.pop_front();
  }
}

}  // namespace lantai::storage
