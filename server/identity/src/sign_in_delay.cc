#include "sign_in_delay.h"

#include <algorithm>
#include <utility>

#include "lantai/base/error.h"

namespace lantai::identity {
namespace {

std::string key_of(const std::string& login, const std::string& address) { return login + '\n' + address; }

}  // namespace

std::optional<std::uint64_t> FailureBudget::take(Timestamp now) {
  std::lock_guard lock(mutex_);
  full_at_ = std::max(full_at_, now);
  const std::int64_t step = every_.count() * kMicrosPerSecond;
  if (full_at_.micros - now.micros >= step * at_once_) {
    ++refused_;
    return std::nullopt;
  }
  full_at_.micros += step;
  return std::exchange(refused_, 0);
}

void SignInDelay::check(const std::string& login, const std::string& address, Timestamp now) const {
  std::lock_guard lock(mutex_);
  std::int64_t wait = 0;
  if (const auto found = by_key_.find(key_of(login, address)); found != by_key_.end()) {
    wait = found->second->until.micros - now.micros;
  }
  if (const auto found = by_key_.find(key_of({}, address)); found != by_key_.end()) {
    const std::int64_t used = found->second->until.micros - now.micros;
    wait = std::max(wait, used - (of_address_ - 1) * kRefill.count() * kMicrosPerSecond);
  }
  if (wait <= 0) return;
  throw Error(ErrorCode::resource_exhausted, "too many failed sign-ins", "auth.too_many_failures",
              {{"seconds", std::to_string((wait + kMicrosPerSecond - 1) / kMicrosPerSecond)}});
}

// The newest comes first; the one unused for longest goes.
SignInDelay::Failures& SignInDelay::remember(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    recent_.push_front({key, 0, {}});
  } else {
    recent_.splice(recent_.begin(), recent_, found->second);
  }
  by_key_[key] = recent_.begin();
  if (recent_.size() > kRemembered) {
    by_key_.erase(recent_.back().key);
    recent_.pop_back();
  }
  return recent_.front();
}

void SignInDelay::failed(const std::string& login, const std::string& address, Timestamp now) {
  std::lock_guard lock(mutex_);
  auto& of_address = remember(key_of({}, address));
  of_address.until.micros = std::max(of_address.until.micros, now.micros) + kRefill.count() * kMicrosPerSecond;
  auto& failures = remember(key_of(login, address));
  if (++failures.count < free_failures_) return;
  const auto doublings = std::min(failures.count - free_failures_, 30U);
  const auto seconds = std::min<std::int64_t>(std::int64_t{1} << doublings, longest_.count());
  failures.until = {now.micros + seconds * kMicrosPerSecond};
}

void SignInDelay::succeeded(const std::string& login, const std::string& address) {
  std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key_of(login, address));
  if (found == by_key_.end()) return;
  recent_.erase(found->second);
  by_key_.erase(found);
}

}  // namespace lantai::identity
