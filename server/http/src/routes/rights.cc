// Who sees this record and why, what does this person see, and what is lent to whom.
#include "encode.h"
#include "route.h"

namespace lantai::http {
namespace {

bool is(Call& call, const char* role) { return call.principal().roles.contains(role); }

const char* name_of(records::Ground ground) {
  switch (ground) {
    case records::Ground::role:
      return "role";
    case records::Ground::clearance:
      return "clearance";
    case records::Ground::department:
      return "department";
    case records::Ground::closed:
      return "closed";
    case records::Ground::owner:
      return "owner";
    case records::Ground::lent:
      return "lent";
    case records::Ground::all:
      break;
  }
  return "all";
}

std::pair<std::string, std::string> record_named(const std::string& name) {
  const auto slash = name.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == name.size())
    throw Error("no record", {FieldProblem{"record", "field.no_such_record", {{"value", name}}}});
  return {name.substr(0, slash), name.substr(slash + 1)};
}

// What the caller may not see of it has neither title nor name.
Json encode_named(Call& call, const std::string& name) {
  const auto [type, id] = record_named(name);
  const auto record = call.app().records().find(call.principal(), type, id);
  const auto* declared = call.app().schema().find_type(type);
  const bool titled = record && declared != nullptr;
  return {{"record", name}, {"title", titled ? record->fields.value(declared->title_field, "") : ""}};
}

std::string borrower_name(Call& call, const std::string& name) {
  if (!name.starts_with("group/")) return account_name(call, name);
  const auto titled = encode_named(call, name).value("title", "");
  return titled.empty() ? name : titled;
}

Json encode_grant(Call& call, const identity::Grant& grant) {
  auto json = encode_named(call, grant.record);
  json.update({{"account", grant.account},
               {"account_name", borrower_name(call, grant.account)},
               {"until", format_rfc3339(grant.until)},
               {"reason", grant.reason},
               {"by", grant.by},
               {"by_name", account_name(call, grant.by)},
               {"given", format_rfc3339(grant.given)}});
  return json;
}

// One's own are everybody's to see; those of others are for who gives or takes them, an archivist's within what the
// archivist sees.
Response list_grants(Call& call) {
  auto account = call.query.text("account");
  const bool all = is(call, "security_officer"), some = is(call, "archivist");
  if (!all && !some) {
    if (!account.empty() && account != call.principal().id) forbid();
    account = call.principal().id;
  }
  auto& accounts = call.app().accounts();
  const auto wanted = call.query.text("record");
  const auto own_account = account == call.principal().id ? accounts.find(account) : std::nullopt;
  Json grants = Json::array();
  for (const auto& grant : own_account ? accounts.grants_of(*own_account) : accounts.grants(account, wanted)) {
    if (!wanted.empty() && grant.record != wanted) continue;
    const auto [type, id] = record_named(grant.record);
    const bool own = own_account || grant.account == call.principal().id;
    if (all || own || call.app().records().find(call.principal(), type, id))
      grants.push_back(encode_grant(call, grant));
  }
  return json_response(200, {{"grants", std::move(grants)}});
}

// An account by its login, or a group.
std::string borrower(Call& call) {
  const auto group = text_member(call.body, "group", "");
  if (!group.empty()) {
    if (!call.app().records().find(call.principal(), "group", group))
      throw Error("no group", {FieldProblem{"group", "field.no_such_record", {{"value", group}}}});
    return "group/" + group;
  }
  const auto account = call.app().accounts().find_login(text_member(call.body, "login"));
  if (!account) throw Error("no account", {FieldProblem{"login", "auth.unknown_account", {}}});
  return account->id;
}

Response give_grant(Call& call) {
  identity::Grant grant;
  grant.record = text_member(call.body, "record");
  const auto [type, id] = record_named(grant.record);
  if (!call.app().records().find(call.principal(), type, id))
    throw Error("no record", {FieldProblem{"record", "field.no_such_record", {{"value", grant.record}}}});
  grant.account = borrower(call);
  grant.reason = text_member(call.body, "reason");
  const auto until = parse_rfc3339(text_member(call.body, "until"));
  if (!until) throw Error("no time", {FieldProblem{"until", "field.wrong_kind", {{"kind", "timestamp"}}}});
  grant.until = *until;
  return json_response(201, encode_grant(call, call.app().accounts().give_grant(call.principal(), grant)));
}

Response revoke_grant(Call& call) {
  call.app().accounts().revoke_grant(call.principal(), call.query.text("account"), call.query.text("record"));
  return no_content();
}

// The security officer learns who sees a record without seeing it.
Response who_sees(Call& call) {
  const auto type_name = call.at("type"), id = call.at("id");
  auto& engine = call.app().records();
  const bool security = is(call, "security_officer");
  if (!security && !is(call, "archivist")) forbid();
  const auto record = security ? engine.find(identity::service_principal("rights"), type_name, id)
                               : std::optional(engine.get(call.principal(), type_name, id));
  if (!record) throw Error(ErrorCode::not_found, "no such record", "record.not_found");
  const auto& type = call.app().schema().type(type_name);
  const auto standing = engine.standing(*record);
  Json within = Json::array();
  for (const auto& name : standing.within) within.push_back(encode_named(call, name));
  Json people = Json::array();
  for (const auto& account : call.app().accounts().list()) {
    if (account.disabled) continue;
    const auto verdict =
        records::verdict(call.app().schema(), call.app().accounts().principal_of(account), type, standing);
    people.push_back({{"account", account.id},
                      {"login", account.login},
                      {"name", account.name},
                      {"visible", verdict.visible},
                      {"ground", name_of(verdict.ground)}});
  }
  return json_response(200, {{"level", standing.level},
                             {"department", standing.department},
                             {"closed", standing.closed},
                             {"within", std::move(within)},
                             {"people", std::move(people)}});
}

Response what_they_see(Call& call) {
  if (!is(call, "security_officer") && !is(call, "archivist")) forbid();
  const auto account = call.app().accounts().find(call.at("id"));
  if (!account) throw Error(ErrorCode::not_found, "no such account", "auth.unknown_account");
  const auto principal = call.app().accounts().principal_of(*account);
  Json types = Json::array();
  for (const auto& type : call.app().schema().types()) {
    const auto may = [&](records::Action action) {
      return records::allowed(call.app().schema(), principal, action, type);
    };
    Json actions = Json::array();
    for (const auto& [name, action] : {std::pair("read", records::Action::read),
                                       {"create", records::Action::create},
                                       {"update", records::Action::update},
                                       {"remove", records::Action::remove},
                                       {"export", records::Action::export_records}})
      if (may(action)) actions.push_back(name);
    Json seen = nullptr;  // not counted: search does not find the type
    if (may(records::Action::read) && type.searchable) {
      search::SearchRequest request;
      request.types = type.name;
      request.limit = 1;
      request.exact_counts = true;
      seen = call.app().search(principal, std::move(request)).total;
    }
    types.push_back({{"type", type.name}, {"actions", std::move(actions)}, {"seen", std::move(seen)}});
  }
  Json departments = Json::array();
  for (const auto& id : principal.scope) departments.push_back(encode_named(call, "department/" + id));
  Json grants = Json::array();
  for (const auto& grant : call.app().accounts().grants_of(*account)) grants.push_back(encode_grant(call, grant));
  return json_response(200, {{"account", encode_account(*account)},
                             {"all_departments", principal.all_departments},
                             {"departments", std::move(departments)},
                             {"types", std::move(types)},
                             {"grants", std::move(grants)}});
}

}  // namespace

void add_rights_routes(std::vector<Route>& table) {
  const Parameter account{"account", ParameterKind::text, "account id"};
  const Parameter record{"record", ParameterKind::text, "item/…, volume/…"};
  table.push_back({.method = "GET",
                   .path = "/api/v1/grants",
                   .operation = "listGrants",
                   .summary = "What is lent to whom, the first to end first; without a role for it one's own",
                   .query = {account, record},
                   .answer_schema = "GrantList",
                   .handle = list_grants});
  table.push_back(
      {.method = "POST",
       .path = "/api/v1/grants",
       .operation = "giveGrant",
       .summary = "Let somebody read a record for a time, with what lies in it; by an archivist who sees it",
       .grave = true,
       .body = BodyKind::json,
       .body_limit = 8192,
       .request_schema = "GrantRequest",
       .success = 201,
       .answer_schema = "Grant",
       .handle = give_grant});
  table.push_back({.method = "DELETE",
                   .path = "/api/v1/grants",
                   .operation = "revokeGrant",
                   .summary = "Take it back, by an archivist or the security officer",
                   .query = {account, record},
                   .success = 204,
                   .handle = revoke_grant});
  table.push_back({.method = "GET",
                   .path = "/api/v1/records/{type}/{id}/access",
                   .operation = "whoSees",
                   .summary = "What a record asks of whoever wants to see it, and who does; for archivists and the "
                              "security officer",
                   .answer_schema = "RecordAccess",
                   .handle = who_sees});
  table.push_back({.method = "GET",
                   .path = "/api/v1/accounts/{id}/access",
                   .operation = "whatTheySee",
                   .summary = "What an account may do and how much it sees; for archivists and the security officer",
                   .answer_schema = "AccountAccess",
                   .at_once = 4,
                   .handle = what_they_see});
}

}  // namespace lantai::http
