#include "metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace lantai::http {

void Metrics::count(const std::string& operation, int status, double seconds, std::uint64_t bytes) {
  std::lock_guard lock(mutex_);
  ++counts_[{operation, status}];
  auto& times = times_[operation];
  const auto* bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  ++times.buckets[static_cast<std::size_t>(bound - kBounds.begin())];
  times.sum += seconds;
  times.bytes += bytes;
  ++times.count;
}

std::string Metrics::one(const std::string& name, const char* kind, const std::string& help, double value) {
  return fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, kind, value);
}

std::string Metrics::text() const {
  std::lock_guard lock(mutex_);
  std::string out = "# HELP lantai_http_requests_total Requests answered.\n# TYPE lantai_http_requests_total counter\n";
  for (const auto& [key, count] : counts_) {
    out +=
        fmt::format("lantai_http_requests_total{{operation=\"{}\",status=\"{}\"}} {}\n", key.first, key.second, count);
  }
  out +=
      "# HELP lantai_http_response_bytes_total Bytes of response bodies.\n"
      "# TYPE lantai_http_response_bytes_total counter\n";
  for (const auto& [operation, times] : times_) {
    out += fmt::format("lantai_http_response_bytes_total{{operation=\"{}\"}} {}\n", operation, times.bytes);
  }
  out +=
      "# HELP lantai_http_request_seconds Time from header to end of response.\n"
      "# TYPE lantai_http_request_seconds histogram\n";
  for (const auto& [operation, times] : times_) {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < kBounds.size(); ++i) {
      total += times.buckets[i];
      out += fmt::format("lantai_http_request_seconds_bucket{{operation=\"{}\",le=\"{}\"}} {}\n", operation, kBounds[i],
                         total);
    }
    out += fmt::format(
        "lantai_http_request_seconds_bucket{{operation=\"{0}\",le=\"+Inf\"}} {1}\n"
        "lantai_http_request_seconds_sum{{operation=\"{0}\"}} "
        "{2}\nlantai_http_request_seconds_count{{operation=\"{0}\"}} "
        "{1}\n",
        operation, times.count, times.sum);
  }
  return out;
}

}  // namespace lantai::http
