// How are points in time written in metadata? RFC 3339 in UTC. Thread-safe.
#pragma once

#include <ctime>
#include <string>

namespace lantai::extract::worker {

// Empty for times that stand for "unknown" (zero or below) or lie outside years 0-9999.
inline std::string rfc3339(std::time_t time) {
  std::tm parts{};
  if (time <= 0 || ::gmtime_r(&time, &parts) == nullptr || parts.tm_year > 8099) return {};
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace lantai::extract::worker
