#include "router.h"

#include <algorithm>

#include "lantai/base/bytes.h"
#include "lantai/http/content_disposition.h"

namespace lantai::http {
namespace {

bool is_variable(const std::string& segment) { return segment.starts_with('{'); }

// `{p}.png` takes `12.png` apart.
bool fits(const std::string& pattern, const std::string& segment, std::map<std::string, std::string>& path) {
  if (!is_variable(pattern)) return pattern == segment;
  const auto brace = pattern.find('}');
  const auto suffix = pattern.substr(brace + 1);
  if (!segment.ends_with(suffix) || segment.size() == suffix.size()) return false;
  path[pattern.substr(1, brace - 1)] = segment.substr(0, segment.size() - suffix.size());
  return true;
}

}  // namespace

std::vector<std::string> path_segments(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto raw = path.substr(0, path.find('/'));
    path.remove_prefix(raw.size());
    const auto text = percent_decode(raw);
    const bool sound = text && is_valid_utf8(*text) && *text != "." && *text != ".." &&
                       text->find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
    if (!sound) throw Error(ErrorCode::invalid_argument, "malformed path", "request.malformed");
    segments.push_back(*text);
  }
  return segments;
}

Router::Router(std::vector<Route> table) : table_(std::move(table)) {
  // Literal before variable, segment by segment: the first that fits is the best.
  auto order = [](const Route& a, const Route& b) {
    auto key = [](const Route& route) {
      auto segments = path_segments(route.path);
      for (auto& segment : segments) segment.insert(0, is_variable(segment) ? "2" : "1");
      return segments;
    };
    return key(a) < key(b);
  };
  std::stable_sort(table_.begin(), table_.end(), order);
  for (const auto& route : table_) patterns_.push_back(path_segments(route.path));
}

Router::Match Router::match(std::string_view method, const std::vector<std::string>& segments) const {
  Match result;
  for (std::size_t i = 0; i < table_.size(); ++i) {
    const auto& pattern = patterns_[i];
    if (pattern.size() != segments.size()) continue;
    std::map<std::string, std::string> path;
    bool all = true;
    for (std::size_t s = 0; all && s < segments.size(); ++s) all = fits(pattern[s], segments[s], path);
    if (!all) continue;
    const auto& route = table_[i];
    if (route.method == method || (method == "HEAD" && route.method == "GET")) {
      return {&route, std::move(path), {}};
    }
    result.allowed.push_back(route.method);
  }
  return result;
}

}  // namespace lantai::http
