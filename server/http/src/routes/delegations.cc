// Who stands in for whom, and as whom a session acts.
#include "encode.h"
#include "route.h"

namespace lantai::http {
namespace {

Json encode_delegation(Call& call, const identity::Delegation& one) {
  return {{"id", one.id},
          {"from", one.from},
          {"from_name", account_name(call, one.from)},
          {"to", one.to},
          {"to_name", account_name(call, one.to)},
          {"post", one.post},
          {"post_name", post_name(call, call.principal(), one.post)},
          {"begins", one.begins},
          {"ends", one.ends},
          {"reason", one.reason},
          {"by", one.by},
          {"by_name", account_name(call, one.by)}};
}

// One's own are everybody's to see; all of them the security officer's.
Response list_delegations(Call& call) {
  const bool all = call.query.flag("all");
  if (all && !call.principal().roles.contains("security_officer")) forbid();
  Json list = Json::array();
  for (const auto& one : call.app().accounts().delegations(all ? std::string() : call.principal().id))
    list.push_back(encode_delegation(call, one));
  return json_response(200, {{"delegations", std::move(list)}});
}

// Named by login, or as the person whose account it is.
std::string account_named(Call& call, const char* login_member, const char* person_member) {
  const auto login = text_member(call.body, login_member, "");
  const auto person = text_member(call.body, person_member, "");
  if (!login.empty()) {
    const auto account = call.app().accounts().find_login(login);
    if (!account) throw Error("no account", {FieldProblem{login_member, "auth.unknown_account", {}}});
    return account->id;
  }
  if (person.empty()) throw Error("nobody named", {FieldProblem{person_member, "field.required", {}}});
  for (const auto& account : call.app().accounts().list()) {
    if (account.person == person && !account.disabled) return account.id;
  }
  throw Error("no account", {FieldProblem{person_member, "auth.person_without_account", {}}});
}

Response give_delegation(Call& call) {
  identity::Delegation one;
  const bool for_oneself = !call.body.contains("from_login") && !call.body.contains("from_person");
  one.from = for_oneself ? call.principal().id : account_named(call, "from_login", "from_person");
  one.to = account_named(call, "login", "person");
  one.post = text_member(call.body, "post", "");
  one.begins = text_member(call.body, "begins");
  one.ends = text_member(call.body, "ends");
  one.reason = text_member(call.body, "reason");
  return json_response(201, encode_delegation(call, call.app().accounts().give_delegation(call.principal(), one)));
}

Response revoke_delegation(Call& call) {
  call.app().accounts().revoke_delegation(call.principal(), call.at("id"));
  return no_content();
}

// As whom one acts, and as whom one might.
Response get_acting(Call& call) {
  const auto& principal = call.principal();
  const auto account = call.app().accounts().find(principal.id);
  auto& organisation = call.app().organisation();
  Json posts = Json::array();
  const auto person = account ? account->person : std::string();
  for (const auto& post :
       person.empty() ? std::vector<organisation::Post>() : organisation.appointments_of(person, organisation.today()))
    posts.push_back({{"id", post.id}, {"name", post_name(call, call.principal(), post.id)}});
  Json delegations = Json::array();
  for (const auto& one : call.app().accounts().stood_in_for(principal.id))
    delegations.push_back(encode_delegation(call, one));
  return json_response(200,
                       {{"post", principal.post},
                        {"post_name", post_name(call, call.principal(), principal.post)},
                        {"delegation", call.caller->delegation},
                        {"on_behalf_of", principal.behalf},
                        {"on_behalf_of_name", principal.behalf.empty() ? "" : account_name(call, principal.behalf)},
                        {"posts", std::move(posts)},
                        {"delegations", std::move(delegations)}});
}

Response act_as(Call& call) {
  call.app().accounts().act_as(call.principal(), call.session_key, text_member(call.body, "post", ""),
                               text_member(call.body, "delegation", ""));
  return no_content();
}

Response state_purpose(Call& call) {
  call.app().accounts().state_purpose(call.principal(), call.session_key, text_member(call.body, "purpose"));
  return no_content();
}

}  // namespace

void add_delegation_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/api/v1/delegations",
                   .operation = "listDelegations",
                   .summary = "Who stands in for oneself, and for whom one stands in; with `all`, by the security "
                              "officer, everybody's",
                   .query = {{"all", ParameterKind::flag, "everybody's"}},
                   .answer_schema = "DelegationList",
                   .handle = list_delegations});
  table.push_back({.method = "POST",
                   .path = "/api/v1/delegations",
                   .operation = "giveDelegation",
                   .summary = "Let somebody act for oneself from one day to another; for others the security officer",
                   .grave = true,
                   .body = BodyKind::json,
                   .body_limit = 8192,
                   .request_schema = "DelegationRequest",
                   .success = 201,
                   .answer_schema = "Delegation",
                   .handle = give_delegation});
  table.push_back({.method = "DELETE",
                   .path = "/api/v1/delegations/{id}",
                   .operation = "revokeDelegation",
                   .summary = "End it before its day, by either of the two or the security officer",
                   .success = 204,
                   .handle = revoke_delegation});
  table.push_back({.method = "GET",
                   .path = "/api/v1/session/acting",
                   .operation = "getActing",
                   .summary = "As which post or for whom one acts, and what there is to choose from",
                   .answer_schema = "Acting",
                   .handle = get_acting});
  table.push_back({.method = "PUT",
                   .path = "/api/v1/session/acting",
                   .operation = "actAs",
                   .summary = "Act as another of one's posts, or for somebody by a delegation; with neither as oneself",
                   .body = BodyKind::json,
                   .body_limit = 4096,
                   .request_schema = "ActingChange",
                   .success = 204,
                   .handle = act_as});
  table.push_back({.method = "PUT",
                   .path = "/api/v1/session/purpose",
                   .operation = "statePurpose",
                   .summary = "What one looks for records for; stands in the audit log with what one finds and reads",
                   .body = BodyKind::json,
                   .body_limit = 4096,
                   .request_schema = "Purpose",
                   .success = 204,
                   .handle = state_purpose});
}

}  // namespace lantai::http
