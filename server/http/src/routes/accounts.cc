// Accounts and what is asked of them, for the three officers; which of them may do what, identity decides.
#include "conditional.h"
#include "encode.h"
#include "route.h"

namespace lantai::http {
namespace {

template <typename T>
void read_list(const Json& body, const std::string& name, T& into) {
  const auto found = body.find(name);
  if (found == body.end()) return;
  T values;
  const bool list = found->is_array();
  for (const auto& one : list ? *found : Json::array()) {
    if (!one.is_string()) throw Error("bad list", {FieldProblem{name, "field.wrong_kind", {{"kind", "text"}}}});
    values.insert(values.end(), one.get<std::string>());
  }
  if (!list) throw Error("bad list", {FieldProblem{name, "field.wrong_kind", {{"kind", "list"}}}});
  into = std::move(values);
}

// What the body says of an account; what it does not say stays.
void amend(Call& call, identity::Account& account) {
  const auto& body = call.body;
  static const std::set<std::string> kKnown{"login",
                                            "name",
                                            "roles",
                                            "clearance",
                                            "departments",
                                            "scope",
                                            "disabled",
                                            "password",
                                            "must_change_password",
                                            "person",
                                            "departments_by_post",
                                            "signs_in_by"};
  if (!body.is_object()) throw Error(ErrorCode::invalid_argument, "not an object", "request.bad_json");
  for (const auto& [name, value] : body.items()) {
    if (!kKnown.contains(name)) throw Error("unknown", {FieldProblem{name, "field.unknown", {{"name", name}}}});
  }
  account.login = text_member(body, "login", account.login);
  account.name = text_member(body, "name", account.name);
  account.clearance = static_cast<int>(number_member(body, "clearance", static_cast<unsigned>(account.clearance)));
  account.disabled = flag_member(body, "disabled", account.disabled);
  account.must_change_password = flag_member(body, "must_change_password", account.must_change_password);
  const auto person = text_member(body, "person", account.person);
  if (person != account.person && !person.empty() && !call.app().records().find(call.principal(), "person", person))
    throw Error("no person", {FieldProblem{"person", "field.no_such_record", {{"value", person}}}});
  account.person = person;
  account.departments_by_post = flag_member(body, "departments_by_post", account.departments_by_post);
  if (body.contains("signs_in_by")) {
    const auto by = identity::signs_in_by_named(text_member(body, "signs_in_by"));
    if (!by)
      throw Error("no such way",
                  {FieldProblem{"signs_in_by", "field.wrong_kind", {{"kind", "password, directory, provider"}}}});
    account.signs_in_by = *by;
  }
  read_list(body, "roles", account.roles);
  read_list(body, "departments", account.departments);
  if (body.contains("scope")) {
    const auto scope = identity::scope_named(text_member(body, "scope"));
    if (!scope)
      throw Error("no such scope", {FieldProblem{"scope", "field.wrong_kind", {{"kind", "all, own, subtree"}}}});
    account.scope = *scope;
  }
}

Response list_accounts(Call& call) {
  Json accounts = Json::array();
  for (const auto& account : call.app().accounts().list()) accounts.push_back(encode_account(account));
  return json_response(200, {{"accounts", std::move(accounts)}});
}

Response create_account(Call& call) {
  identity::Account account;
  text_member(call.body, "login");
  account.must_change_password = true;  // whoever made it knows the password
  amend(call, account);
  const bool kept_here = account.signs_in_by == identity::SignsInBy::password;
  const auto password = text_member(call.body, "password", kept_here ? std::nullopt : std::optional<std::string>(""));
  const auto made = call.app().accounts().create(call.principal(), account, password);
  return json_response(201, encode_account(made));
}

Response update_account(Call& call) {
  auto account = call.app().accounts().find(call.at("id"));
  if (!account) throw Error(ErrorCode::not_found, "no such account", "auth.unknown_account");
  if (const auto version = expected_version(call.head.headers); version && *version != 0) account->version = *version;
  amend(call, *account);
  const auto password =
      call.body.contains("password") ? std::optional(text_member(call.body, "password")) : std::nullopt;
  return json_response(200, encode_account(call.app().accounts().update(call.principal(), *account, password)));
}

Response get_policy(Call& call) { return json_response(200, identity::to_json(call.app().accounts().policy())); }

Response change_policy(Call& call) {
  return json_response(200, identity::to_json(call.app().accounts().change_policy(call.principal(), call.body)));
}

Response reset_second_factor(Call& call) {
  call.app().accounts().reset_second_factor(call.principal(), call.at("id"));
  return no_content();
}

}  // namespace

void add_account_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/api/v1/accounts",
                   .operation = "listAccounts",
                   .summary = "All accounts",
                   .need = Need::officer,
                   .answer_schema = "AccountList",
                   .handle = list_accounts});
  table.push_back({.method = "POST",
                   .path = "/api/v1/accounts",
                   .operation = "createAccount",
                   .summary = "Create an account",
                   .need = Need::officer,
                   .grave = true,
                   .body = BodyKind::json,
                   .request_schema = "AccountChange",
                   .success = 201,
                   .answer_schema = "Account",
                   .at_once = 4,
                   .handle = create_account});
  table.push_back({.method = "PATCH",
                   .path = "/api/v1/accounts/{id}",
                   .operation = "updateAccount",
                   .summary = "Change an account, its password or its rights",
                   .need = Need::officer,
                   .grave = true,
                   .body = BodyKind::json,
                   .request_schema = "AccountChange",
                   .answer_schema = "Account",
                   .at_once = 4,
                   .handle = update_account});
  table.push_back({.method = "DELETE",
                   .path = "/api/v1/accounts/{id}/second-factor",
                   .operation = "resetSecondFactor",
                   .summary = "Take away the second factor of somebody who lost device and recovery codes",
                   .need = Need::officer,
                   .grave = true,
                   .success = 204,
                   .handle = reset_second_factor});
  table.push_back({.method = "GET",
                   .path = "/api/v1/security-policy",
                   .operation = "getSecurityPolicy",
                   .summary = "What is asked of passwords and second factors, and may one person be several officers?",
                   .need = Need::officer,
                   .answer_schema = "SecurityPolicy",
                   .handle = get_policy});
  table.push_back({.method = "PATCH",
                   .path = "/api/v1/security-policy",
                   .operation = "changeSecurityPolicy",
                   .summary = "Change the security policy; by the security officer",
                   .need = Need::officer,
                   .grave = true,
                   .body = BodyKind::json,
                   .request_schema = "SecurityPolicyChange",
                   .answer_schema = "SecurityPolicy",
                   .handle = change_policy});
}

}  // namespace lantai::http
