// The audit log, for administrators.
#include "encode.h"
#include "route.h"

namespace lantai::http {
namespace {

Json encode_entry(const storage::AuditEntry& entry) {
  auto detail = entry.detail.empty() ? Json(nullptr) : Json::parse(entry.detail, nullptr, false);
  if (detail.is_discarded()) detail = entry.detail;
  return {{"sequence", entry.sequence}, {"time", format_rfc3339(entry.time)},
          {"actor", entry.actor},       {"action", entry.action},
          {"subject", entry.subject},   {"outcome", entry.outcome},
          {"address", entry.address},   {"detail", std::move(detail)},
          {"hash", to_hex(entry.hash)}, {"previous_hash", to_hex(entry.previous_hash)}};
}

Response get_audit(Call& call) {
  const auto limit = call.query.number("limit", 100, 1, 1000);
  auto& audit = call.app().store().audit();
  const auto entries = call.query.has("after")
                           ? audit.read(call.query.number("after", 0, 0, UINT64_MAX), limit)
                           : audit.read_backwards(call.query.number("before", UINT64_MAX, 0, UINT64_MAX), limit);
  Json list = Json::array();
  for (const auto& entry : entries) list.push_back(encode_entry(entry));
  const auto head = audit.head();
  return json_response(
      200, {{"entries", std::move(list)}, {"head", {{"sequence", head.sequence}, {"hash", to_hex(head.hash)}}}});
}

}  // namespace

void add_audit_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/api/v1/audit",
                   .operation = "getAudit",
                   .summary = "Who did what; the latest first, or those after an entry",
                   .need = Need::administrator,
                   .query = {{"after", ParameterKind::integer, "sequence"},
                             {"before", ParameterKind::integer, "sequence"},
                             {"limit", ParameterKind::integer, "1 to 1000"}},
                   .answer_schema = "Audit",
                   .handle = get_audit});
}

}  // namespace lantai::http
