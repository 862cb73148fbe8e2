#include "remote.h"

#include <iostream>

#include "lantai/base/error.h"
#include "status_line.h"
#include "texts.h"

namespace lantai::cli {
namespace {

using schema::Json;

search::Hit hit_of(const Json& json) {
  search::Hit hit;
  hit.rank = json.value("rank", std::size_t{0});
  hit.partial = json.value("partial", false);
  hit.missing = json.value("missing", std::vector<std::string>());
  hit.score = json.value("score", 0.0);
  hit.type = text_of(json, "type");
  hit.id = text_of(json, "id");
  hit.title = text_of(json, "title");
  hit.reference_code = text_of(json, "reference_code");
  hit.date = text_of(json, "date");
  hit.department = text_of(json, "department");
  if (const auto file = json.find("file"); file != json.end() && file->is_object()) {
    hit.file = file->value("number", 0U);
    hit.file_name = text_of(*file, "name");
  }
  if (const auto page = json.find("page"); page != json.end() && page->is_number()) {
    hit.page = page->get<std::uint32_t>();
  }
  for (const auto& part : json.value("snippet", Json::array())) {
    hit.snippet.push_back({text_of(part, "text"), part.value("hit", false)});
  }
  return hit;
}

search::Facet facet_of(const Json& json) {
  search::Facet facet{text_of(json, "field"), {}};
  for (const auto& value : json.value("values", Json::array())) {
    const auto& code = value.at("value");
    facet.values.push_back({code.is_string() ? code.get<std::string>() : code.dump(), value.value("count", 0UL)});
  }
  return facet;
}

class QueryText {
 public:
  void add(const char* name, const std::string& value) {
    text_ += (text_.empty() ? "?" : "&") + std::string(name) + "=" + HttpClient::encoded(value);
  }
  // `FIELD=VALUE`
  void add_filters(const std::vector<std::string>& filters) {
    for (auto filter : filters) {
      const auto at = filter.find_first_of("=:");
      if (at == std::string::npos || at == 0)
        throw Error(ErrorCode::invalid_argument, "--filter needs FIELD=VALUE: " + filter);
      filter[at] = ':';
      add("filter", filter);
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

std::string line_of(const archive::ImportedFile& file) {
  const nlohmann::ordered_json line = {{"path", file.path},
                                       {"record", file.record},
                                       {"status", archive::name(file.status)},
                                       {"media_type", file.media_type},
                                       {"error", file.error}};
  return line.dump();
}

RemoteResult Remote::search(const RemoteSearch& request) {
  if (request.wait) wait_until_findable();
  QueryText query;
  query.add("q", request.query);
  query.add_filters(request.filters);
  for (const auto& facet : request.facets) query.add("facet", facet);
  query.add("sort", request.sort);
  query.add("limit", std::to_string(request.limit));
  if (!request.type.empty()) query.add("type", request.type);
  if (!request.page_token.empty()) query.add("page_token", request.page_token);
  if (request.strict) query.add("strict", "1");
  if (request.all_words) query.add("all_words", "1");
  const Json answer = client_.get("/api/v1/search" + query.text());
  RemoteResult found;
  found.result.total = answer.value("total", std::uint64_t{0});
  found.result.partial = answer.value("partial", std::uint64_t{0});
  for (const auto& hit : answer.value("hits", Json::array())) found.result.hits.push_back(hit_of(hit));
  for (const auto& facet : answer.value("facets", Json::array())) found.result.facets.push_back(facet_of(facet));
  for (const auto& hint : answer.value("hints", Json::array())) found.hints.push_back(text_of(hint, "message"));
  found.result.next_page_token = text_of(answer, "next_page_token");
  return found;
}

Json Remote::explain(const std::string& record, const std::string& query, const std::vector<std::string>& filters,
                     const std::string& viewer) {
  QueryText asked;
  asked.add("record", record);
  asked.add("q", query);
  asked.add_filters(filters);
  if (!viewer.empty()) asked.add("viewer", viewer);
  return client_.get("/api/v1/explain" + asked.text());
}

Json Remote::stats() {
  Json ready = client_.get("/readyz");
  const Json position = ready.at("store").at("position");
  ready["store"].erase("position");
  ready["position"] = position;
  return ready;
}

Json Remote::failed_texts(std::size_t limit) {
  return client_.get("/api/v1/extraction/failed?limit=" + std::to_string(limit)).at("files");
}

void Remote::wait_until_findable() {
  const std::uint64_t position = stats().at("position");
  StatusLine status_line;
  while (position != 0 && !findable(position)) {
    const Json now = stats();
    const std::string error = text_of(now.at("extraction"), "error");
    if (!error.empty()) {
      status_line.clear();
      std::cerr << "lantai: " << say(Text::not_read, shared_.lang(), error) << "\n";
      return;
    }
    const std::uint64_t done = std::min(now.at("extraction").at("position").get<std::uint64_t>(),
                                        now.at("index").at("position").get<std::uint64_t>());
    status_line.show(say(Text::waiting, shared_.lang(), position - std::min(position, done)));
  }
}

// The server itself waits, for seconds.
bool Remote::findable(std::uint64_t position) {
  try {
    client_.get("/api/v1/search?limit=1&wait=" + std::to_string(position));
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::deadline_exceeded) return false;
    throw;
  }
}

}  // namespace lantai::cli
