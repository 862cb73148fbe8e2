// How many searches a second, and how long does one take? 8 clients with a connection each ask a store of a few
// thousand records, or the one given; beside it the same clients ask /healthz, which is the server's own share. As an
// archivist and as staff whose clearance hides a part. Prints one JSON object.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "../http/raw_client.h"
#include "lantai/app/application.h"
#include "lantai/base/id.h"
#include "lantai/base/log.h"
#include "lantai/http/content_disposition.h"
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
          client.send("GET " + paths[(i + c * paths.size() / kClients) % paths.size()] +
                      " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "\r\n\r\n");
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
          {"p95_ms", all[all.size() * 95 / 100]},
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

std::vector<std::string> lines_of(const std::string& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// One search after the other, without HTTP and rights. `round`: as kept answers are for the same question only.
Json in_process(app::Application& application, const std::vector<std::string>& queries, unsigned round) {
  Times times;
  for (const auto& query : queries) {
    search::SearchRequest request;
    request.query = query;
    request.limit = 10;
    request.facet_values += round;
    request.access.everything = true;
    const auto start = SteadyClock::now();
    application.searcher().search(request);
    times.milliseconds.push_back(std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count());
  }
  std::sort(times.milliseconds.begin(), times.milliseconds.end());
  times.seconds = std::accumulate(times.milliseconds.begin(), times.milliseconds.end(), 0.0) / 1000;
  return figures(times);
}

// Of a new account.
std::string token_of(app::Application& application, const std::string& role, int clearance) {
  const auto by = identity::operator_principal();
  const auto login = "bench-" + random_hex(4);
  identity::Account account;
  account.login = account.name = login;
  account.roles = {role};
  account.clearance = clearance;
  const auto made = application.accounts().create(by, account, "a bench 的 password");
  return application.accounts().make_token(by, made.id, "bench", std::chrono::hours(1)).key;
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App line{"searches a second over HTTP"};
  std::string schema, worker, data, queries;
  unsigned records = 2000, requests = 250, rounds = 1;
  std::uint16_t peer = 0;
  line.add_option("schema", schema, "directory of the declarations")->required();
  line.add_option("worker", worker, "lantai-extract-worker")->required();
  line.add_option("--records", records, "made before asking");
  line.add_option("--requests", requests, "of each client");
  line.add_option("--data", data, "ask this store instead; gets two accounts more")
      ->needs(line.add_option("--queries", queries, "what is asked, a line each"));
  line.add_option("--rounds", rounds, "of all queries without HTTP, before");
  line.add_option("--peer", peer, "port of another engine's server, which is asked the same (LuceneBench.java)");
  CLI11_PARSE(line, count, arguments);
  log::set_level(log::Level::error);
  app::Configuration configuration;
  configuration.data = data.empty() ? std::filesystem::temp_directory_path() / ("lantai-bench-" + random_hex(6))
                                    : std::filesystem::path(data);
  configuration.schema_directories = {schema};
  configuration.worker_program = worker;
  configuration.create_if_missing = data.empty();
  configuration.allow_incomplete_sandbox = true;
  {
    const auto application = app::Application::open(configuration);
    if (data.empty()) {
      const auto position = fill(*application, records);
      application->wait_until_searchable(position, SteadyClock::now() + std::chrono::minutes(5));
    }
    const auto everything = token_of(*application, "archivist", 2);
    const auto some = token_of(*application, "staff", 1);
    http::ServerOptions options;
    options.access_log = false;
    options.limits.requests_per_second = options.limits.request_burst = 1e9;
    const auto server = http::Server::start(*application, options);
    const auto asked = queries.empty() ? std::vector<std::string>{"放假", "通知", "会议", "招生"} : lines_of(queries);
    std::vector<std::string> searches;
    for (const auto& query : asked) searches.push_back("/api/v1/search?limit=10&q=" + http::percent_encode(query));
    std::vector<std::string> counted;
    for (const auto& path : searches) counted.push_back(path + kSixFacets);
    const auto measure = [&](const std::vector<std::string>& paths, const std::string& token) {
      return figures(ask(server->port(), token, paths, requests));
    };
    for (unsigned round = 0; round < rounds && !queries.empty(); ++round)
      std::cerr << in_process(*application, asked, round).dump() << "\n";
    ask(server->port(), some, searches, 10);
    Json out{{"records", application->indexer().status().documents}, {"clients", kClients}};
    out["search"] = measure(searches, some);
    out["search_seeing_everything"] = measure(searches, everything);
    out["search_with_6_facets"] = measure(counted, some);
    std::deque<http::test::RawClient> idle;
    for (int i = 0; i < kIdle; ++i) idle.emplace_back(server->port());
    out["search_beside_500_idle_connections"] = measure(searches, some);
    idle.clear();
    if (peer != 0) {
      std::vector<std::string> same;
      for (const auto& query : asked) same.push_back("/search?q=" + http::percent_encode(query));
      ask(peer, some, same, requests / 2);
      out["peer"] = figures(ask(peer, some, same, requests));
      out["search_again"] = measure(searches, some);
    }
    out["healthz"] = figures(ask(server->port(), some, {"/healthz"}, requests * 4));
    std::cout << out.dump(2) << "\n";
  }
  if (data.empty()) std::filesystem::remove_all(configuration.data);
  return 0;
}
