// What do the API's tests talk to? One whole application in a directory of its own behind a real server on a free port,
// made once for the test program, with an account for every role. Clients are what a browser or program would be.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "lantai/app/application.h"
#include "lantai/http/server.h"
#include "raw_client.h"

namespace lantai::http::test {

using Json = nlohmann::json;

struct Answer : RawResponse {
  Json json() const { return Json::parse(body); }
  std::string etag() const { return header("etag"); }
};

// One caller with one connection. Every request is a function of what a test varies.
class Client {
 public:
  using Fields = std::map<std::string, std::string>;
  explicit Client(std::uint16_t port) : port_(port) {}

  // Remembers the cookie and the CSRF token, as a browser does.
  Answer sign_in(const std::string& login, const std::string& password, const std::string& code = {});
  void use_token(const std::string& token) { standing_["Authorization"] = "Bearer " + token; }

  Answer get(const std::string& path, const Fields& headers = {}) { return send("GET", path, {}, headers); }
  Answer head(const std::string& path, const Fields& headers = {}) { return send("HEAD", path, {}, headers); }
  Answer post(const std::string& path, const Json& body, const Fields& headers = {});
  Answer put(const std::string& path, const Json& body);
  Answer patch(const std::string& path, const Json& body, const Fields& headers = {});
  Answer remove(const std::string& path, const Fields& headers = {}) { return send("DELETE", path, {}, headers); }
  Answer send(const std::string& method, const std::string& path, const std::string& body, Fields headers = {});

  // An item with these fields; its JSON.
  Json make_item(Json fields);
  // …and a file in it.
  Json add_file(const Json& item, const std::string& name, const std::string& bytes);
  // Until a search sees everything done so far.
  Answer search(const std::string& query);

  Fields standing_;  // headers sent with every request

 private:
  std::uint16_t port_;
  std::unique_ptr<RawClient> connection_;
};

std::string path_of(const Json& record);
std::string encoded(const std::string& text);  // for a query

class World {
 public:
  World();
  ~World();
  static World& the();  // made by the global fixture of main.cc

  Client anonymous() const { return Client(server->port()); }
  Client as(const std::string& role) const;  // a role, or chief: all officers and an archivist in one; a bearer token
  std::uint64_t position() const { return app->store().changes().last_position(); }
  // A further server over the same application, with other options.
  std::unique_ptr<Server> serve(const ServerOptions& with) const { return Server::start(*app, with); }

  static constexpr const char* kPassword = "兰台 correct horse 42";
  std::filesystem::path directory;
  std::unique_ptr<app::Application> app;
  std::unique_ptr<Server> server;
  ServerOptions options;

 private:
  std::map<std::string, std::string> tokens_;
};

// A word that no other test uses.
std::string unique_word();
// What the authenticator that was given this secret shows now, or some seconds later.
std::string code_now(const std::string& secret, int later = 0);

// A one-page PDF that is drawn by any reader; 200 by 300 points, /F1 is Helvetica.
std::string small_pdf(const std::string& content = "");

}  // namespace lantai::http::test
