// How does the command line work through a running server? Over the HTTP API (docs/formats/http.md), as any program
// would. Thread-confined. Throws the errors that the server's answers stand for; unavailable when it cannot be reached.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "command_line.h"

namespace lantai::cli {

// One line of `lantai import --format json`.
std::string line_of(const archive::ImportedFile& file);

struct RemoteSearch {
  std::string query;
  std::vector<std::string> filters, facets;
  std::string sort, type, page_token;
  std::size_t limit = 20;
  bool strict = false;
};

struct RemoteImport {
  std::vector<std::string> paths;
  bool dry_run = false, wait = true;
  schema::Json defaults;
};

class Remote {
 public:
  explicit Remote(const Shared& shared);
  ~Remote();
  search::SearchResult search(const RemoteSearch& request);
  archive::ImportReport import(const RemoteImport& request,
                               const std::function<void(const archive::ImportedFile&)>& each);
  void export_records(const std::string& type, std::ostream& out);
  schema::Json readiness();

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace lantai::cli
