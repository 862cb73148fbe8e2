// What do the commands do through a running server? The same as on a store, over HTTP. Thread-confined. Errors as
// HttpClient's.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "http_client.h"

namespace lantai::cli {

// One line of `lantai import --format json`.
std::string line_of(const archive::ImportedFile& file);

struct RemoteSearch {
  std::string query;
  std::vector<std::string> filters, facets;
  std::string sort, type, page_token;
  std::size_t limit = 20;
  bool strict = false, all_words = false, wait = true;
};

// `hints`: sentences about a query that was searched otherwise than it was meant.
struct RemoteResult {
  search::SearchResult result;
  std::vector<std::string> hints;
};

class Remote {
 public:
  using Json = schema::Json;
  explicit Remote(const Shared& shared) : shared_(shared), client_(shared) {}
  RemoteResult search(const RemoteSearch& request);
  // As `GET /explain` answers.
  Json explain(const std::string& record, const std::string& query, const std::vector<std::string>& filters,
               const std::string& viewer);
  // How far store, extraction and index are.
  Json stats();
  // At most `limit` files that gave no text, each an object as `stats --failed` prints it.
  Json failed_texts(std::size_t limit);
  // Until everything stored by now can be found, or reading stands still and that is said.
  void wait_until_findable();
  HttpClient& client() { return client_; }

 private:
  bool findable(std::uint64_t position);
  const Shared& shared_;
  HttpClient client_;
};

struct RemoteImport {
  std::vector<std::string> paths;
  bool dry_run = false, wait = true, tables = true, update_by_code = false;
  std::string type = "item";
  schema::Json defaults;
};

// Sends the sources in as many imports as it takes, streamed; a server's import is one unit that it resumes by itself.
// `each` is told of every source in order, `progress` now and then how many of how many are done.
archive::ImportReport import_remotely(const Shared& shared, const RemoteImport& request,
                                      const std::function<void(const archive::ImportedFile&)>& each,
                                      const std::function<void(std::uint64_t, std::uint64_t)>& progress);

}  // namespace lantai::cli
