#include "rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace lantai::http {
namespace {

constexpr std::size_t kMaxCallers = 10'000;

}  // namespace

// A bucket that would be full again says nothing any more.
void RateLimiter::forget_full(Time now) {
  const auto full = std::chrono::duration<double>(burst_ / per_second_);
  std::erase_if(buckets_, [&](const auto& entry) { return now - entry.second.filled > full; });
  if (buckets_.size() >= kMaxCallers) buckets_.clear();
}

std::optional<unsigned> RateLimiter::take(const std::string& caller, Time now) {
  std::lock_guard lock(mutex_);
  if (buckets_.size() >= kMaxCallers) forget_full(now);
  auto& bucket = buckets_.try_emplace(caller, Bucket{burst_, now}).first->second;
  const std::chrono::duration<double> passed = now - bucket.filled;
  bucket.tokens = std::min(burst_, bucket.tokens + std::max(0.0, passed.count()) * per_second_);
  bucket.filled = now;
  if (bucket.tokens < 1) return static_cast<unsigned>(std::ceil((1 - bucket.tokens) / per_second_));
  bucket.tokens -= 1;
  return std::nullopt;
}

std::size_t RateLimiter::size() const {
  std::lock_guard lock(mutex_);
  return buckets_.size();
}

}  // namespace lantai::http
