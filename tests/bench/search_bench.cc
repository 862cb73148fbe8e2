// How fast are texts indexed and found, beside other engines in the same run? bench_search FILE.tsv|FOLDER [ROWS
// [ROUNDS]]: rows of id, source, date, title, body, or every .txt below a folder. Each round indexes the rows anew with
// each engine, turn by turn; medians count. Phrases are cut from the texts with a fixed seed. Prints one JSON object.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "index/holdings.h"
#include "lantai/search/searcher.h"
#include "lantai/text/folding.h"
#include "peers.h"

namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;
using lantai::TemporaryDirectory;
using lantai::bench::Row;
using lantai::index::Document;
using lantai::index::testing::Holdings;
constexpr int kQueries = 500;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::vector<Row> load_rows(const std::string& file, std::size_t limit) {
  std::vector<Row> rows;
  std::ifstream in(file);
  for (std::string line; rows.size() < limit && std::getline(in, line);) {
    std::vector<std::string> columns;
    std::istringstream parts(line);
    for (std::string part; std::getline(parts, part, '\t');) columns.push_back(part);
    if (columns.size() >= 5) rows.push_back({columns[0], columns[1], columns[2], columns[3], columns[4]});
  }
  return rows;
}

std::vector<Row> load_folder(const std::filesystem::path& folder, std::size_t limit) {
  std::vector<Row> rows;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (rows.size() == limit || entry.path().extension() != ".txt") continue;
    std::ifstream in(entry.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::string place = entry.path().parent_path().filename();
    rows.push_back({entry.path(), place, "", entry.path().stem(), lantai::text::to_utf8(lantai::text::to_utf32(text))});
  }
  return rows;
}

Document document_of(const Row& row) {
  Document document;
  document.type = "item";
  document.id = row.id;
  document.title = row.title;
  document.date = row.date;
  document.access = {"public"};
  lantai::index::FieldValue source;
  source.name = "source";
  source.values = {row.source};
  source.facet = true;
  lantai::index::FieldValue year = source;
  year.name = "year";
  year.values = {row.date.substr(0, 4)};
  document.fields = {source, year};
  document.pages.push_back({1, 1, row.body});
  return document;
}

struct Cost {
  std::vector<double> wall, processor;
  std::uint64_t bytes = 0, text_log_bytes = 0;

  template <typename F>
  void measure(F&& work) {
    const auto start = Clock::now();
    const double before = processor_seconds();
    work();
    wall.push_back(seconds_since(start));
    processor.push_back(processor_seconds() - before);
  }
  void weigh(const std::filesystem::path& directory) {
    bytes = text_log_bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
      if (!entry.is_regular_file()) continue;
      bytes += entry.file_size();
      if (entry.path().filename() == "texts.log") text_log_bytes += entry.file_size();
    }
  }
  Json figures(double megabytes) const {
    return {{"mb_per_s", megabytes / median(wall)},
            {"mb_per_processor_s", megabytes / median(processor)},
            {"bytes_per_text_byte", static_cast<double>(bytes) / 1e6 / megabytes},
            {"without_stored_text", static_cast<double>(bytes - text_log_bytes) / 1e6 / megabytes}};
  }
};

class Phrases {
 public:
  explicit Phrases(const std::vector<Row>& rows) : rows_(rows) {}
  std::string next(std::size_t shortest) {
    while (true) {
      const auto folded = lantai::text::fold_only(rows_[random_() % rows_.size()].body);
      const std::size_t size = shortest + random_() % 6;
      if (folded.size() < size) continue;
      const auto piece = folded.substr(random_() % (folded.size() - size + 1), size);
      if (std::all_of(piece.begin(), piece.end(), lantai::text::is_han)) return lantai::text::to_utf8(piece);
    }
  }

 private:
  const std::vector<Row>& rows_;
  std::mt19937 random_{1};
};

template <typename F>
Json latency(int queries, F&& ask) {
  std::vector<double> times;
  for (int i = 0; i < queries; ++i) {
    const auto begin = Clock::now();
    ask();
    times.push_back(seconds_since(begin) * 1000);
  }
  std::sort(times.begin(), times.end());
  return {{"p50_ms", times[times.size() / 2]}, {"p99_ms", times[times.size() * 99 / 100]}, {"queries", queries}};
}

Json peer_figures(lantai::bench::Peer& peer, const std::vector<std::string>& phrases) {
  std::size_t next = 0;
  return latency(kQueries, [&] { peer.phrase(phrases[next++]); });
}

Json search_figures(lantai::search::Searcher& searcher, const std::vector<Row>& rows,
                    const std::vector<std::string>& phrases) {
  Phrases more(rows);
  const auto quoted = [&] { return "\"" + more.next(2) + "\""; };
  const auto ask = [&](const std::string& query, bool facets) {
    lantai::search::SearchRequest request;
    request.query = query;
    request.limit = 10;
    request.access.any_of = {"public"};
    if (facets) request.facets = {"source", "year"};
    searcher.search(request);
  };
  Json out;
  std::size_t next = 0;
  out["phrase_of_3_to_8"] = latency(kQueries, [&] { ask("\"" + phrases[next++] + "\"", false); });
  out["phrase_of_2_to_7"] = latency(kQueries, [&] { ask(quoted(), false); });
  out["and"] = latency(kQueries, [&] { ask(quoted() + " AND " + quoted(), false); });
  out["or"] = latency(kQueries, [&] { ask(quoted() + " OR " + quoted(), false); });
  out["phrase_with_2_facets"] = latency(kQueries, [&] { ask(quoted(), true); });
  out["single_character"] = latency(50, [&] { ask("\"" + more.next(2).substr(0, 3) + "\"", false); });
  out["everything_with_2_facets"] = latency(20, [&] { ask("", true); });
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: bench_search FILE.tsv|FOLDER [ROWS [ROUNDS]]\n", stderr);
    return 2;
  }
  const std::size_t limit = argc > 2 ? std::stoul(argv[2]) : ~std::size_t{0};
  const int rounds = argc > 3 ? std::stoi(argv[3]) : 3;
  const auto rows = std::filesystem::is_directory(argv[1]) ? load_folder(argv[1], limit) : load_rows(argv[1], limit);
  double megabytes = 0;
  for (const auto& row : rows) megabytes += static_cast<double>(row.title.size() + row.body.size()) / 1e6;
  const auto start = Clock::now();
  for (const auto& row : rows) lantai::text::fold(row.body);
  const double folding = seconds_since(start);

  Holdings holdings;
  std::uint64_t position = 0;
  for (std::size_t i = 0; i < rows.size(); i += 1000) {
    std::vector<Document> documents;
    for (std::size_t k = i; k < std::min(i + 1000, rows.size()); ++k) documents.push_back(document_of(rows[k]));
    position = holdings.save(documents);
  }
  std::vector<std::string> phrases;
  Phrases cut(rows);
  for (int i = 0; i < kQueries; ++i) phrases.push_back(cut.next(3));

  Cost own, xapian, sqlite;
  Json searching, xapian_phrases, sqlite_phrases;
  for (int round = 0; round < rounds; ++round) {
    const TemporaryDirectory directory;
    const auto place = directory.path();
    std::unique_ptr<lantai::index::Indexer> indexer;
    own.measure([&] {
      indexer = lantai::index::Indexer::open(holdings.store(), holdings, {place / "own"});
      indexer->wait_until(position, Clock::now() + std::chrono::hours(1));
      indexer.reset();  // settled, merged as far as it goes by itself, and durable
    });
    own.weigh(place / "own");
    indexer = lantai::index::Indexer::open(holdings.store(), holdings, {place / "own"});
    searching = search_figures(*lantai::search::Searcher::make(*indexer, holdings), rows, phrases);
    indexer.reset();
    const auto first = lantai::bench::make_xapian_ngrams(place / "xapian");
    xapian.measure([&] { first->index(rows); });
    xapian.weigh(place / "xapian");
    xapian_phrases = peer_figures(*first, phrases);
    const auto second = lantai::bench::make_sqlite_trigrams(place / "sqlite");
    sqlite.measure([&] { second->index(rows); });
    sqlite.weigh(place / "sqlite");
    sqlite_phrases = peer_figures(*second, phrases);
  }
  Json out{
      {"documents", rows.size()}, {"text_mb", megabytes}, {"rounds", rounds}, {"fold_mb_per_s", megabytes / folding}};
  out["lantai"] = own.figures(megabytes);
  out["lantai"]["search"] = searching;
  out["xapian_cjk_ngrams"] = xapian.figures(megabytes);
  out["xapian_cjk_ngrams"]["phrase_of_3_to_8"] = xapian_phrases;
  out["sqlite_fts5_trigram"] = sqlite.figures(megabytes);
  out["sqlite_fts5_trigram"]["phrase_of_3_to_8"] = sqlite_phrases;
  const double speed = median(own.wall);
  out["ratios"] = {
      {"speed_against_xapian_cjk_ngrams", median(xapian.wall) / speed},
      {"speed_against_sqlite_fts5_trigram", median(sqlite.wall) / speed},
      {"size_against_xapian_cjk_ngrams", static_cast<double>(own.bytes) / static_cast<double>(xapian.bytes)},
      {"size_against_sqlite_fts5_trigram", static_cast<double>(own.bytes) / static_cast<double>(sqlite.bytes)}};
  fmt::print("{}\n", out.dump(2));
  return 0;
}
