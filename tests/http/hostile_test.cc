// What an attacker or a broken program sends to the whole server; and that it keeps answering meanwhile.
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <set>
#include <vector>

#include "world.h"

using namespace lantai::http;
using namespace lantai::http::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(hostile)

BOOST_AUTO_TEST_CASE(malformed_json_is_a_problem_not_a_crash) {
  auto client = World::the().as("archivist");
  const std::string bodies[] = {"",
                                "{",
                                "nonsense",
                                "[]",
                                "\"text\"",
                                "{\"fields\":[]}",
                                "{\"fields\":{\"title\":\"\xff\xfe\"}}",
                                "{\"fields\":{\"title\":1e999}}",
                                "{\"fields\":{\"title\":\"\\ud800\"}}",
                                "{\"fields\":{\"title\":\"a\\u0000b\"}}",
                                "{\"fields\":{},\"more\":1}",
                                std::string(100'000, '['),
                                "{\"fields\":" + std::string(70, '[') + std::string(70, ']') + "}"};
  for (const auto& body : bodies) {
    const auto answer = client.send("POST", "/api/v1/records/item", body, {{"Content-Type", "application/json"}});
    BOOST_TEST_CONTEXT(body.substr(0, 50)) {
      BOOST_TEST((answer.status == 400 || answer.status == 422));
      BOOST_TEST(answer.json()["status"] == answer.status);
    }
  }
  BOOST_TEST(client.send("POST", "/api/v1/records/item", "{}", {{"Content-Type", "text/plain"}}).status == 415);
}

BOOST_AUTO_TEST_CASE(a_body_too_large_is_refused_by_its_length_alone) {
  auto client = World::the().as("archivist");
  const auto answer = client.send("POST", "/api/v1/records/item", std::string((1 << 20) + 1, ' '));
  BOOST_TEST(answer.status == 413);
  BOOST_TEST(World::the().anonymous().send("POST", "/api/v1/session", std::string(5000, ' ')).status == 413);
  BOOST_TEST(client.send("DELETE", "/api/v1/session", "unexpected").status == 413);
}

BOOST_AUTO_TEST_CASE(a_header_too_large_is_a_problem_in_the_callers_language) {
  RawClient client(World::the().server->port());
  client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nAccept-Language: en\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  const auto answer = client.read_response();
  BOOST_TEST(answer.status == 431);
  BOOST_TEST(answer.header("content-language") == "en");
  const auto problem = Json::parse(answer.body);
  BOOST_TEST(problem["status"] == 431);
  BOOST_TEST(problem["message_id"] == "request.header_too_large");
}

BOOST_AUTO_TEST_CASE(a_full_server_says_so_in_the_callers_language_and_when_to_come_again) {
  auto options = World::the().options;
  options.limits.connections = 1;
  const auto server = World::the().serve(options);
  RawClient first(server->port());
  first.send(
      "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"
      "Expect: 100-continue\r\n\r\n");
  BOOST_REQUIRE(first.read_response().status == 100);  // in the middle of a body: it cannot give way
  RawClient second(server->port());
  second.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answer = second.read_response();
  BOOST_TEST(answer.status == 503);
  BOOST_TEST(answer.header("retry-after") == "2");
  BOOST_TEST(Json::parse(answer.body)["message_id"] == "request.overloaded");
}

BOOST_AUTO_TEST_CASE(no_path_leads_out_of_the_web_root) {
  auto client = World::the().anonymous();
  for (const char* path :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/..%2fsecret.txt",
        "/assets/..%5c..%5csecret.txt", "/assets/%00", "/%c0%ae%c0%ae/secret.txt", "/./index.html", "/%", "/%f"}) {
    const auto answer = client.get(path);
    BOOST_TEST_CONTEXT(path) {
      BOOST_TEST(answer.status == 400);
      BOOST_TEST(answer.body.find("outside of the web root") == std::string::npos);
    }
  }
  BOOST_TEST(client.get("//secret.txt").body.find("outside") == std::string::npos);
  BOOST_TEST(client.get("/.hidden").body.find("兰台") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(methods_paths_and_parameters_that_do_not_exist) {
  auto client = World::the().as("archivist");
  const auto wrong = client.send("PUT", "/api/v1/records/item", "{}");
  BOOST_TEST(wrong.status == 405);
  BOOST_TEST(wrong.header("allow").find("GET") != std::string::npos);
  BOOST_TEST(wrong.header("allow").find("POST") != std::string::npos);
  BOOST_TEST(client.send("TRACE", "/", {}).status == 404);
  BOOST_TEST(client.send("POST", "/index.html", "x").status == 404);
  BOOST_TEST(client.get("/api/v1").status == 404);
  BOOST_TEST(client.get("/api/v2/search").status == 404);
  BOOST_TEST(client.get("/api/v1/search?q=x&filter[a]=b").status == 400);
}

BOOST_AUTO_TEST_CASE(five_hundred_idle_connections_do_not_delay_a_search) {
  std::vector<RawClient> idle, dripping;
  const auto port = World::the().server->port();
  for (int i = 0; i < 500; ++i) idle.emplace_back(port);
  for (int i = 0; i < 100; ++i) {
    dripping.emplace_back(port);
    dripping.back().send("GET /api/v1/search?q=a HT");
  }
  auto client = World::the().as("archivist");
  client.make_item({{"title", "在闲置连接之中"}});
  std::chrono::steady_clock::duration longest{0};
  for (int i = 0; i < 50; ++i) {
    for (auto& slow : dripping) slow.send("T");
    const auto began = std::chrono::steady_clock::now();
    BOOST_REQUIRE(client.get("/api/v1/search?q=%E9%97%B2%E7%BD%AE").status == 200);
    longest = std::max(longest, std::chrono::steady_clock::now() - began);
  }
  // Far below any time-out of the server: nobody waited for a slow client.
  BOOST_TEST((longest < 5s));
}

BOOST_AUTO_TEST_CASE(the_host_name_is_checked_when_asked_to) {
  auto options = World::the().options;
  options.hosts = {"archive.example"};
  const auto server = World::the().serve(options);
  Client client(server->port());
  BOOST_TEST(client.get("/healthz", {{"Host", "archive.example:8080"}}).status == 200);
  BOOST_TEST(client.get("/healthz", {{"Host", "Archive.Example"}}).status == 200);
  BOOST_TEST(client.get("/healthz", {{"Host", "evil.example"}}).status == 421);
}

// The address under which the last failed sign-in is noted.
BOOST_AUTO_TEST_CASE(only_a_trusted_proxy_says_where_a_request_comes_from) {
  auto auditor = World::the().as("auditor");
  const auto noted = [&](std::uint16_t port, const std::string& forwarded) {
    Client(port).send("POST", "/api/v1/session", R"({"login":")" + unique_word() + R"(","password":"wrong one here"})",
                      {{"Content-Type", "application/json"}, {"X-Forwarded-For", forwarded}});
    return auditor.get("/api/v1/audit?action=session.open&outcome=failed&limit=1").json()["entries"][0]["address"];
  };
  BOOST_TEST(noted(World::the().server->port(), "203.0.113.9") == "127.0.0.1");
  auto options = World::the().options;
  options.trusted_proxies = {"127.0.0.1", "10.0.0.1"};
  const auto server = World::the().serve(options);
  BOOST_TEST(noted(server->port(), "203.0.113.9") == "203.0.113.9");
  BOOST_TEST(noted(server->port(), "198.51.100.7, 203.0.113.9, 10.0.0.1") == "203.0.113.9");
  BOOST_TEST(noted(server->port(), "2001:db8::9") == "2001:db8::9");
  for (const auto* forged : {"", "not an address", "203.0.113.9, <script>", "10.0.0.1"}) {
    const auto address = noted(server->port(), forged).get<std::string>();
    BOOST_TEST((address == "127.0.0.1" || address == "10.0.0.1"), forged << " counts as " << address);
  }
}

BOOST_AUTO_TEST_CASE(who_asks_too_much_is_told_to_wait) {
  auto options = World::the().options;
  options.limits.requests_per_second = 0.01;
  options.limits.request_burst = 5;
  const auto server = World::the().serve(options);
  Client client(server->port());
  Answer last;
  int answered = 0;
  for (int i = 0; i < 10; ++i) {
    last = client.get("/healthz");
    answered += last.status == 200 ? 1 : 0;
  }
  BOOST_TEST(answered == 5);
  BOOST_TEST(last.status == 429);
  BOOST_TEST(std::stoi(last.header("retry-after")) > 1);
}

BOOST_AUTO_TEST_CASE(behind_tls_cookies_are_secure) {
  auto options = World::the().options;
  options.secure_cookie = true;
  const auto server = World::the().serve(options);
  Client client(server->port());
  BOOST_TEST(client.sign_in("reader", World::kPassword).header("set-cookie").find("; Secure") != std::string::npos);
  BOOST_TEST(!client.get("/healthz").header("strict-transport-security").empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(web_files)

BOOST_AUTO_TEST_CASE(assets_last_pages_are_asked_for_again_and_unknown_paths_are_the_application) {
  auto client = World::the().anonymous();
  const auto asset = client.get("/assets/app-1a2b3c4d.js");
  BOOST_TEST(asset.status == 200);
  BOOST_TEST(asset.body == "export const answer = 42;");
  BOOST_TEST(asset.header("cache-control") == "public, max-age=31536000, immutable");
  BOOST_TEST(asset.header("content-type") == "text/javascript; charset=utf-8");
  const auto zipped = client.get("/assets/app-1a2b3c4d.js", {{"Accept-Encoding", "br, gzip"}});
  BOOST_TEST(zipped.header("content-encoding") == "gzip");
  BOOST_TEST(zipped.body == "not really gzip");
  BOOST_TEST(client.get("/assets/none.js").status == 404);
  for (const char* path : {"/", "/search", "/records/item/1"}) {
    const auto page = client.get(path);
    BOOST_TEST(page.status == 200);
    BOOST_TEST(page.body.find("兰台") != std::string::npos);
    BOOST_TEST(page.header("cache-control") == "no-cache");
    BOOST_TEST(client.get(path, {{"If-None-Match", page.etag()}}).status == 304);
    const auto policy = page.header("content-security-policy");
    BOOST_TEST(policy.find("unsafe") == std::string::npos);
    BOOST_TEST(policy.find("frame-ancestors 'none'") != std::string::npos);
    BOOST_TEST(page.header("referrer-policy") == "no-referrer");
    BOOST_TEST(page.header("x-content-type-options") == "nosniff");
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(operations)

BOOST_AUTO_TEST_CASE(health_readiness_and_metrics_answer_at_the_root) {
  auto client = World::the().anonymous();
  BOOST_TEST(client.get("/healthz").json()["status"] == "ok");
  const auto ready = client.get("/readyz");
  BOOST_TEST(ready.status == 200);
  for (const char* part : {"store", "index", "extraction", "sandbox"}) BOOST_TEST(ready.json()[part].is_object());
  BOOST_TEST(ready.json()["index"].contains("documents") == false);  // how much there is, is not for everybody
  BOOST_TEST(World::the().as("chief").get("/readyz").json()["index"].contains("documents"));
  const auto metrics = client.get("/metrics");
  BOOST_TEST(metrics.status == 200);
  BOOST_TEST(metrics.header("content-type").starts_with("text/plain"));
  for (const char* name :
       {"lantai_http_requests_total{operation=\"readyz\",status=\"200\"}", "lantai_http_connections ",
        "lantai_store_commits_total ", "lantai_index_documents ", "lantai_extraction_waiting "}) {
    BOOST_TEST_CONTEXT(name) BOOST_TEST(metrics.body.find(name) != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(the_openapi_document_is_sound_and_every_path_in_it_answers) {
  auto client = World::the().as("chief");
  const auto document = client.get("/api/v1/openapi.json").json();
  BOOST_TEST(document["openapi"] == "3.1.0");
  std::set<std::string> operations;
  // Every reference leads somewhere.
  const auto check = [&](const auto& self, const Json& node) -> void {
    if (node.is_object() && node.contains("$ref") && node["$ref"].is_string()) {
      const auto pointer = node["$ref"].template get<std::string>().substr(1);
      BOOST_TEST_CONTEXT(pointer) BOOST_TEST(document.contains(Json::json_pointer(pointer)));
    }
    if (node.is_structured()) {
      for (const auto& child : node) self(self, child);
    }
  };
  check(check, document);
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      BOOST_TEST_CONTEXT(method << " " << path) {
        BOOST_TEST(operations.insert(operation["operationId"]).second);
        std::set<std::string> named;
        for (const auto& parameter : operation["parameters"]) {
          if (parameter.contains("in") && parameter["in"] == "path") named.insert(parameter["name"]);
        }
        auto concrete = path;
        for (auto brace = concrete.find('{'); brace != std::string::npos; brace = concrete.find('{')) {
          const auto end = concrete.find('}');
          BOOST_TEST(named.erase(concrete.substr(brace + 1, end - brace - 1)) == 1U);
          concrete.replace(brace, end - brace + 1, "1");
        }
        BOOST_TEST(named.empty());
        BOOST_TEST(operation["responses"].contains("default"));
        if (method == "delete" && path == "/api/v1/session") continue;  // would end this caller's token
        auto verb = method;
        for (char& c : verb) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        const auto answer = client.send(verb, concrete, verb == "GET" || verb == "DELETE" ? "" : "{}");
        BOOST_TEST(answer.status != 405);
        BOOST_TEST(answer.status < 500);
        const bool unknown_address = answer.status == 404 && answer.json()["message_id"] == "request.not_found";
        BOOST_TEST(!unknown_address);
      }
    }
  }
  BOOST_TEST(operations.size() >= 40U);
}

BOOST_AUTO_TEST_SUITE_END()
