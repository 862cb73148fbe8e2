#include "query.h"

#include <algorithm>
#include <charconv>

#include "lantai/base/bytes.h"
#include "lantai/base/error.h"
#include "lantai/http/content_disposition.h"

namespace lantai::http {
namespace {

[[noreturn]] void bad(std::string_view name) {
  throw Error(ErrorCode::invalid_argument, "bad parameter " + std::string(name), "request.bad_parameter",
              {{"name", std::string(name)}});
}

std::string decoded(std::string_view raw) {
  std::string spaced(raw);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  auto text = percent_decode(spaced);
  if (!text || !is_valid_utf8(*text) || text->find('\0') != std::string::npos) bad(raw.substr(0, 100));
  return *std::move(text);
}

}  // namespace

std::uint64_t parse_number(std::string_view name, std::string_view text, std::uint64_t min, std::uint64_t max) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end || value < min || value > max) bad(name);
  return value;
}

Query Query::parse(std::string_view raw) {
  Query query;
  while (!raw.empty()) {
    const auto piece = raw.substr(0, raw.find('&'));
    raw.remove_prefix(std::min(raw.size(), piece.size() + 1));
    if (piece.empty()) continue;
    const auto equals = piece.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1);
    query.entries_.emplace_back(decoded(piece.substr(0, equals)), decoded(value));
  }
  return query;
}

bool Query::has(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry.first == name; });
}

std::string Query::text(std::string_view name, std::string_view otherwise) const {
  for (const auto& [key, value] : entries_) {
    if (key == name) return value;
  }
  return std::string(otherwise);
}

std::vector<std::string> Query::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : entries_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

bool Query::flag(std::string_view name) const {
  const auto value = text(name, "0");
  if (value == "1" || value == "true") return true;
  if (value != "0" && value != "false") bad(name);
  return false;
}

std::uint64_t Query::number(std::string_view name, std::uint64_t otherwise, std::uint64_t min,
                            std::uint64_t max) const {
  return has(name) ? parse_number(name, text(name), min, max) : otherwise;
}

std::map<std::string, std::string> Query::members(std::string_view name) const {
  std::map<std::string, std::string> result;
  for (const auto& [key, value] : entries_) {
    if (!key.starts_with(name) || !key.substr(name.size()).starts_with('[') || !key.ends_with(']')) continue;
    const auto member = key.substr(name.size() + 1, key.size() - name.size() - 2);
    if (member.empty() || !result.emplace(member, value).second) bad(key);
  }
  return result;
}

}  // namespace lantai::http
