// A few records and a searcher over them.
#pragma once

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "index/holdings.h"
#include "lantai/search/searcher.h"

namespace lantai::search::testing {

using index::Document;
using index::FieldValue;

inline Document record(const std::string& id, const std::string& title, const std::string& body = "") {
  Document document;
  document.type = "item";
  document.id = id;
  document.title = title;
  document.access = {"public"};
  FieldValue field;
  field.name = "title";
  field.values = {title};
  field.text = true;
  field.weight = 5;
  document.fields.push_back(field);
  if (!body.empty()) {
    document.files.push_back({1, "scan.pdf"});
    document.pages.push_back({1, 1, body});
  }
  return document;
}

inline Document with(Document document, const std::string& name, const std::string& value, bool code, bool facet) {
  FieldValue field;
  field.name = name;
  field.values = {value};
  field.code = code;
  field.facet = facet;
  field.sortable = facet;
  document.fields.push_back(field);
  return document;
}

inline std::string ids_of(const SearchResult& result) {
  std::string ids;
  for (const auto& hit : result.hits) ids += hit.id + " ";
  return ids;
}

struct Archive {
  void open() {
    indexer = index::Indexer::open(holdings.store(), holdings, {directory.path()});
    searcher = Searcher::make(
        *indexer, holdings,
        {.aliases = {{"文号", "document_number"}, {"年度", "fiscal_year"}}, .synonyms = [this] { return synonyms; }});
  }
  void save(const Document& document) {
    if (!indexer) open();
    BOOST_REQUIRE(index::testing::wait(*indexer, holdings.save(document)));
  }
  SearchResult search(const std::string& query) {
    SearchRequest request;
    request.query = query;
    request.access.everything = true;
    return searcher->search(request);
  }
  std::string found(const std::string& query) { return ids_of(search(query)); }
  std::shared_ptr<const Synonyms> synonyms = std::make_shared<const Synonyms>();
  TemporaryDirectory directory;
  index::testing::Holdings holdings;
  std::unique_ptr<index::Indexer> indexer;
  std::unique_ptr<Searcher> searcher;
};

}  // namespace lantai::search::testing
