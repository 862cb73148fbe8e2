// How fast are texts indexed and found? bench_search FILE.tsv [documents]: rows of id, source, date, title, body.
// Prints one JSON object. Phrases are cut from the texts themselves, with a fixed seed.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <random>
#include <sstream>

#include "index/holdings.h"
#include "lantai/search/searcher.h"
#include "lantai/text/folding.h"

namespace {

using Clock = std::chrono::steady_clock;
using lantai::index::Document;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::vector<Document> load(const char* file, std::size_t limit) {
  std::vector<Document> documents;
  std::ifstream in(file);
  for (std::string line; documents.size() < limit && std::getline(in, line);) {
    std::vector<std::string> columns;
    std::istringstream parts(line);
    for (std::string part; std::getline(parts, part, '\t');) columns.push_back(part);
    if (columns.size() < 5) continue;
    Document document;
    document.type = "item";
    document.id = columns[0];
    document.title = columns[3];
    document.date = columns[2];
    document.access = {"public"};
    lantai::index::FieldValue source;
    source.name = "source";
    source.values = {columns[1]};
    source.facet = true;
    lantai::index::FieldValue year = source;
    year.name = "year";
    year.values = {columns[2].substr(0, 4)};
    document.fields = {source, year};
    document.pages.push_back({1, 1, columns[4]});
    documents.push_back(std::move(document));
  }
  return documents;
}

std::string latency(std::vector<double> times) {
  if (times.empty()) return "{}";
  std::sort(times.begin(), times.end());
  const auto at = [&](double share) {
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))] * 1000;
  };
  return fmt::format(R"({{"p50_ms":{:.3f},"p99_ms":{:.3f},"queries":{}}})", at(0.5), at(0.99), times.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: bench_search FILE.tsv [documents]\n", stderr);
    return 2;
  }
  const auto documents = load(argv[1], argc > 2 ? std::stoul(argv[2]) : ~std::size_t{0});
  double megabytes = 0;
  for (const auto& document : documents) {
    megabytes += static_cast<double>(document.title.size() + document.pages[0].text.size()) / 1e6;
  }
  auto start = Clock::now();
  std::size_t characters = 0;
  for (const auto& document : documents) characters += lantai::text::fold(document.pages[0].text).text.size();
  const double folding = seconds_since(start);

  lantai::index::testing::Holdings holdings;
  lantai::index::testing::TemporaryDirectory directory;
  std::uint64_t position = 0;
  for (std::size_t i = 0; i < documents.size(); i += 1000) {
    position = holdings.save({documents.begin() + static_cast<std::ptrdiff_t>(i),
                              documents.begin() + static_cast<std::ptrdiff_t>(std::min(i + 1000, documents.size()))});
  }
  start = Clock::now();
  const std::clock_t processor = std::clock();
  const auto indexer = lantai::index::Indexer::open(holdings.store(), holdings, {directory.path()});
  indexer->wait_until(position, Clock::now() + std::chrono::hours(1));
  const double indexing = seconds_since(start);
  const double indexing_cpu = static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC;
  const auto searcher = lantai::search::Searcher::make(*indexer, holdings);

  std::mt19937 random(1);
  const auto phrase = [&] {
    while (true) {
      const auto folded = lantai::text::fold_only(documents[random() % documents.size()].pages[0].text);
      const std::size_t size = 2 + random() % 7;
      if (folded.size() < size) continue;
      const auto piece = folded.substr(random() % (folded.size() - size + 1), size);
      if (std::all_of(piece.begin(), piece.end(), lantai::text::is_han))
        return "\"" + lantai::text::to_utf8(piece) + "\"";
    }
  };
  const auto measure = [&](const std::string& join, bool facets) {
    std::vector<double> times;
    for (int i = 0; i < 300; ++i) {
      lantai::search::SearchRequest request;
      request.query = join.empty() ? phrase() : phrase() + join + phrase();
      request.limit = 10;
      request.access.any_of = {"public"};
      if (facets) request.facets = {"source", "year"};
      const auto begin = Clock::now();
      searcher->search(request);
      times.push_back(seconds_since(begin));
    }
    return latency(times);
  };
  const std::string phrases = measure("", false);
  const std::string both = measure(" AND ", false);
  const std::string either = measure(" OR ", false);
  const std::string counted = measure("", true);
  lantai::search::SearchRequest everything;
  everything.access.any_of = {"public"};
  everything.facets = {"source", "year"};
  std::vector<double> all;
  for (int i = 0; i < 10; ++i) {
    const auto begin = Clock::now();
    searcher->search(everything);
    all.push_back(seconds_since(begin));
  }
  fmt::print(
      R"({{"documents":{},"text_mb":{:.1f},"fold_mb_per_s":{:.1f},"index_mb_per_s":{:.2f},"index_mb_per_cpu_s":{:.2f},"index_bytes_per_text_byte":{:.2f},)"
      R"("phrase":{},"and":{},"or":{},"phrase_with_2_facets":{},"everything_with_2_facets":{}}})"
      "\n",
      documents.size(), megabytes, megabytes / folding, megabytes / indexing, megabytes / indexing_cpu,
      static_cast<double>(indexer->status().disk_bytes) / 1e6 / megabytes, phrases, both, either, counted,
      latency(all));
  return characters == 0 ? 1 : 0;
}
