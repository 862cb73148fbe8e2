// Records of every declared type.
#include "conditional.h"
#include "encode.h"
#include "lantai/archive/suggestions.h"
#include "lantai/records/audited.h"
#include "lantai/schema/form_state.h"
#include "problem.h"
#include "route.h"

namespace lantai::http {
namespace {

[[noreturn]] void bad_parameter(const std::string& name) {
  throw Error(ErrorCode::invalid_argument, "bad parameter", "request.bad_parameter", {{"name", name}});
}

// What stands in the address, as the field's kind of value.
Json typed(const schema::FieldDecl& field, const std::string& text) {
  if (field.kind == schema::FieldKind::integer) {
    const bool negative = text.starts_with('-');
    const auto value = parse_number(field.name, text.substr(negative ? 1 : 0), 0, INT64_MAX);
    return negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
  }
  if (field.kind == schema::FieldKind::boolean) {
    if (text != "true" && text != "false") bad_parameter(field.name);
    return text == "true";
  }
  return text;
}

records::ListRequest list_request(Call& call) {
  const auto& type = call.app().schema().type(call.at("type"));
  records::ListRequest request;
  for (const auto& [name, value] : call.query.members("where")) {
    const auto* field = type.find_field(name);
    if (field == nullptr) bad_parameter("where[" + name + "]");
    request.where.push_back({name, typed(*field, value), {}, {}});
  }
  std::map<std::string, records::Condition> ranges;
  for (const auto& [name, value] : call.query.members("from")) ranges[name].from = value;
  for (const auto& [name, value] : call.query.members("to")) ranges[name].to = value;
  for (auto& [name, range] : ranges) {
    range.field = name;
    request.where.push_back(range);
  }
  request.order_by = call.query.text("order");
  request.descending = call.query.flag("descending");
  request.limit = call.query.number("limit", 50, 1, 1000);
  request.page_token = call.query.text("page_token");
  return request;
}

const Json& fields_of(const Call& call) {
  static const Json kEmpty = Json::object();
  if (!call.body.is_object()) throw Error(ErrorCode::invalid_argument, "not an object", "request.bad_json");
  for (const auto& [name, value] : call.body.items()) {
    if (name != "fields") throw Error("unknown", {FieldProblem{name, "field.unknown", {{"name", name}}}});
  }
  const auto found = call.body.find("fields");
  if (found == call.body.end()) return kEmpty;
  if (!found->is_object()) throw Error("bad", {FieldProblem{"fields", "field.wrong_kind", {{"kind", "object"}}}});
  return *found;
}

Response list_records(Call& call) {
  return json_response(
      200, encode_records(call, call.app().records().list(call.principal(), call.at("type"), list_request(call))));
}

Response create_record(Call& call) {
  const auto key = call.head.headers.get("idempotency-key");
  if (key.size() > 200) {
    throw Error(ErrorCode::invalid_argument, "key too long", "request.bad_header", {{"name", "Idempotency-Key"}});
  }
  const auto written = call.app().records().create(call.principal(), call.at("type"), fields_of(call), {}, key);
  auto response = record_response(call, 201, written.record);
  response.set("Location", "/api/v1/records/" + written.record.type + "/" + written.record.id);
  return std::move(response.set("X-Change-Position", std::to_string(written.position)));
}

// What a form must know while somebody types. Nothing is written and no record is read.
Response check_record(Call& call) {
  const auto& schema = call.app().schema();
  const auto& type = schema.type(call.at("type"));
  Json fields = fields_of(call);
  const auto problems = schema::validate(schema, type, fields);
  auto state = schema::form_state(type, fields);
  return json_response(200, {{"hidden", std::move(state.hidden)},
                             {"required", std::move(state.required)},
                             {"errors", problem_list(schema, problems, call.language)}});
}

// Who looked at what is in the holdings; of lists of terms, people and departments nobody asks.
Response get_record(Call& call) {
  const auto record = call.app().records().get(call.principal(), call.at("type"), call.at("id"));
  const auto& type = call.app().schema().type(record.type);
  if ((type.files || !type.level_field.empty()) && call.head.method == "GET")
    call.context.reads.note(call.app().store(), call.principal(), "record.view", record.type + "/" + record.id,
                            {{"version", record.version}});
  return record_response(call, 200, record);
}

// The browser prints what it has been shown, and says that it does.
Response note_print(Call& call) {
  const auto record = call.app().records().get(call.principal(), call.at("type"), call.at("id"));
  Json detail = Json::object();
  if (call.body.contains("file")) detail["file"] = number_member(call.body, "file");
  if (call.body.contains("page")) detail["page"] = number_member(call.body, "page");
  call.app().store().run_transaction([&](storage::Transaction& transaction) {
    transaction.append_audit(
        records::audited(call.principal(), "record.print", record.type + "/" + record.id, "ok", detail));
  });
  return no_content();
}

// What the text of its files says that could be catalogued. Nothing is written.
Response get_suggestions(Call& call) {
  const auto& schema = call.app().schema();
  const auto record = call.app().records().get(call.principal(), call.at("type"), call.at("id"));
  Json list = Json::array();
  for (const auto& one : archive::suggest(schema, schema.type(record.type), record, call.app().texts())) {
    Json places = Json::array();
    for (const auto& place : one.places)
      places.push_back({{"page", place.page}, {"begin", place.begin}, {"end", place.end}, {"text", place.text}});
    list.push_back({{"field", one.field},
                    {"value", one.value},
                    {"confidence", one.confidence},
                    {"file", one.file},
                    {"places", std::move(places)}});
  }
  return json_response(200, {{"suggestions", std::move(list)}});
}

Response update_record(Call& call) {
  const auto written = call.app().records().update(call.principal(), call.at("type"), call.at("id"),
                                                   *expected_version(call.head.headers), fields_of(call));
  auto response = record_response(call, 200, written.record);
  return std::move(response.set("X-Change-Position", std::to_string(written.position)));
}

Response remove_record(Call& call) {
  const auto written = call.app().records().remove(call.principal(), call.at("type"), call.at("id"),
                                                   *expected_version(call.head.headers));
  auto response = no_content();
  return std::move(response.set("X-Change-Position", std::to_string(written.position)));
}

Response get_history(Call& call) {
  const records::HistoryRequest request{call.query.number("limit", 50, 1, 1000), call.query.text("page_token")};
  const auto page = call.app().records().history(call.principal(), call.at("type"), call.at("id"), request);
  return json_response(200, encode_history(call, page));
}

Response get_version(Call& call) {
  const auto record = call.app().records().get_version(call.principal(), call.at("type"), call.at("id"),
                                                       parse_number("n", call.at("n"), 1, UINT64_MAX));
  return record_response(call, 200, record);
}

Response get_children(Call& call) {
  return json_response(200, encode_records(call, call.app().records().children(call.principal(), call.at("type"),
                                                                               call.at("id"), list_request(call))));
}

Response get_continuity(Call& call) {
  const records::RecordEngine::ContinuityRequest request{call.query.number("limit", 100, 1, 1000),
                                                         call.query.text("page_token")};
  const auto page = call.app().records().continuity(call.principal(), call.at("type"), request);
  Json scopes = Json::array();
  for (const auto& one : page.scopes) {
    scopes.push_back({{"scope", one.scope},
                      {"highest", one.highest},
                      {"missing", one.missing},
                      {"missing_count", one.missing_count}});
  }
  return json_response(200, {{"scopes", std::move(scopes)}, {"next_page_token", page.next_page_token}});
}

std::vector<Parameter> paging() {
  return {{"limit", ParameterKind::integer, "1 to 1000"}, {"page_token", ParameterKind::text, "from the last page"}};
}

std::vector<Parameter> listing() {
  auto parameters = paging();
  parameters.push_back({"where", ParameterKind::members, "indexed field = value"});
  parameters.push_back({"from", ParameterKind::members, "indexed field at least"});
  parameters.push_back({"to", ParameterKind::members, "indexed field at most"});
  parameters.push_back({"order", ParameterKind::text, "a sortable field"});
  parameters.push_back({"descending", ParameterKind::flag, "the other way round"});
  return parameters;
}

}  // namespace

void add_record_routes(std::vector<Route>& table) {
  const std::string all = "/api/v1/records/{type}";
  const std::string one = all + "/{id}";
  table.push_back({.method = "GET",
                   .path = all,
                   .operation = "listRecords",
                   .summary = "Records of a type",
                   .query = listing(),
                   .answer_schema = "RecordList",
                   .handle = list_records});
  table.push_back({.method = "POST",
                   .path = all,
                   .operation = "createRecord",
                   .summary = "Create a record",
                   .body = BodyKind::json,
                   .request_schema = "RecordChange",
                   .success = 201,
                   .answer_schema = "Record",
                   .handle = create_record});
  table.push_back({.method = "POST",
                   .path = all + "/check",
                   .operation = "checkRecord",
                   .summary = "What validation says of fields that are not yet stored, and which of them apply",
                   .body = BodyKind::json,
                   .request_schema = "RecordChange",
                   .answer_schema = "RecordCheck",
                   .handle = check_record});
  table.push_back({.method = "GET",
                   .path = one,
                   .operation = "getRecord",
                   .summary = "One record",
                   .answer_schema = "Record",
                   .handle = get_record});
  table.push_back({.method = "POST",
                   .path = one + "/prints",
                   .operation = "notePrint",
                   .summary = "Note in the audit log that it is being printed",
                   .body = BodyKind::json,
                   .body_limit = 4096,
                   .request_schema = "Print",
                   .success = 204,
                   .handle = note_print});
  table.push_back({.method = "GET",
                   .path = one + "/suggestions",
                   .operation = "getSuggestions",
                   .summary = "What the text of its files says that could be catalogued",
                   .answer_schema = "Suggestions",
                   .at_once = 12,
                   .handle = get_suggestions});
  table.push_back({.method = "PATCH",
                   .path = one,
                   .operation = "updateRecord",
                   .summary = "Change a record by JSON merge patch",
                   .body = BodyKind::json,
                   .if_match = true,
                   .request_schema = "RecordChange",
                   .answer_schema = "Record",
                   .handle = update_record});
  table.push_back({.method = "DELETE",
                   .path = one,
                   .operation = "removeRecord",
                   .summary = "Remove a record",
                   .grave = true,
                   .if_match = true,
                   .success = 204,
                   .handle = remove_record});
  table.push_back({.method = "GET",
                   .path = one + "/history",
                   .operation = "getHistory",
                   .summary = "Versions of a record with their differences, the latest first",
                   .query = paging(),
                   .answer_schema = "History",
                   .handle = get_history});
  table.push_back({.method = "GET",
                   .path = one + "/versions/{n}",
                   .operation = "getVersion",
                   .summary = "A record as it was",
                   .answer_schema = "Record",
                   .handle = get_version});
  table.push_back({.method = "GET",
                   .path = one + "/children",
                   .operation = "listChildren",
                   .summary = "Records below this one",
                   .query = listing(),
                   .answer_schema = "RecordList",
                   .handle = get_children});
  table.push_back({.method = "GET",
                   .path = all + "/continuity",
                   .operation = "getContinuity",
                   .summary = "Numbers missing among the reference codes, for who may update and see all of them",
                   .query = paging(),
                   .answer_schema = "Continuity",
                   .handle = get_continuity});
}

}  // namespace lantai::http
