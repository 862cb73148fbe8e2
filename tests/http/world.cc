#include "world.h"

#include <atomic>
#include <ctime>
#include <fstream>

#include "lantai/base/id.h"
#include "lantai/base/log.h"
#include "lantai/http/content_disposition.h"
#include "support/authenticator.h"
#include "support/places.h"

namespace lantai::http::test {
namespace {

World* the_world = nullptr;

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

std::string code_now(const std::string& secret, int later) {
  return lantai::testing::code_at(secret, std::time(nullptr) + later);
}

Answer Client::sign_in(const std::string& login, const std::string& password, const std::string& code) {
  Json given{{"login", login}, {"password", password}};
  if (!code.empty()) given["code"] = code;
  auto answer = post("/api/v1/session", given);
  if (answer.status == 200) {
    const auto cookie = answer.header("set-cookie");
    standing_["Cookie"] = cookie.substr(0, cookie.find(';'));
    standing_["X-CSRF-Token"] = answer.json()["csrf_token"];
  }
  return answer;
}

Answer Client::post(const std::string& path, const Json& body, const Fields& headers) {
  return send("POST", path, body.dump(), headers);
}
Answer Client::put(const std::string& path, const Json& body) { return send("PUT", path, body.dump()); }
Answer Client::patch(const std::string& path, const Json& body, const Fields& headers) {
  return send("PATCH", path, body.dump(), headers);
}

Answer Client::send(const std::string& method, const std::string& path, const std::string& body, Fields headers) {
  headers.insert(standing_.begin(), standing_.end());
  headers.insert({"Host", "localhost"});
  if (!body.empty()) headers.insert({"Content-Type", "application/json"});
  std::string text = method + " " + path + " HTTP/1.1\r\n";
  for (const auto& [name, value] : headers) {
    if (!value.empty()) text += name + ": " + value + "\r\n";
  }
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  text += "\r\n";
  if (!connection_) connection_ = std::make_unique<RawClient>(port_);
  connection_->send(text);
  connection_->send(body);
  Answer answer{connection_->read_response(method == "HEAD")};
  if (answer.header("connection") == "close") connection_.reset();
  return answer;
}

Json Client::make_item(Json fields) {
  const auto answer = post("/api/v1/records/item", {{"fields", std::move(fields)}});
  if (answer.status != 201) throw std::runtime_error("no item: " + answer.body);
  return answer.json();
}

Json Client::add_file(const Json& item, const std::string& name, const std::string& bytes) {
  const auto answer = send(
      "POST", path_of(item) + "/files", bytes,
      {{"Content-Type", "application/octet-stream"}, {"Content-Disposition", make_disposition("attachment", name)}});
  if (answer.status != 201) throw std::runtime_error("no file: " + answer.body);
  return answer.json();
}

Answer Client::search(const std::string& query) {
  return get("/api/v1/search?" + query + "&wait=" + std::to_string(World::the().position()));
}

std::string path_of(const Json& record) {
  return "/api/v1/records/" + record["type"].get<std::string>() + "/" + record["id"].get<std::string>();
}

std::string encoded(const std::string& text) { return percent_encode(text); }

World::World() : directory(std::filesystem::temp_directory_path() / ("lantai-http-" + random_hex(8))) {
  log::set_level(log::Level::error);
  write_file(directory / "web/index.html", "<!doctype html><title>兰台</title>");
  write_file(directory / "web/assets/app-1a2b3c4d.js", "export const answer = 42;");
  write_file(directory / "web/assets/app-1a2b3c4d.js.gz", "not really gzip");
  write_file(directory / "secret.txt", "outside of the web root");
  app::Configuration configuration;
  configuration.data = directory / "data";
  configuration.schema_directories = {lantai::test::shipped_declarations()};
  configuration.worker_program = lantai::test::binary_directory() / "bin/lantai-extract-worker";
  configuration.extraction_workers = 1;
  configuration.create_if_missing = true;
  configuration.allow_incomplete_sandbox = true;
  app = app::Application::open(configuration);
  options.web_root = directory / "web";
  options.limits.requests_per_second = 100'000;
  options.limits.request_burst = 100'000;
  server = Server::start(*app, options);
  app->accounts().change_policy(identity::operator_principal(), {{"officers_combined", true}});
  std::map<std::string, int> clearances{{"archivist", 2}, {"staff", 1}, {"reader", 0}, {"chief", 2}};
  for (const auto& role : identity::officer_roles()) clearances.emplace(role, 0);
  for (const auto& [role, clearance] : clearances) {
    identity::Account account;
    account.login = role;
    account.name = role + " 甲";
    account.roles = {role};
    if (role == "chief") account.roles = {"administrator", "security_officer", "auditor", "archivist"};
    account.clearance = clearance;
    const auto made = app->accounts().create(identity::operator_principal(), account, kPassword);
    const auto token =
        app->accounts().make_token(identity::operator_principal(), made.id, "test", std::chrono::hours(1));
    tokens_[role] = token.key;
  }
  the_world = this;
}

World::~World() {
  server.reset();
  app.reset();
  std::filesystem::remove_all(directory);
}

World& World::the() { return *the_world; }

Client World::as(const std::string& role) const {
  Client client(server->port());
  client.use_token(tokens_.at(role));
  return client;
}

std::string unique_word() { return "w" + random_hex(6); }

std::string small_pdf(const std::string& content) {
  const std::vector<std::string> objects{
      "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1"
      "/BaseFont/Helvetica>>>>>>>>",
      "<</Length " + std::to_string(content.size()) + ">>stream\n" + content + "\nendstream "};
  std::string pdf = "%PDF-1.4\n", table = "0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto offset = std::to_string(pdf.size());
    table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
    pdf += std::to_string(i + 1) + " 0 obj" + objects[i] + "endobj\n";
  }
  const auto begin = std::to_string(pdf.size());
  return pdf + "xref\n0 5\n" + table + "trailer<</Size 5/Root 1 0 R>>\nstartxref\n" + begin + "\n%%EOF\n";
}

}  // namespace lantai::http::test
