#include <algorithm>
#include <chrono>
#include <thread>

#include "engine.h"
#include "index/holdings.h"
#include "lantai/search/searcher.h"

namespace lantai::bench {
namespace {

index::Document document_of(const Row& row) {
  index::Document document;
  document.type = "item";
  document.id = row.id;
  document.title = row.title;
  document.date = row.date;
  document.access = {"public"};
  index::FieldValue source;
  source.name = "source";
  source.values = {row.source};
  source.facet = true;
  index::FieldValue year = source;
  year.name = "year";
  year.values = {row.date.substr(0, 4)};
  document.fields = {source, year};
  document.pages.push_back({1, 1, row.body});
  return document;
}

class Lantai final : public Engine {
 public:
  explicit Lantai(std::filesystem::path directory) : directory_(std::move(directory)) {}

  void prepare(const std::vector<Row>& rows) override {
    for (std::size_t i = 0; i < rows.size(); i += 1000) {
      std::vector<index::Document> documents;
      for (std::size_t k = i; k < std::min(i + 1000, rows.size()); ++k) documents.push_back(document_of(rows[k]));
      position_ = holdings_.save(documents);
    }
  }
  void index(const std::vector<Row>&) override {
    const auto indexer = index::Indexer::open(holdings_.store(), holdings_,
                                              {.directory = directory_, .quiet = std::chrono::milliseconds(0)});
    indexer->wait_until(position_, std::chrono::steady_clock::now() + std::chrono::hours(5));
    while (!indexer->status().at_rest) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }  // merged and durable
  bool rebuild() override {
    indexer_->rebuild();
    while (indexer_->status().rebuilding) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return true;
  }
  void open() override {
    indexer_ = index::Indexer::open(holdings_.store(), holdings_, {directory_});
    searcher_ = search::Searcher::make(*indexer_, holdings_);
  }
  std::size_t find(const Query& query) override {
    search::SearchRequest request = within_public();
    request.query = joined(query);
    return searcher_->search(request).hits.size();
  }
  std::size_t count_facets(const std::string& phrase) override {
    search::SearchRequest request = within_public();
    if (!phrase.empty()) request.query = "\"" + phrase + "\"";
    request.facets = {"source", "year"};
    request.facet_values += ++asked_;  // another question each time: answers are kept
    return searcher_->search(request).total;
  }

 private:
  static search::SearchRequest within_public() {
    search::SearchRequest request;
    request.limit = 10;
    request.access.any_of = {"public"};
    return request;
  }

  const std::filesystem::path directory_;
  index::testing::Holdings holdings_;
  std::uint64_t position_ = 0;
  std::size_t asked_ = 0;
  std::unique_ptr<index::Indexer> indexer_;
  std::unique_ptr<search::Searcher> searcher_;
};

}  // namespace

std::unique_ptr<Engine> make_lantai(const std::filesystem::path& directory) {
  return std::make_unique<Lantai>(directory);
}

}  // namespace lantai::bench
