// The shapes of bodies, as docs/formats/http.md states them.
#include "openapi.h"

namespace lantai::http {
namespace {

Json text() { return {{"type", "string"}}; }
Json integer() { return {{"type", "integer"}}; }
Json number() { return {{"type", "number"}}; }
Json flag() { return {{"type", "boolean"}}; }
Json time() { return {{"type", "string"}, {"format", "date-time"}}; }
Json any() { return Json::object(); }
Json free_object() { return {{"type", "object"}}; }
Json list(Json of) { return {{"type", "array"}, {"items", std::move(of)}}; }
Json of(const char* name) { return {{"$ref", std::string("#/components/schemas/") + name}}; }

Json object(Json properties) {
  Json required = Json::array();
  for (const auto& [name, schema] : properties.items()) required.push_back(name);
  return {{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}
Json optional_object(Json properties) { return {{"type", "object"}, {"properties", std::move(properties)}}; }

Json account_schemas() {
  const Json account{{"id", text()},           {"login", text()},
                     {"name", text()},         {"roles", list(text())},
                     {"clearance", integer()}, {"departments", list(text())},
                     {"disabled", flag()},     {"must_change_password", flag()},
                     {"version", integer()},   {"second_factor", flag()},
                     {"password_set", time()}, {"scope", text()},
                     {"person", text()},       {"departments_by_post", flag()},
                     {"signs_in_by", text()}};
  const Json policy{{"officers_combined", flag()},   {"second_factor_roles", list(text())},
                    {"purpose_roles", list(text())}, {"password_characters", integer()},
                    {"password_days", integer()},    {"password_history", integer()}};
  const Json grant{{"record", text()},       {"title", text()},   {"account", text()},
                   {"account_name", text()}, {"until", time()},   {"reason", text()},
                   {"by", text()},           {"by_name", text()}, {"given", time()}};
  auto change = account;
  change.erase("id");
  change.erase("version");
  change.erase("second_factor");
  change.erase("password_set");
  change["password"] = text();
  return {
      {"Account", object(account)},
      {"AccountChange", optional_object(change)},
      {"AccountList", object({{"accounts", list(of("Account"))}})},
      {"Credentials",
       {{"type", "object"},
        {"properties", {{"login", text()}, {"password", text()}, {"code", text()}}},
        {"required", {"login", "password"}}}},
      {"SessionList", object({{"sessions", list(object({{"id", text()},
                                                        {"address", text()},
                                                        {"agent", text()},
                                                        {"opened", time()},
                                                        {"used", time()},
                                                        {"expires", time()},
                                                        {"current", flag()}}))}})},
      {"EndedSessions", object({{"ended", integer()}})},
      {"SecondFactor", object({{"on", flag()}, {"recovery_codes_left", integer()}})},
      {"Password", object({{"password", text()}})},
      {"Code", object({{"code", text()}})},
      {"PasswordAndCode", object({{"password", text()}, {"code", text()}})},
      {"Enrolment", object({{"secret", text()}, {"uri", text()}})},
      {"RecoveryCodes", object({{"recovery_codes", list(text())}})},
      {"PasswordChange", object({{"old", text()}, {"new", text()}})},
      {"Session", object({{"account", of("Account")},
                          {"csrf_token", text()},
                          {"expires", time()},
                          {"duty", text()},
                          {"verified", flag()},
                          {"acting", object({{"post", text()},
                                             {"post_name", text()},
                                             {"on_behalf_of", text()},
                                             {"on_behalf_of_name", text()},
                                             {"choice", flag()}})},
                          {"password_characters", integer()},
                          {"purpose", text()},
                          {"purpose_wanted", flag()}})},
      {"WaysToSignIn", object({{"directory", flag()}, {"provider", any()}})},
      {"Verification",
       {{"type", "object"}, {"properties", {{"password", text()}, {"code", text()}}}, {"required", {"password"}}}},
      {"Grant", object(grant)},
      {"GrantList", object({{"grants", list(of("Grant"))}})},
      {"GrantRequest",
       {{"type", "object"},
        {"properties",
         {{"record", text()}, {"login", text()}, {"group", text()}, {"until", time()}, {"reason", text()}}},
        {"required", {"record", "until", "reason"}}}},
      {"RecordAccess", object({{"level", text()},
                               {"department", text()},
                               {"closed", flag()},
                               {"within", list(object({{"record", text()}, {"title", text()}}))},
                               {"people", list(object({{"account", text()},
                                                       {"login", text()},
                                                       {"name", text()},
                                                       {"visible", flag()},
                                                       {"ground", text()}}))}})},
      {"AccountAccess", object({{"account", of("Account")},
                                {"all_departments", flag()},
                                {"departments", list(object({{"record", text()}, {"title", text()}}))},
                                {"types", list(object({{"type", text()}, {"actions", list(text())}, {"seen", any()}}))},
                                {"grants", list(of("Grant"))}})},
      {"SecurityPolicy", object(policy)},
      {"SecurityPolicyChange", optional_object(policy)},
      {"TokenRequest", optional_object({{"label", text()}, {"days", integer()}, {"scope", text()}})},
      {"Token", object({{"token", text()}, {"expires", time()}})},
      {"TokenList", object({{"tokens", list(object({{"id", text()},
                                                    {"label", text()},
                                                    {"scope", text()},
                                                    {"created", time()},
                                                    {"expires", time()}}))}})}};
}

Json organisation_schemas() {
  const Json head{{"person", text()}, {"name", text()}, {"position", text()}};
  const Json post{{"id", text()},     {"position", text()},   {"main", flag()},
                  {"head", flag()},   {"from", text()},       {"to", text()},
                  {"person", text()}, {"department", text()}, {"department_name", text()},
                  {"name", text()},   {"phone", text()},      {"staff_number", text()},
                  {"email", text()}};
  const Json delegation{{"id", text()},      {"from", text()},   {"from_name", text()}, {"to", text()},
                        {"to_name", text()}, {"post", text()},   {"post_name", text()}, {"begins", text()},
                        {"ends", text()},    {"reason", text()}, {"by", text()},        {"by_name", text()}};
  return {{"Organisation", object({{"on", text()},
                                   {"departments", list(object({{"id", text()},
                                                                {"name", text()},
                                                                {"code", text()},
                                                                {"parent", text()},
                                                                {"from", text()},
                                                                {"to", text()},
                                                                {"heads", list(object(head))},
                                                                {"people", integer()}}))}})},
          {"PostList", object({{"on", text()}, {"posts", list(object(post))}})},
          {"HeldList", object({{"items", list(object({{"kind", text()}, {"what", text()}, {"record", text()}}))}})},
          {"HandOverRequest",
           optional_object({{"successor", text()}, {"pass_on", list(text())}, {"date", text()}, {"reason", text()}})},
          {"HandOverDone", object({{"record", text()}})},
          {"Delegation", object(delegation)},
          {"DelegationList", object({{"delegations", list(of("Delegation"))}})},
          {"DelegationRequest", optional_object({{"login", text()},
                                                 {"person", text()},
                                                 {"from_login", text()},
                                                 {"from_person", text()},
                                                 {"post", text()},
                                                 {"begins", text()},
                                                 {"ends", text()},
                                                 {"reason", text()}})},
          {"Acting", object({{"post", text()},
                             {"post_name", text()},
                             {"delegation", text()},
                             {"on_behalf_of", text()},
                             {"on_behalf_of_name", text()},
                             {"posts", list(object({{"id", text()}, {"name", text()}}))},
                             {"delegations", list(of("Delegation"))}})},
          {"ActingChange", optional_object({{"post", text()}, {"delegation", text()}})},
          {"Purpose", object({{"purpose", text()}})},
          {"Print", optional_object({{"file", integer()}, {"page", integer()}})}};
}

Json record_schemas() {
  const Json version{{"number", integer()}, {"name", text()},  {"size", integer()}, {"media_type", text()},
                     {"digest", text()},    {"added", time()}, {"author", text()}};
  auto file = version;
  file["role"] = text();
  file["version"] = integer();
  file["versions"] = list(object(version));
  file["extraction"] = object({{"state", {{"enum", {"waiting", "done", "failed"}}}},
                               {"pages", integer()},
                               {"format", text()},
                               {"puid", text()},
                               {"error", any()}});
  const Json difference = object({{"field", text()}, {"before", any()}, {"after", any()}});
  return {
      {"RecordFile", object(file)},
      {"Record", object({{"type", text()},
                         {"id", text()},
                         {"version", integer()},
                         {"created", time()},
                         {"modified", time()},
                         {"author", text()},
                         {"fields", free_object()},
                         {"files", list(of("RecordFile"))},
                         {"title", text()},
                         {"links", free_object()}})},
      {"RecordChange", optional_object({{"fields", free_object()}})},
      {"RecordCheck",
       object({{"hidden", list(text())}, {"required", list(text())}, {"errors", list(of("FieldProblem"))}})},
      {"Suggestions", object({{"suggestions", list(object({{"field", text()},
                                                           {"value", any()},
                                                           {"confidence", number()},
                                                           {"file", integer()},
                                                           {"places", list(free_object())}}))}})},
      {"Explanation", object({{"record", text()},
                              {"found", flag()},
                              {"reasons", list(object({{"code", text()}, {"detail", text()}, {"message", text()}}))},
                              {"version", integer()},
                              {"indexed_version", any()},
                              {"position", integer()},
                              {"indexed_position", integer()},
                              {"visible", flag()},
                              {"parts", list(object({{"text", text()},
                                                     {"field", text()},
                                                     {"excluded", flag()},
                                                     {"held", flag()},
                                                     {"missing", list(text())}}))},
                              {"failed_filters", list(text())},
                              {"files", list(object({{"number", integer()},
                                                     {"name", text()},
                                                     {"state", text()},
                                                     {"characters", integer()},
                                                     {"error", text()}}))}})},
      {"RecordList", object({{"records", list(of("Record"))}, {"next_page_token", text()}})},
      {"History", object({{"versions", list(object({{"version", integer()},
                                                    {"time", time()},
                                                    {"author", text()},
                                                    {"author_name", text()},
                                                    {"operation", text()},
                                                    {"differences", list(difference)}}))},
                          {"next_page_token", text()}})},
      {"Continuity", object({{"scopes", list(object({{"scope", text()},
                                                     {"highest", integer()},
                                                     {"missing", list(integer())},
                                                     {"missing_count", integer()}}))},
                             {"next_page_token", text()}})},
      {"RowResults",
       object(
           {{"rows",
             list(object(
                 {{"row", integer()}, {"status", text()}, {"record", text()}, {"errors", list(of("FieldProblem"))}}))},
            {"unknown_columns", list(text())}})}};
}

Json file_schemas() {
  const Json page =
      object({{"number", integer()}, {"text", text()}, {"ocr", flag()}, {"marks", list(list(integer()))}});
  const Json import_file = object({{"path", text()},
                                   {"record", text()},
                                   {"status", text()},
                                   {"media_type", text()},
                                   {"error", text()},
                                   {"error_code", text()}});
  return {{"FileText", object({{"state", text()},
                               {"error", any()},
                               {"pages", any()},
                               {"embedded", list(free_object())},
                               {"metadata", free_object()},
                               {"format", text()},
                               {"puid", text()},
                               {"evidence", text()},
                               {"media_type", text()}})},
          {"PageText", page},
          {"PageCount", object({{"count", integer()}})},
          {"PageMarks", object({{"page", integer()}, {"ocr", flag()}, {"marks", list(free_object())}})},
          {"Upload", object({{"upload", text()}, {"name", text()}, {"size", integer()}, {"offset", integer()}})},
          {"UploadRequest", object({{"name", text()}, {"size", integer()}})},
          {"ImportForm", optional_object({{"defaults", text()},
                                          {"dry_run", text()},
                                          {"type", text()},
                                          {"tables", text()},
                                          {"update_by_code", text()},
                                          {"table", list(text())},
                                          {"file", list(text())},
                                          {"beside", list(text())}})},
          {"ImportAccepted", object({{"import", text()}})},
          {"Import", object({{"import", text()},
                             {"state", {{"enum", {"running", "done", "failed", "cancelled"}}}},
                             {"dry_run", flag()},
                             {"done", integer()},
                             {"total", integer()},
                             {"created", integer()},
                             {"updated", integer()},
                             {"unchanged", integer()},
                             {"skipped", integer()},
                             {"planned", integer()},
                             {"failed", integer()},
                             {"error", text()},
                             {"position", integer()},
                             {"results", list(import_file)},
                             {"next_page_token", text()}})}};
}

Json search_schemas() {
  const Json hit = object({{"rank", integer()},
                           {"partial", flag()},
                           {"score", {{"type", "number"}}},
                           {"type", text()},
                           {"id", text()},
                           {"record", text()},
                           {"title", text()},
                           {"reference_code", text()},
                           {"date", text()},
                           {"department", text()},
                           {"file", any()},
                           {"page", integer()},
                           {"snippet", list(of("Part"))},
                           {"missing", list(text())}});
  const Json value = object({{"value", text()}, {"label", text()}, {"count", integer()}});
  const Json completion = object({{"name", text()}, {"type", text()}, {"id", text()}, {"parts", list(of("Part"))}});
  return {{"Part", object({{"text", text()}, {"hit", flag()}})},
          {"Similar", object({{"hits", list(of("Hit"))}})},
          {"Completions", object({{"completions", list(completion)}, {"searches", list(text())}})},
          {"NewSearch", object({{"query", text()}})},
          {"Searches", object({{"past", list(object({{"query", text()}, {"at", text()}}))},
                               {"popular", list(object({{"query", text()}, {"people", integer()}}))}})},
          {"Hit", hit},
          {"Facet", object({{"field", text()}, {"label", text()}, {"values", list(value)}})},
          {"SearchResult", object({{"total", integer()},
                                   {"partial", integer()},
                                   {"total_is_exact", flag()},
                                   {"hits", list(of("Hit"))},
                                   {"facets", list(of("Facet"))},
                                   {"hints", list(object({{"code", text()}, {"detail", text()}, {"message", text()}}))},
                                   {"next_page_token", text()},
                                   {"position", integer()},
                                   {"asked_at", text()},
                                   {"took_ms", integer()}})},
          {"TreePage", object({{"nodes", list(object({{"node", text()},
                                                      {"kind", text()},
                                                      {"label", text()},
                                                      {"count", integer()},
                                                      {"record", {{"type", {"string", "null"}}}},
                                                      {"has_children", flag()}}))},
                               {"next_page_token", text()}})}};
}

Json other_schemas() {
  const Json change = object({{"position", integer()},
                              {"time", time()},
                              {"kind", text()},
                              {"subject", text()},
                              {"id", text()},
                              {"version", integer()},
                              {"operation", text()}});
  const Json entry = object({{"sequence", integer()},
                             {"time", time()},
                             {"actor", text()},
                             {"action", text()},
                             {"subject", text()},
                             {"outcome", text()},
                             {"address", text()},
                             {"detail", any()},
                             {"hash", text()},
                             {"previous_hash", text()}});
  return {{"FieldProblem", object({{"field", text()}, {"rule", text()}, {"message", text()}})},
          {"Problem", object({{"type", text()},
                              {"title", text()},
                              {"status", integer()},
                              {"code", text()},
                              {"detail", text()},
                              {"message_id", text()},
                              {"errors", list(of("FieldProblem"))},
                              {"request_id", text()}})},
          {"Changes", object({{"changes", list(change)},
                              {"position", integer()},
                              {"store", object({{"uuid", text()}, {"epoch", integer()}})}})},
          {"Audit", object({{"entries", list(entry)},
                            {"before", integer()},
                            {"head", object({{"sequence", integer()}, {"hash", text()}})}})},
          {"FailedTexts", object({{"files", list(object({{"digest", text()},
                                                         {"record", text()},
                                                         {"media_type", text()},
                                                         {"error", object({{"code", text()}, {"detail", text()}})},
                                                         {"attempts", integer()}}))}})},
          {"SchemaDescription", object({{"language", text()},
                                        {"hash", text()},
                                        {"types", list(free_object())},
                                        {"vocabularies", free_object()},
                                        {"messages", free_object()}})},
          {"OpenApi", free_object()},
          {"Health", object({{"status", text()}})},
          {"Readiness", object({{"status", text()},
                                {"store", free_object()},
                                {"index", free_object()},
                                {"extraction", free_object()},
                                {"sandbox", free_object()}})}};
}

}  // namespace

Json openapi_schemas() {
  Json all = Json::object();
  for (const auto& part : {account_schemas(), organisation_schemas(), record_schemas(), file_schemas(),
                           search_schemas(), other_schemas()}) {
    all.update(part);
  }
  all["FileText"]["properties"]["pages"] = list(of("PageText"));
  return all;
}

}  // namespace lantai::http
