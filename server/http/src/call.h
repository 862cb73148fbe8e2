// What does a handler know of the request it answers? Everything decoded and checked: who asks, in which language,
// which parameters, which body. Values and references that live as long as the request.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "json_text.h"
#include "lantai/app/application.h"
#include "lantai/http/front.h"
#include "query.h"
#include "read_notes.h"

namespace lantai::http {

using schema::Json;

class Metrics;

// How many may do something at the same time. Thread-safe.
class Slots {
 public:
  explicit Slots(int count) : free_(count) {}
  bool take() {
    if (free_.fetch_sub(1) > 0) return true;
    ++free_;
    return false;
  }
  void give_back() { ++free_; }

 private:
  std::atomic<int> free_;
};

// What the handlers stand on; one for the whole server.
struct ApiContext {
  app::Application& app;
  const ServerOptions& options;
  Metrics& metrics;
  Slots waits;  // requests that wait for something to happen may hold only so many threads
  std::stop_token stopping;
  const FrontFigures* figures = nullptr;
  ReadNotes reads{};
};

struct Call {
  ApiContext& context;
  RequestHead head;
  Peer peer;
  std::string request_id;
  schema::Language language = schema::Language::zh_hans;
  std::map<std::string, std::string> path;  // {type} → item
  Query query;
  Json body;  // of routes that take JSON
  std::optional<identity::Accounts::Authenticated> caller;
  std::string session_key;  // secret
  bool by_cookie = false;

  app::Application& app() { return context.app; }
  const records::Principal& principal() const { return caller->principal; }
  const std::string& at(const std::string& name) const { return path.at(name); }
  std::uint32_t number_at(const std::string& name) const {
    return static_cast<std::uint32_t>(parse_number(name, path.at(name), 0, 0xffffffffU));
  }
};

// A body that is worked on while it arrives. Used by one thread at a time, not always the same.
class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual void write(std::string_view piece) = 0;
  virtual Response finish() = 0;
};

// This is for another role.
[[noreturn]] void forbid();
// The value of the cookie of that name; empty: there is none.
std::string_view cookie(const Headers& headers, std::string_view name);
// What a Content-Type names, without parameters, in lower case.
std::string media_type(std::string_view content_type);

Response json_response(int status, const Json& body);
Response written_response(int status, JsonText body);
Response no_content();
// What `text` says, JSON no deeper than 64 levels. Throws invalid_argument (`request.bad_json`).
Json parse_json(std::string_view text);
// A member of a JSON object of the expected kind, or what stands for its absence. Throws invalid_argument naming it.
std::string text_member(const Json& object, const std::string& name, std::optional<std::string> otherwise = {});
bool flag_member(const Json& object, const std::string& name, bool otherwise);
std::uint64_t number_member(const Json& object, const std::string& name, std::optional<std::uint64_t> otherwise = {});

}  // namespace lantai::http
