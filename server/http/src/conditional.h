// Does the caller have it already, is it still what the caller thinks, and which part is wanted? ETag, If-Match,
// If-None-Match, Range and If-Range (RFC 9110 §8.8, §13, §14). Pure; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lantai/http/message.h"

namespace lantai::http {

std::string version_etag(std::uint64_t version);

// The version that If-Match names; 0 for `*`. Throws invalid_argument (`request.bad_header`) on anything but one strong
// entity tag of ours. nullopt: no such header.
std::optional<std::uint64_t> expected_version(const Headers& headers);

bool none_match(const Headers& headers, std::string_view etag);  // true: send it

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

// nullopt: the whole (no Range, several ranges, another unit, a malformed one, or If-Range does not hold).
// Throws invalid_argument (`request.bad_range`) when it lies outside.
std::optional<ByteRange> requested_range(const Headers& headers, std::string_view etag, std::uint64_t size);

}  // namespace lantai::http
