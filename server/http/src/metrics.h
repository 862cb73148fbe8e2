// How is the server doing? Counts and times by route, for GET /metrics in Prometheus' text format. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace lantai::http {

class Metrics {
 public:
  void count(const std::string& operation, int status, double seconds, std::uint64_t bytes);
  std::string text() const;  // of requests

  // `# HELP`, `# TYPE` and one value.
  static std::string one(const std::string& name, const char* kind, const std::string& help, double value);

 private:
  static constexpr std::array<double, 10> kBounds{0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 30};
  struct Times {
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    double sum = 0;
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, std::uint64_t> counts_;  // operation, status
  std::map<std::string, Times> times_;
};

}  // namespace lantai::http
