#include "witness.h"

#include <algorithm>

#include "snippet.h"

namespace lantai::search {
namespace {

void add_once(std::string part, std::vector<std::string>& all) {
  if (std::find(all.begin(), all.end(), part) == all.end()) all.push_back(std::move(part));
}

void collect_needles(const PlanNode& node, std::vector<Needle>& needles) {
  if (!node.needle.text.empty()) needles.push_back(node.needle);
  for (const auto& child : node.children) collect_needles(child, needles);
}

// One of several ways to say the same: the one that was typed.
std::string typed(const std::vector<Needle>& either, const std::string& query) {
  for (const auto& needle : either) {
    const auto places = find_marks({{needle}}, query);
    if (!places.empty()) return query.substr(places.front().first, places.front().second - places.front().first);
  }
  return either.front().text;
}

void collect_parts(const PlanNode& node, const std::string& query, std::vector<NeededPart>& parts) {
  if (node.kind == PlanNode::Kind::all_of) {
    for (const auto& child : node.children) collect_parts(child, query, parts);
  } else if (node.kind == PlanNode::Kind::minus) {
    collect_parts(node.children.front(), query, parts);
  } else {
    std::vector<Needle> either;
    collect_needles(node, either);
    if (!either.empty()) parts.push_back({&node, typed(either, query)});
  }
}

}  // namespace

std::vector<NeededPart> needed_parts(const PlanNode& plan, const std::string& query) {
  std::vector<NeededPart> parts;
  collect_parts(plan, query, parts);
  return parts;
}

Witness::Witness(QueryRun& run, DocId doc) : run_(run), doc_(doc) {
  for (const auto& segment : run.snapshot.segments)
    if (segment->first() <= doc && doc <= segment->last()) segment_ = segment.get();
  if (segment_ != nullptr) reader_ = segment_->reader();
}

bool Witness::holds(const PlanNode& node) {
  if (segment_ == nullptr) return false;
  const auto cursor = make_cursor(node, *reader_, *segment_, run_);
  cursor->advance(doc_);
  return cursor->doc() == doc_ && cursor->confirm(doc_);
}

std::vector<std::string> Witness::missing_phrases(const PlanNode& node) {
  std::vector<std::string> missing;
  collect_phrases(node, missing);
  return missing;
}

std::vector<std::string> Witness::missing(const std::vector<NeededPart>& parts) {
  std::vector<std::string> missing;
  for (const auto& part : parts)
    if (!holds(*part.node)) add_once(part.typed, missing);
  return missing;
}

void Witness::collect_phrases(const PlanNode& node, std::vector<std::string>& missing) {
  for (const auto& child : node.children) collect_phrases(child, missing);
  if (node.children.empty() && !node.needle.text.empty() && !holds(node)) add_once(node.needle.text, missing);
}

}  // namespace lantai::search
