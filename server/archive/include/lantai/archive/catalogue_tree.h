// Where does a document stand? In the catalogue: fonds 全宗 → class 门类 → year 年度 → retention 保管期限 → volume 案卷
// → item 件. The tree is drawn from the index, so that its counts are of what the caller may see and ten thousand
// siblings cost no more than one page of them; items that lack a level stand under a node of their own (未分类 …), so
// nothing is out of reach. Fonds and volumes are there before their items. Sees what the index has seen. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/records/record_engine.h"
#include "lantai/search/searcher.h"

namespace lantai::archive {

struct TreeNode {
  std::string node;         // opaque: give it back to see its children
  std::string kind;         // fonds, class, year, retention, volume, item
  std::string label;        // in the caller's language
  std::uint64_t count = 0;  // items below, that the caller may see
  std::string record;       // item/0190…, volume/…, fonds/…; empty for classes, years and retentions
  bool has_children = false;
};

struct TreePage {
  std::vector<TreeNode> nodes;
  std::string next_page_token;
};

struct TreeRequest {
  std::string node;         // empty: the fonds
  std::size_t limit = 200;  // 1..1000
  std::string page_token;
  schema::Language language = schema::Language::zh_hans;
};

// Names of the facet fields that place an item in the tree; the document source fills them, kNowhere where the item
// lacks the level.
inline constexpr std::string_view kTreeFields[] = {"tree_fonds", "tree_class", "tree_year", "tree_retention",
                                                   "tree_volume"};
inline constexpr std::string_view kNowhere = "-";

class CatalogueTree {
 public:
  using Search = std::function<search::SearchResult(const records::Principal&, search::SearchRequest)>;
  CatalogueTree(const records::RecordEngine& engine, Search search) : engine_(engine), search_(std::move(search)) {}

  // Throws not_found (`tree.unknown_node`) on a node that is not there, or not for the caller; invalid_argument on a
  // page token that it did not give out.
  TreePage children(const records::Principal& principal, const TreeRequest& request) const;

 private:
  const records::RecordEngine& engine_;
  Search search_;
};

}  // namespace lantai::archive
