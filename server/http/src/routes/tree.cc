// The catalogue tree.
#include "encode.h"
#include "route.h"

namespace lantai::http {
namespace {

Response get_tree(Call& call) {
  archive::TreeRequest request;
  request.node = call.query.text("node");
  request.limit = call.query.number("limit", 200, 1, 1000);
  request.page_token = call.query.text("page_token");
  request.language = call.language;
  const auto page = call.app().catalogue().children(call.principal(), request);
  Json nodes = Json::array();
  for (const auto& node : page.nodes) {
    nodes.push_back({{"node", node.node},
                     {"kind", node.kind},
                     {"label", node.label},
                     {"count", node.count},
                     {"record", node.record.empty() ? Json(nullptr) : Json(node.record)},
                     {"has_children", node.has_children}});
  }
  return json_response(200, {{"nodes", std::move(nodes)}, {"next_page_token", page.next_page_token}});
}

}  // namespace

void add_tree_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/api/v1/tree",
                   .operation = "getTree",
                   .summary = "Nodes of the catalogue below a node",
                   .query = {{"node", ParameterKind::text, "empty: the fonds"},
                             {"limit", ParameterKind::integer, "1 to 1000"},
                             {"page_token", ParameterKind::text, "from the last page"}},
                   .answer_schema = "TreePage",
                   .handle = get_tree});
}

}  // namespace lantai::http
