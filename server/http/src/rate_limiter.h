// Does one caller ask too much? A token bucket for each account, or for each address before sign-in. Bounded: callers
// unseen for long are forgotten. Thread-safe.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace lantai::http {

class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  RateLimiter(double per_second, double burst) : per_second_(per_second), burst_(burst) {}

  // nullopt: go ahead; otherwise the seconds to wait.
  std::optional<unsigned> take(const std::string& caller, Time now);
  std::size_t size() const;

 private:
  struct Bucket {
    double tokens = 0;
    Time filled;
  };
  void forget_full(Time now);

  const double per_second_, burst_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace lantai::http
