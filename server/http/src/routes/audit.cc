// The audit log, for auditors.
#include "encode.h"
#include "lantai/records/audited.h"
#include "lantai/records/csv.h"
#include "route.h"
#include "spool.h"

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

// Everything that matches, the latest first; that it was taken out is in the log, too.
Response export_audit(Call& call) {
  const auto format = call.query.text("format", "csv");
  if (format != "csv" && format != "jsonl") {
    throw Error(ErrorCode::invalid_argument, "bad format", "request.bad_parameter", {{"name", "format"}});
  }
  const auto filter = filter_of(call);
  auto& store = call.app().store();
  Json detail{{"format", format}};
  for (const auto& [name, value] : call.query.entries()) detail["filter"][name] = value;
  store.run_transaction([&](storage::Transaction& transaction) {
    transaction.append_audit(records::audited(call.principal(), "audit.export", "", "ok", detail));
  });
  std::map<std::string, std::string> names;
  for (const auto& account : call.app().accounts().list()) names[account.id] = account.name;
  Spool spool;
  if (format == "csv") {
    spool.out() << records::kByteOrderMark;
    records::write_csv_row(spool.out(), {"sequence", "time", "actor", "name", "action", "subject", "outcome", "address",
                                         "detail", "hash"});
  } else {
    spool.out() << storage::audit_export_header(store.identity()) << "\n";
  }
  const auto safe = [](const std::string& text) { return records::formula_safe(text); };
  for (auto before = UINT64_MAX; before != 0;) {
    const auto found = store.audit().find(filter, before, 1000);
    for (const auto& entry : found.entries) {
      if (format == "jsonl") {
        spool.out() << storage::to_json_line(entry) << "\n";
        continue;
      }
      const auto name = names.find(entry.actor);
      records::write_csv_row(spool.out(), {std::to_string(entry.sequence), format_rfc3339(entry.time),
                                           safe(entry.actor), safe(name == names.end() ? std::string() : name->second),
                                           safe(entry.action), safe(entry.subject), entry.outcome, safe(entry.address),
                                           safe(entry.detail), to_hex(entry.hash)});
    }
    before = found.before;
  }
  return std::move(spool).as_download(format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson",
                                      "audit." + format);
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
  table.push_back({.method = "GET",
                   .path = "/api/v1/audit/export",
                   .operation = "exportAudit",
                   .summary = "All entries that match, the latest first",
                   .need = Need::auditor,
                   .grave = true,
                   .query = {{"format", ParameterKind::text, "csv or jsonl"},
                             {"actor", ParameterKind::text, "as of the search"},
                             {"action", ParameterKind::text, "as of the search"},
                             {"subject", ParameterKind::text, "as of the search"},
                             {"outcome", ParameterKind::text, "as of the search"},
                             {"address", ParameterKind::text, "as of the search"},
                             {"from", ParameterKind::text, "as of the search"},
                             {"to", ParameterKind::text, "as of the search"}},
                   .at_once = 2,
                   .handle = export_audit});
}

}  // namespace lantai::http
