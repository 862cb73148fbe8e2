// The audit log, for auditors.
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

std::optional<Timestamp> time_of(const Call& call, const char* name) {
  const auto given = call.query.text(name);
  if (given.empty()) return std::nullopt;
  const auto time = parse_rfc3339(given);
  if (!time) throw Error(ErrorCode::invalid_argument, "not a time", "request.bad_parameter", {{"name", name}});
  return time;
}

storage::AuditFilter filter_of(const Call& call) {
  storage::AuditFilter filter;
  filter.actor = call.query.text("actor");
  filter.subject = call.query.text("subject");
  filter.outcome = call.query.text("outcome");
  filter.address = call.query.text("address");
  filter.action = call.query.text("action");
  filter.from = time_of(call, "from");
  filter.to = time_of(call, "to");
  return filter;
}

Response get_audit(Call& call) {
  const auto limit = call.query.number("limit", 100, 1, 1000);
  auto& audit = call.app().store().audit();
  storage::AuditMatches found;
  if (call.query.has("after")) {
    found.entries = audit.read(call.query.number("after", 0, 0, UINT64_MAX), limit);
  } else {
    found = audit.find(filter_of(call), call.query.number("before", UINT64_MAX, 0, UINT64_MAX), limit);
  }
  Json list = Json::array();
  for (const auto& entry : found.entries) list.push_back(encode_entry(entry));
  const auto head = audit.head();
  return json_response(200, {{"entries", std::move(list)},
                             {"before", found.before},
                             {"head", {{"sequence", head.sequence}, {"hash", to_hex(head.hash)}}}});
}

}  // namespace

void add_audit_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/api/v1/audit",
                   .operation = "getAudit",
                   .summary = "Who did what; the latest first that match, or those after an entry",
                   .need = Need::auditor,
                   .query = {{"after", ParameterKind::integer, "sequence; no other condition holds"},
                             {"before", ParameterKind::integer, "sequence"},
                             {"actor", ParameterKind::text, "account id, or service:…"},
                             {"action", ParameterKind::text, "session.open; session. is all that begin so"},
                             {"subject", ParameterKind::text, "item/…, account/…"},
                             {"outcome", ParameterKind::text, "ok, denied, failed"},
                             {"address", ParameterKind::text, "where the request came from"},
                             {"from", ParameterKind::text, "RFC 3339"},
                             {"to", ParameterKind::text, "RFC 3339, itself no longer"},
                             {"limit", ParameterKind::integer, "1 to 1000"}},
                   .answer_schema = "Audit",
                   .handle = get_audit});
}

}  // namespace lantai::http
