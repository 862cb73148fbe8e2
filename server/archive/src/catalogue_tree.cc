#include "lantai/archive/catalogue_tree.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "lantai/base/error.h"

namespace lantai::archive {
namespace {

constexpr std::size_t kLevels = std::size(kTreeFields);  // fonds, class, year, retention, volume; then items
constexpr std::string_view kKinds[] = {"fonds", "class", "year", "retention", "volume"};
constexpr std::string_view kNowhereLabels[] = {"tree.no_fonds", "tree.no_class", "tree.no_year", "tree.no_retention",
                                               "tree.no_volume"};
constexpr std::size_t kMaxSiblings = 100'000;

Error unknown_node() { return Error(ErrorCode::not_found, "no such node", "tree.unknown_node"); }

// A node is the values that lead to it, joined by `/`, which values escape.
std::string join(const std::vector<std::string>& path) {
  std::string node;
  for (const auto& value : path) {
    if (!node.empty()) node += '/';
    for (const char c : value) {
      if (c == '/' || c == '~') node += '~';
      node += c == '/' ? 's' : c == '~' ? 't' : c;
    }
  }
  return node;
}

std::vector<std::string> split(std::string_view node) {
  std::vector<std::string> path;
  if (node.empty()) return path;
  path.emplace_back();
  for (std::size_t i = 0; i < node.size(); ++i) {
    if (node[i] == '/') {
      path.emplace_back();
    } else if (node[i] != '~') {
      path.back() += node[i];
    } else if (++i < node.size() && (node[i] == 's' || node[i] == 't')) {
      path.back() += node[i] == 's' ? '/' : '~';
    } else {
      throw unknown_node();
    }
  }
  const auto empty = [](const auto& value) { return value.empty(); };
  if (path.size() > kLevels || std::any_of(path.begin(), path.end(), empty)) throw unknown_node();
  return path;
}

std::size_t offset_of(std::string_view token) {
  std::size_t offset = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), offset);
  if (error != std::errc() || end != token.data() + token.size()) {
    throw Error(ErrorCode::invalid_argument, "not a page token", "request.bad_parameter", {{"name", "page_token"}});
  }
  return offset;
}

search::SearchRequest below(const std::vector<std::string>& path, std::string_view type = "item") {
  search::SearchRequest request;
  request.types = type;
  for (std::size_t i = 0; i < path.size(); ++i) {
    search::FieldFilter filter;
    filter.field = kTreeFields[i];
    filter.any_of = {path[i]};
    request.filters.push_back(std::move(filter));
  }
  return request;
}

// A node that other nodes share a value of.
struct Group {
  std::string value;
  std::uint64_t count = 0;  // items
  bool open = false;        // something stands below it
};

// One call's work: who asks, in which language, from which node on.
class Branch {
 public:
  Branch(const records::RecordEngine& engine, const CatalogueTree::Search& search, const records::Principal& principal,
         const TreeRequest& request)
      : engine_(engine), search_(search), principal_(principal), request_(request), path_(split(request.node)) {}

  TreePage children() const {
    TreePage page = page_of_children();
    if (page.nodes.empty() && request_.page_token.empty() && !exists()) throw unknown_node();
    return page;
  }

 private:
  // Asked of a node with nothing below it: a fonds and a volume are there before their items.
  bool exists() const {
    if (path_.size() == kLevels) return engine_.find(principal_, "volume", path_.back()).has_value();
    return path_.empty() || (path_.size() == 1 && engine_.find_by(principal_, "fonds", "code", path_[0]));
  }

  TreePage page_of_children() const {
    if (path_.size() == kLevels) return items(path_, request_.page_token);
    const std::string_view token = request_.page_token;
    const bool with_items = path_.size() + 1 == kLevels;  // volumes, then the items that are in none
    if (with_items && token.substr(0, 1) == "i") return loose_items(std::string(token.substr(1)));
    return groups(token.empty() ? 0 : offset_of(token), with_items);
  }

  TreePage groups(std::size_t offset, bool with_items) const {
    std::vector<Group> values = group_values();
    bool loose = false;
    if (with_items) {
      const auto nowhere = [](const auto& value) { return value.value == kNowhere; };
      const auto kept = std::remove_if(values.begin(), values.end(), nowhere);
      loose = kept != values.end();
      values.erase(kept, values.end());
    }
    TreePage page;
    const std::size_t end = std::min(values.size(), offset + request_.limit);
    for (std::size_t i = offset; i < end; ++i) page.nodes.push_back(group_node(values[i]));
    if (end < values.size()) {
      page.next_page_token = std::to_string(end);
    } else if (loose && page.nodes.empty()) {
      return loose_items({});
    } else if (loose) {
      page.next_page_token = "i";
    }
    return page;
  }

  std::vector<Group> group_values() const {
    std::vector<Group> values;
    for (auto& value : values_of("item")) values.push_back({std::move(value.value), value.count, true});
    add_empty_volumes(values);
    if (path_.empty()) add_empty_fonds(values);
    std::sort(values.begin(), values.end(), [&](const auto& left, const auto& right) {
      const auto key = [&](const auto& value) {
        return std::make_tuple(value.value == kNowhere, -rank_of(value.value), value.value);
      };
      return key(left) < key(right);
    });
    return values;
  }

  std::vector<search::FacetValue> values_of(std::string_view type) const {
    const std::string field(kTreeFields[path_.size()]);
    search::SearchRequest request = below(path_, type);
    request.facets = {field};
    request.facet_values = kMaxSiblings;
    request.limit = 1;
    for (auto& facet : search_(principal_, std::move(request)).facets) {
      if (facet.field == field) return std::move(facet.values);
    }
    return {};
  }

  // Volumes in which nothing has been put yet, and the nodes that lead to them.
  void add_empty_volumes(std::vector<Group>& values) const {
    std::set<std::string> known;
    for (const auto& value : values) known.insert(value.value);
    for (auto& value : values_of("volume")) {
      if (known.contains(value.value)) continue;
      values.push_back({std::move(value.value), 0, path_.size() + 1 < kLevels});
    }
  }

  void add_empty_fonds(std::vector<Group>& values) const {
    const schema::TypeDecl* type = engine_.schema().find_type("fonds");
    if (type == nullptr) return;
    if (!records::allowed(engine_.schema(), principal_, records::Action::read, *type)) return;
    records::ListRequest request;
    request.limit = 1000;
    for (const auto& record : engine_.list(principal_, "fonds", request).records) {
      const std::string code = record.fields.value(type->code_field, "");
      const auto same = [&](const auto& value) { return value.value == code; };
      if (!code.empty() && std::none_of(values.begin(), values.end(), same)) values.push_back({code, 0, false});
    }
  }

  // Permanent before 30 years: as the vocabulary of the level has it, where it has ranks.
  int rank_of(const std::string& value) const {
    const auto* vocabulary = vocabulary_of_level();
    const auto* term = vocabulary == nullptr ? nullptr : vocabulary->find(value);
    return term == nullptr ? 0 : term->rank;
  }

  const schema::Vocabulary* vocabulary_of_level() const {
    if (path_.size() == 1) return engine_.schema().find_vocabulary("class_code");
    if (path_.size() == 3) return engine_.schema().find_vocabulary("retention");
    return nullptr;
  }

  TreeNode group_node(const Group& value) const {
    TreeNode node;
    std::vector<std::string> path = path_;
    path.push_back(value.value);
    node.node = join(path);
    node.kind = kKinds[path_.size()];
    node.count = value.count;
    node.has_children = value.open;
    label_group(value.value, node);
    return node;
  }

  void label_group(const std::string& value, TreeNode& node) const {
    const schema::Schema& schema = engine_.schema();
    node.label = value;
    if (value == kNowhere) {
      node.label = schema.message(kNowhereLabels[path_.size()], request_.language);
    } else if (path_.empty()) {
      if (const auto fonds = engine_.find_by(principal_, "fonds", "code", value)) {
        node.record = "fonds/" + fonds->id;
        node.label = value + " " + fonds->fields.value("name", "");
      }
    } else if (path_.size() + 1 == kLevels) {
      if (const auto volume = engine_.find(principal_, "volume", value)) {
        node.record = "volume/" + volume->id;
        node.label = volume->fields.value("title", value);
      }
    } else if (const auto* vocabulary = vocabulary_of_level()) {
      if (const auto* term = vocabulary->find(value)) node.label = term->label.in(request_.language);
    }
  }

  TreePage loose_items(const std::string& token) const {
    std::vector<std::string> path = path_;
    path.emplace_back(kNowhere);
    TreePage page = items(path, token);
    if (!page.next_page_token.empty()) page.next_page_token.insert(0, "i");
    return page;
  }

  TreePage items(const std::vector<std::string>& path, const std::string& token) const {
    search::SearchRequest request = below(path);
    request.sort = search::Sort::code_ascending;
    request.limit = request_.limit;
    request.page_token = token;
    auto result = search_(principal_, std::move(request));
    TreePage page;
    for (const auto& hit : result.hits) {
      TreeNode node;
      node.kind = "item";
      node.record = hit.type + "/" + hit.id;
      node.node = node.record;
      node.label = hit.reference_code.empty() ? hit.title : hit.reference_code + " " + hit.title;
      node.count = 1;
      page.nodes.push_back(std::move(node));
    }
    page.next_page_token = std::move(result.next_page_token);
    return page;
  }

  const records::RecordEngine& engine_;
  const CatalogueTree::Search& search_;
  const records::Principal& principal_;
  const TreeRequest& request_;
  const std::vector<std::string> path_;
};

}  // namespace

TreePage CatalogueTree::children(const records::Principal& principal, const TreeRequest& request) const {
  if (request.limit == 0 || request.limit > 1000) {
    throw Error(ErrorCode::invalid_argument, "limit must be 1 to 1000", "request.bad_parameter", {{"name", "limit"}});
  }
  return Branch(engine_, search_, principal, request).children();
}

}  // namespace lantai::archive
