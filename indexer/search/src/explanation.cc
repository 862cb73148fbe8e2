#include "explanation.h"

#include "witness.h"

namespace lantai::search {
namespace {

void each_leaf(const QueryNode& node, bool excluded, const std::function<void(const QueryNode&, bool)>& visit) {
  if (node.kind == QueryNode::Kind::none_of) excluded = !excluded;
  const bool one_part = node.children.empty() || node.kind == QueryNode::Kind::near;
  if (one_part && node.kind != QueryNode::Kind::everything) return visit(node, excluded);
  for (const auto& child : node.children) each_leaf(child, excluded, visit);
}

std::string shown(const QueryNode& leaf) {
  if (leaf.kind == QueryNode::Kind::range) return leaf.from + ".." + leaf.to;
  return leaf.kind == QueryNode::Kind::prefix ? leaf.text + "*" : leaf.text;
}

}  // namespace

void explain_document(const ParsedQuery& query, const SearchRequest& request, Planner& planner, QueryRun& run,
                      DocId doc, Explanation& explanation) {
  Witness witness(run, doc);
  for (const auto& filter : request.filters)
    if (!witness.holds(planner.filter(filter))) explanation.failed_filters.push_back(filter.field);
  each_leaf(query.root, false, [&](const QueryNode& leaf, bool excluded) {
    ParsedQuery alone;
    alone.root = leaf;
    alone.boolean = query.boolean;
    const auto plan = planner.plan(alone, Mode::exact_first);
    ExplainedPart part{shown(leaf), leaf.field, excluded, witness.holds(plan.root), {}};
    if (!part.held) part.missing = witness.missing_phrases(plan.root);
    explanation.parts.push_back(std::move(part));
  });
  const auto exact = planner.plan(query, Mode::exact_first);
  explanation.matches = witness.holds(exact.root);
  if (!explanation.matches && !query.boolean && !exact.any_term_will_do)
    explanation.by_any_part = witness.holds(planner.plan(query, Mode::relaxed).root);
  if (!explanation.matches && !query.boolean)
    explanation.by_sound = witness.holds(planner.plan(query, Mode::by_sound).root);
  explanation.text_damaged = !run.damaged.empty();
}

}  // namespace lantai::search
