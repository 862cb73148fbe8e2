// Which route answers? Literal segments win over `{…}` ones; of two literal paths the table may hold only one.
// Immutable once built; thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "route.h"

namespace lantai::http {

class Router {
 public:
  explicit Router(std::vector<Route> table);

  struct Match {
    const Route* route = nullptr;
    std::map<std::string, std::string> path;
    std::vector<std::string> allowed;  // methods, when there is the path but not this method
  };
  // `segments`: decoded.
  Match match(std::string_view method, const std::vector<std::string>& segments) const;
  const std::vector<Route>& table() const { return table_; }

 private:
  std::vector<Route> table_;
  std::vector<std::vector<std::string>> patterns_;  // of the routes of table_, by index
};

// /a/%E4%B8%AD → {a, 中}. Throws invalid_argument (`request.malformed`) on broken escapes, bytes that are no text,
// `.`, `..`, and escaped slashes, backslashes and zero bytes.
std::vector<std::string> path_segments(std::string_view path);

}  // namespace lantai::http
