#include "remote.h"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "lantai/base/bytes.h"
#include "lantai/base/error.h"
#include "lantai/base/id.h"
#include "texts.h"

namespace lantai::cli {
namespace {

namespace fs = std::filesystem;
namespace net = Poco::Net;
using Json = schema::Json;

std::string read_token(const Shared& shared) {
  std::string token;
  if (!shared.token_file.empty()) {
    std::ifstream in(shared.token_file);
    if (!in) throw Error(ErrorCode::not_found, "cannot read " + shared.token_file);
    std::getline(in, token);
  } else if (const char* value = std::getenv("LANTAI_TOKEN")) {
    token = value;
  }
  return token;
}

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
      return ErrorCode::unauthenticated;
    case 403:
      return ErrorCode::permission_denied;
    case 404:
      return ErrorCode::not_found;
    case 409:
    case 412:
      return ErrorCode::conflict;
    default:
      return status >= 500 || status == 429 ? ErrorCode::unavailable : ErrorCode::invalid_argument;
  }
}

// The files of an import with the names they get there.
struct Part {
  fs::path path;
  std::string name;
};

void add_part(const fs::path& path, const std::string& name, const Shared& shared, std::vector<Part>& parts) {
  std::string extension = path.extension().string();
  if (extension == ".jsonl" || extension == ".ndjson") {
    throw Error(ErrorCode::invalid_argument, say(Text::remote_list, shared.lang(), to_valid_utf8(path.native())));
  }
  parts.push_back({path, name});
}

std::vector<Part> parts_of(const std::vector<std::string>& paths, const Shared& shared) {
  std::vector<Part> parts;
  for (const auto& given : paths) {
    const fs::path path = fs::path(given).lexically_normal();
    if (!fs::is_directory(path)) {
      add_part(path, path.filename().native(), shared, parts);
      continue;
    }
    const fs::path top = fs::canonical(path);
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(top)) {
      if (entry.is_regular_file() && !entry.is_symlink()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) parts.push_back({file, file.lexically_relative(top.parent_path()).native()});
  }
  return parts;
}

std::string quoted(const std::string& name) {
  std::string safe;
  for (const char c : name) {
    if (c == '"' || c == '\\') safe += '\\';
    safe += c == '\r' || c == '\n' ? '_' : c;
  }
  return '"' + safe + '"';
}

archive::ImportStatus status_of(const std::string& called) {
  using Status = archive::ImportStatus;
  for (const Status status : {Status::created, Status::updated, Status::unchanged, Status::skipped, Status::planned}) {
    if (archive::name(status) == called) return status;
  }
  return Status::failed;
}

std::string text_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() || !found->is_string() ? "" : found->get<std::string>();
}

search::Hit hit_of(const Json& json) {
  search::Hit hit;
  hit.rank = json.value("rank", std::size_t{0});
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
  if (const auto page = json.find("page"); page != json.end() && page->is_number())
    hit.page = page->get<std::uint32_t>();
  for (const auto& part : json.value("snippet", Json::array())) {
    hit.snippet.push_back({text_of(part, "text"), part.value("hit", false)});
  }
  return hit;
}

}  // namespace

std::string line_of(const archive::ImportedFile& file) {
  const nlohmann::ordered_json line = {{"path", file.path},
                                       {"record", file.record},
                                       {"status", archive::name(file.status)},
                                       {"media_type", file.media_type},
                                       {"error", file.error}};
  return line.dump();
}

struct Remote::Connection {
  const Shared& shared;
  Poco::URI uri;
  std::string token;
  std::unique_ptr<net::HTTPClientSession> session;

  explicit Connection(const Shared& given) : shared(given), uri(given.server), token(read_token(given)) {
    if (uri.getScheme() == "https") {
      const net::Context::Ptr context =
          new net::Context(net::Context::TLS_CLIENT_USE, "", "", "", net::Context::VERIFY_RELAXED, 9, true);
      session = std::make_unique<net::HTTPSClientSession>(uri.getHost(), uri.getPort(), context);
    } else {
      session = std::make_unique<net::HTTPClientSession>(uri.getHost(), uri.getPort());
    }
    session->setTimeout(Poco::Timespan(120, 0));
    session->setKeepAlive(true);
  }

  net::HTTPRequest request(const std::string& method, const std::string& path) const {
    net::HTTPRequest made(method, path, net::HTTPMessage::HTTP_1_1);
    if (!token.empty()) made.set("Authorization", "Bearer " + token);
    made.set("Accept-Language", std::string(schema::tag(shared.lang())));
    return made;
  }

  std::istream& receive(net::HTTPResponse& response) {
    std::istream& body = session->receiveResponse(response);
    const int status = response.getStatus();
    if (status < 400) return body;
    std::string text;
    Poco::StreamCopier::copyToString(body, text);
    const Json problem = Json::parse(text, nullptr, false);
    const std::string detail = problem.is_object() ? text_of(problem, "detail") : "";
    throw Error(code_of(status), detail.empty() ? "the server answered " + std::to_string(status) : detail);
  }

  Json get(const std::string& path) {
    net::HTTPRequest made = request(net::HTTPRequest::HTTP_GET, path);
    session->sendRequest(made);
    net::HTTPResponse response;
    return Json::parse(receive(response));
  }
};

namespace {

// Poco's and the parser's errors end here.
template <typename F>
auto translated(F&& body) {
  try {
    return body();
  } catch (const Poco::Exception& error) {
    throw Error(ErrorCode::unavailable, "the server cannot be reached: " + error.displayText());
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::unavailable, std::string("the server's answer is not understood: ") + error.what());
  }
}

}  // namespace

Remote::Remote(const Shared& shared) : connection_(translated([&] { return std::make_unique<Connection>(shared); })) {}
Remote::~Remote() = default;

search::SearchResult Remote::search(const RemoteSearch& request) {
  return translated([&] {
    Poco::URI uri("/api/v1/search");
    uri.addQueryParameter("q", request.query);
    for (auto filter : request.filters) {
      if (const auto equals = filter.find('='); equals != std::string::npos) filter[equals] = ':';
      uri.addQueryParameter("filter", filter);
    }
    for (const auto& facet : request.facets) uri.addQueryParameter("facet", facet);
    uri.addQueryParameter("sort", request.sort);
    uri.addQueryParameter("limit", std::to_string(request.limit));
    if (!request.type.empty()) uri.addQueryParameter("type", request.type);
    if (!request.page_token.empty()) uri.addQueryParameter("page_token", request.page_token);
    if (request.strict) uri.addQueryParameter("strict", "1");
    const Json answer = connection_->get(uri.toString());
    search::SearchResult result;
    result.total = answer.value("total", std::uint64_t{0});
    for (const auto& hit : answer.value("hits", Json::array())) result.hits.push_back(hit_of(hit));
    for (const auto& facet : answer.value("facets", Json::array())) {
      search::Facet one{text_of(facet, "field"), {}};
      for (const auto& value : facet.value("values", Json::array())) {
        const auto& code = value.at("value");
        one.values.push_back({code.is_string() ? code.get<std::string>() : code.dump(), value.value("count", 0UL)});
      }
      result.facets.push_back(std::move(one));
    }
    result.next_page_token = text_of(answer, "next_page_token");
    return result;
  });
}

archive::ImportReport Remote::import(const RemoteImport& given,
                                     const std::function<void(const archive::ImportedFile&)>& each) {
  return translated([&] {
    const std::string boundary = "lantai-" + random_hex(16);
    net::HTTPRequest request = connection_->request(net::HTTPRequest::HTTP_POST, "/api/v1/imports");
    request.setContentType("multipart/form-data; boundary=" + boundary);
    request.setChunkedTransferEncoding(true);
    const std::vector<Part> parts = parts_of(given.paths, connection_->shared);
    std::ostream& out = connection_->session->sendRequest(request);
    const auto field = [&](const char* name, const std::string& value) {
      out << "--" << boundary << "\r\nContent-Disposition: form-data; name=\"" << name << "\"\r\n\r\n"
          << value << "\r\n";
    };
    if (given.dry_run) field("dry_run", "1");
    if (!given.defaults.empty()) field("defaults", given.defaults.dump());
    for (const auto& part : parts) {
      std::ifstream in(part.path, std::ios::binary);
      if (!in) throw Error(ErrorCode::not_found, "cannot read " + to_valid_utf8(part.path.native()));
      out << "--" << boundary << "\r\nContent-Disposition: form-data; name=\"file\"; filename=" << quoted(part.name)
          << "\r\nContent-Type: application/octet-stream\r\n\r\n";
      Poco::StreamCopier::copyStream(in, out);
      out << "\r\n";
    }
    out << "--" << boundary << "--\r\n";
    net::HTTPResponse response;
    const std::string id = text_of(Json::parse(connection_->receive(response)), "import");

    archive::ImportReport report;
    std::size_t seen = 0;
    for (;;) {
      const Json answer = connection_->get("/api/v1/imports/" + id +
                                           "?limit=1000&page_token=" + (seen == 0 ? "" : std::to_string(seen)));
      const auto& results = answer.at("results");
      for (const auto& result : results) {
        archive::ImportedFile file{
            text_of(result, "path"),       text_of(result, "record"), status_of(text_of(result, "status")),
            text_of(result, "media_type"), text_of(result, "error"),  {}};
        each(file);
        ++seen;
      }
      report.created = answer.value("created", 0UL);
      report.updated = answer.value("updated", 0UL);
      report.unchanged = answer.value("unchanged", 0UL);
      report.skipped = answer.value("skipped", 0UL);
      report.failed = answer.value("failed", 0UL);
      const bool over = text_of(answer, "state") != "running";
      if (over && results.empty()) return report;
      if (!over) std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  });
}

void Remote::export_records(const std::string& type, std::ostream& out) {
  translated([&] {
    net::HTTPRequest request =
        connection_->request(net::HTTPRequest::HTTP_GET, "/api/v1/records/" + type + "/export?format=jsonl");
    connection_->session->sendRequest(request);
    net::HTTPResponse response;
    Poco::StreamCopier::copyStream(connection_->receive(response), out);
  });
}

Json Remote::readiness() {
  return translated([&] { return connection_->get("/readyz"); });
}

}  // namespace lantai::cli
