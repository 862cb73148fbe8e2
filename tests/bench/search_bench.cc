// How fast does one engine index and find the rows of a file? bench_search ENGINE ROWS.tsv QUERIES.tsv DIRECTORY
// [WARM_UP [rebuild]]; started by lantai-bench for each engine in turn. ROWS: id, source, date, title, body. QUERIES:
// phrases, a tab between those that must occur together; the first WARM_UP are asked, not measured. Keeps its index in
// DIRECTORY. Prints one JSON object.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine.h"

namespace {

using namespace lantai::bench;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;
constexpr int kFacetRounds = 15;  // at least, and for so long, whatever else the machine does
constexpr double kFacetSeconds = 1;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::vector<std::vector<std::string>> table_of(const char* file) {
  std::vector<std::vector<std::string>> table;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream parts(line);
    table.emplace_back();
    for (std::string part; std::getline(parts, part, '\t');) table.back().push_back(part);
  }
  return table;
}

std::unique_ptr<Engine> make(const std::string& name, const std::filesystem::path& directory) {
  if (name == "lantai") return make_lantai(directory);
  if (name == "xapian") return make_xapian_ngrams(directory);
  if (name == "sqlite") return make_sqlite_trigrams(directory);
  return name == "groonga" ? make_groonga(directory) : nullptr;
}

Json spread(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return {{"p50_ms", times[times.size() / 2]}, {"p99_ms", times[times.size() * 99 / 100]}, {"asked", times.size()}};
}

template <typename F>
double milliseconds(F&& work) {
  const auto start = Clock::now();
  work();
  return seconds_since(start) * 1000;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 5) return std::fputs("usage: bench_search ENGINE ROWS.tsv QUERIES.tsv DIRECTORY [WARM_UP]\n", stderr), 2;
  const auto engine = make(arguments[1], arguments[4]);
  if (!engine) return std::fputs("no such engine here\n", stderr), 3;
  const std::size_t warm_up = count > 5 ? std::stoul(arguments[5]) : 0;
  std::vector<Row> rows;
  double bytes = 0;
  for (auto& columns : table_of(arguments[2])) {
    if (columns.size() < 5) continue;
    bytes += static_cast<double>(columns[3].size() + columns[4].size());
    rows.push_back({columns[0], columns[1], columns[2], columns[3], columns[4]});
  }
  engine->prepare(rows);
  const double processor = processor_seconds();
  const auto start = Clock::now();
  engine->index(rows);
  Json out{{"engine", arguments[1]}, {"documents", rows.size()}, {"text_mb", bytes / 1e6}};
  out["seconds"] = seconds_since(start);
  out["processor_seconds"] = processor_seconds() - processor;
  std::fprintf(stderr, "%s\n", out.dump().c_str());
  rows = {};

  engine->open();
  std::map<std::size_t, std::vector<double>> times;  // by the number of phrases
  std::map<std::size_t, std::size_t> found;
  std::size_t asked = 0;
  for (const auto& query : table_of(arguments[3])) {
    const double took = milliseconds([&] { found[query.size()] += engine->find(query); });
    if (++asked > warm_up) times[query.size()].push_back(took);
  }
  for (const auto& [phrases, each] : times) {
    const std::string name = phrases == 1 ? "phrase" : "and";
    out[name] = spread(each);
    out[name]["shown"] = found[phrases];
  }
  const std::string common = "规定";
  for (const auto& [name, phrase] :
       {std::pair{"facets_of_a_common_word", common}, std::pair{"facets_of_all", std::string()}}) {
    const auto matches = engine->count_facets(phrase);
    if (matches == 0) continue;
    std::vector<double> each;
    const auto begun = Clock::now();
    for (int i = 0; i < kFacetRounds || seconds_since(begun) < kFacetSeconds; ++i)
      each.push_back(milliseconds([&] { engine->count_facets(phrase); }));
    out[name] = spread(each);
    out[name]["matches"] = matches;
  }
  const auto again = Clock::now();
  if (count > 6 && engine->rebuild()) out["rebuild_seconds"] = seconds_since(again);
  fmt::print("{}\n", out.dump());
  return 0;
}
