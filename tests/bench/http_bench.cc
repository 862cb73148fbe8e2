// How many searches a second, and how long does one take? 8 clients with a connection each ask a store of a few
// thousand records; beside it the same clients ask /healthz, which is the server's own share. Prints one JSON object.
// Usage: bench_http SCHEMA_DIRECTORY WORKER_PROGRAM [RECORDS [REQUESTS_PER_CLIENT]]
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "../http/raw_client.h"
#include "lantai/app/application.h"
#include "lantai/base/id.h"
#include "lantai/base/log.h"
#include "lantai/http/server.h"

namespace {

using namespace lantai;
using SteadyClock = std::chrono::steady_clock;
using Json = schema::Json;
constexpr unsigned kClients = 8;
constexpr int kIdle = 500;
constexpr const char* kSixFacets =
    "&facet=fiscal_year&facet=access_level&facet=retention&facet=document_type&facet=department&facet=format";
const std::vector<std::string> kWords{"放假", "通知", "会议", "纪要", "招生", "合同", "维修", "运动会", "安全", "经费"};

struct Times {
  double seconds = 0;
  std::vector<double> milliseconds;
};

Times ask(std::uint16_t port, const std::string& token, const std::vector<std::string>& paths, unsigned requests) {
  std::vector<std::vector<double>> each(kClients);
  const auto began = SteadyClock::now();
  {
    std::vector<std::jthread> clients;
    for (unsigned c = 0; c < kClients; ++c) {
      clients.emplace_back([&, c] {
        http::test::RawClient client(port);
        for (unsigned i = 0; i < requests; ++i) {
          const auto start = SteadyClock::now();
          client.send("GET " + paths[(i + c) % paths.size()] + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                      token + "\r\n\r\n");
          if (client.read_response().status != 200) throw std::runtime_error("not 200");
          each[c].push_back(std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count());
        }
      });
    }
  }
  Times times;
  times.seconds = std::chrono::duration<double>(SteadyClock::now() - began).count();
  for (const auto& one : each) times.milliseconds.insert(times.milliseconds.end(), one.begin(), one.end());
  std::sort(times.milliseconds.begin(), times.milliseconds.end());
  return times;
}

Json figures(const Times& times) {
  const auto& all = times.milliseconds;
  return {{"requests_per_second", double(all.size()) / times.seconds},
          {"p50_ms", all[all.size() / 2]},
          {"p99_ms", all[all.size() * 99 / 100]}};
}

std::uint64_t fill(app::Application& application, unsigned records) {
  std::uint64_t position = 0;
  const auto by = identity::operator_principal();
  for (unsigned i = 0; i < records; ++i) {
    const auto title = "关于" + kWords[i % 10] + kWords[i / 10 % 10] + "的" + kWords[i / 100 % 10] + std::to_string(i);
    const Json fields{
        {"title", title}, {"fiscal_year", 2000 + i % 24}, {"access_level", i % 3 == 0 ? "internal" : "public"}};
    position = application.records().create(by, "item", fields).position;
  }
  return position;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return std::fputs("usage: bench_http SCHEMA_DIRECTORY WORKER [RECORDS [REQUESTS]]\n", stderr), 2;
  const unsigned records = count > 3 ? static_cast<unsigned>(std::stoul(arguments[3])) : 2000;
  const unsigned requests = count > 4 ? static_cast<unsigned>(std::stoul(arguments[4])) : 250;
  log::set_level(log::Level::error);
  app::Configuration configuration;
  configuration.data = std::filesystem::temp_directory_path() / ("lantai-bench-" + random_hex(6));
  configuration.schema_directories = {arguments[1]};
  configuration.worker_program = arguments[2];
  configuration.create_if_missing = true;
  configuration.allow_incomplete_sandbox = true;
  {
    const auto application = app::Application::open(configuration);
    const auto position = fill(*application, records);
    application->wait_until_searchable(position, SteadyClock::now() + std::chrono::minutes(5));
    identity::Account account{{}, "bench", "bench", {"staff"}, 1, {}, false, false, 0};
    account = application->accounts().create(identity::operator_principal(), account, "a bench 的 password");
    const auto token =
        application->accounts().make_token(identity::operator_principal(), account.id, "bench", std::chrono::hours(1));
    http::ServerOptions options;
    options.access_log = false;
    options.limits.requests_per_second = options.limits.request_burst = 1e9;
    const auto server = http::Server::start(*application, options);
    std::vector<std::string> searches;
    for (const auto* word : {"%E6%94%BE%E5%81%87", "%E9%80%9A%E7%9F%A5", "%E4%BC%9A%E8%AE%AE", "%E6%8B%9B%E7%94%9F"}) {
      searches.push_back(std::string("/api/v1/search?q=") + word);
    }
    std::vector<std::string> counted;
    for (const auto& path : searches) counted.push_back(path + kSixFacets);
    const auto measure = [&](const std::vector<std::string>& paths) {
      return figures(ask(server->port(), token.key, paths, requests));
    };
    ask(server->port(), token.key, searches, 10);
    const Json plain = measure(searches);
    const Json facets = measure(counted);
    std::deque<http::test::RawClient> idle;
    for (int i = 0; i < kIdle; ++i) idle.emplace_back(server->port());
    const Json beside_idle = measure(searches);
    idle.clear();
    std::cout << Json{{"records", records},
                      {"clients", kClients},
                      {"search", plain},
                      {"search_with_6_facets", facets},
                      {"search_beside_500_idle_connections", beside_idle},
                      {"healthz", figures(ask(server->port(), token.key, {"/healthz"}, requests * 4))}}
                     .dump(2)
              << "\n";
  }
  std::filesystem::remove_all(configuration.data);
  return 0;
}
