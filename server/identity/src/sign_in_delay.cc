#include "sign_in_delay.h"

#include <algorithm>

#include "lantai/base/error.h"

namespace lantai::identity {
namespace {

constexpr std::int64_t kMicros = 1'000'000;

std::string key_of(const std::string& login, const std::string& address) { return login + '\n' + address; }

}  // namespace

void SignInDelay::check(const std::string& login, const std::string& address, Timestamp now) const {
  std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key_of(login, address));
  if (found == by_key_.end() || found->second->until <= now) return;
  const auto seconds = (found->second->until.micros - now.micros + kMicros - 1) / kMicros;
  throw Error(ErrorCode::resource_exhausted, "too many failed sign-ins", "auth.too_many_failures",
              {{"seconds", std::to_string(seconds)}});
}

void SignInDelay::failed(const std::string& login, const std::string& address, Timestamp now) {
  std::lock_guard lock(mutex_);
  const auto key = key_of(login, address);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    recent_.push_front({key, 0, {}});
  } else {
    recent_.splice(recent_.begin(), recent_, found->second);
  }
  by_key_[key] = recent_.begin();
  auto& failures = recent_.front();
  if (++failures.count >= free_failures_) {
    const auto doublings = std::min(failures.count - free_failures_, 30U);
    const auto seconds = std::min<std::int64_t>(std::int64_t{1} << doublings, longest_.count());
    failures.until = {now.micros + seconds * kMicros};
  }
  if (recent_.size() <= kRemembered) return;
  by_key_.erase(recent_.back().key);
  recent_.pop_back();
}

void SignInDelay::succeeded(const std::string& login, const std::string& address) {
  std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key_of(login, address));
  if (found == by_key_.end()) return;
  recent_.erase(found->second);
  by_key_.erase(found);
}

}  // namespace lantai::identity
