#include "conditional.h"

#include <algorithm>
#include <charconv>

#include "lantai/base/error.h"

namespace lantai::http {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || text.front() == '-' || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string version_etag(std::uint64_t version) { return '"' + std::to_string(version) + '"'; }

std::optional<std::uint64_t> expected_version(const Headers& headers) {
  const auto value = headers.get("if-match");
  if (value.empty()) return std::nullopt;
  if (value == "*") return 0;
  const bool quoted = value.size() > 2 && value.starts_with('"') && value.ends_with('"');
  const auto version = quoted ? number(value.substr(1, value.size() - 2)) : std::nullopt;
  if (!version || *version == 0) {
    throw Error(ErrorCode::invalid_argument, "If-Match is not a version", "request.bad_header", {{"name", "If-Match"}});
  }
  return version;
}

bool none_match(const Headers& headers, std::string_view etag) {
  auto value = headers.get("if-none-match");
  if (value == "*") return false;
  while (!value.empty()) {
    const auto comma = value.find(',');
    auto one = trimmed(value.substr(0, comma));
    if (one.starts_with("W/")) one.remove_prefix(2);  // weak comparison
    if (one == etag) return false;
    value = comma == std::string_view::npos ? std::string_view{} : value.substr(comma + 1);
  }
  return true;
}

std::optional<ByteRange> requested_range(const Headers& headers, std::string_view etag, std::uint64_t size) {
  auto value = headers.get("range");
  if (!value.starts_with("bytes=") || headers.count("range") > 1) return std::nullopt;
  if (headers.has("if-range") && headers.get("if-range") != etag) return std::nullopt;
  value.remove_prefix(6);
  const auto dash = value.find('-');
  // Several ranges may be answered with the whole (RFC 9110 §14.2), and are: they have been a means of attack.
  if (value.find(',') != std::string_view::npos || dash == std::string_view::npos) return std::nullopt;
  const auto first = number(trimmed(value.substr(0, dash)));
  const auto last = number(trimmed(value.substr(dash + 1)));
  const bool suffix = trimmed(value.substr(0, dash)).empty();
  const bool open = trimmed(value.substr(dash + 1)).empty();
  if ((!first && !suffix) || (!last && !open) || (suffix && open)) return std::nullopt;
  if (!suffix && last && *last < *first) return std::nullopt;
  if (suffix ? *last == 0 || size == 0 : *first >= size) {
    throw Error(ErrorCode::invalid_argument, "range outside", "request.bad_range", {{"size", std::to_string(size)}});
  }
  if (suffix) return ByteRange{size - std::min(size, *last), std::min(size, *last)};
  const auto end = open ? size - 1 : std::min(size - 1, *last);  // the last byte; first < size
  return ByteRange{*first, end - *first + 1};
}

}  // namespace lantai::http
