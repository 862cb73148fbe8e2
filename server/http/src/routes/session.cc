// Signing in and out, one's own password, tokens for programs.
#include "api.h"
#include "encode.h"
#include "route.h"

namespace lantai::http {

std::string session_cookie(const Call& call, std::string_view key, bool ends) {
  auto cookie = std::string(kSessionCookie) + "=" + std::string(key) + "; Path=/; HttpOnly; SameSite=Strict";
  if (ends) cookie += "; Max-Age=0";
  if (call.peer.secure || call.context.options.secure_cookie) cookie += "; Secure";
  return cookie;
}

namespace {

// Another post of one's own, or somebody to stand in for.
bool may_act_otherwise(Call& call, const identity::Account& account) {
  auto& organisation = call.app().organisation();
  if (!account.person.empty() && organisation.appointments_of(account.person, organisation.today()).size() > 1)
    return true;
  return !call.app().accounts().stood_in_for(account.id).empty();
}

Json encode_session(Call& call, const identity::Account& account, const records::Principal& principal,
                    const std::string& csrf_token, Timestamp expires, identity::Duty duty, bool verified) {
  static const std::map<identity::Duty, const char*> kDuties{
      {identity::Duty::none, ""},
      {identity::Duty::change_password, "change_password"},
      {identity::Duty::set_up_second_factor, "set_up_second_factor"}};
  return {{"account", encode_account(account)},
          {"csrf_token", csrf_token},
          {"expires", format_rfc3339(expires)},
          {"duty", kDuties.at(duty)},
          {"verified", verified},
          {"acting",
           {{"post", principal.post},
            {"post_name", post_name(call, principal, principal.post)},
            {"on_behalf_of", principal.behalf},
            {"on_behalf_of_name", principal.behalf.empty() ? "" : account_name(call, principal.behalf)},
            {"choice", may_act_otherwise(call, account)}}},
          {"password_characters", call.app().accounts().policy().password_characters},
          {"purpose", principal.purpose},
          {"purpose_wanted", purpose_wanted(call, principal)}};
}

Response sign_in(Call& call) {
  const auto login = text_member(call.body, "login"), password = text_member(call.body, "password"),
             code = text_member(call.body, "code", "");
  const auto session =
      call.app().accounts().sign_in({login, password, call.peer.address, code, call.head.headers.get("user-agent")});
  auto response =
      json_response(200, encode_session(call, session.account, call.app().accounts().principal_of(session.account),
                                        session.csrf_token, session.expires, session.duty, true));
  return std::move(response.set("Set-Cookie", session_cookie(call, session.key, false)));
}

Response get_session(Call& call) {
  const auto account = call.app().accounts().find(call.principal().id);
  if (!account) throw Error(ErrorCode::unauthenticated, "the account is gone", "auth.required");
  return json_response(200, encode_session(call, *account, call.principal(), call.caller->csrf_token,
                                           call.caller->expires, call.caller->duty, call.caller->verified));
}

Response sign_out(Call& call) {
  call.app().accounts().sign_out(call.session_key);
  auto response = no_content();
  return std::move(response.set("Set-Cookie", session_cookie(call, "", true)));
}

Response change_password(Call& call) {
  call.app().accounts().change_password(call.principal(), text_member(call.body, "old"), text_member(call.body, "new"));
  return no_content();
}

Response list_sessions(Call& call) {
  Json sessions = Json::array();
  for (const auto& one : call.app().accounts().sessions(call.principal(), call.session_key)) {
    sessions.push_back({{"id", one.id},
                        {"address", one.address},
                        {"agent", one.agent},
                        {"opened", format_rfc3339(one.opened)},
                        {"used", format_rfc3339(one.used)},
                        {"expires", format_rfc3339(one.expires)},
                        {"current", one.current}});
  }
  return json_response(200, {{"sessions", std::move(sessions)}});
}

Response end_session(Call& call) {
  call.app().accounts().end_session(call.principal(), call.at("id"));
  return no_content();
}

Response end_other_sessions(Call& call) {
  return json_response(200, {{"ended", call.app().accounts().end_other_sessions(call.principal(), call.session_key)}});
}

Response get_second_factor(Call& call) {
  const auto state = call.app().accounts().second_factor(call.principal());
  return json_response(200, {{"on", state.on}, {"recovery_codes_left", state.recovery_codes_left}});
}

Response enrol_second_factor(Call& call) {
  const auto enrolment =
      call.app().accounts().enrol_second_factor(call.principal(), text_member(call.body, "password"));
  return json_response(201, {{"secret", enrolment.secret}, {"uri", enrolment.uri}});
}

Response confirm_second_factor(Call& call) {
  return json_response(200, {{"recovery_codes", call.app().accounts().confirm_second_factor(
                                                    call.principal(), text_member(call.body, "code"))}});
}

Response remove_second_factor(Call& call) {
  const auto password = text_member(call.body, "password"), code = text_member(call.body, "code");
  call.app().accounts().remove_second_factor(call.principal(), password, code);
  return no_content();
}

Response renew_recovery_codes(Call& call) {
  return json_response(200, {{"recovery_codes", call.app().accounts().renew_recovery_codes(
                                                    call.principal(), text_member(call.body, "code"))}});
}

Response verify_session(Call& call) {
  const auto password = text_member(call.body, "password"), code = text_member(call.body, "code", "");
  call.app().accounts().verify(call.principal(), call.session_key, password, code);
  return no_content();
}

Response make_token(Call& call) {
  const auto days = number_member(call.body, "days", 90);
  if (days < 1 || days > 3660) {
    throw Error("bad days", {FieldProblem{"days", "field.too_large", {{"max", "3660"}}}});
  }
  const auto scope = identity::token_scope_named(text_member(call.body, "scope", "all"));
  if (!scope) throw Error("no such scope", {FieldProblem{"scope", "field.wrong_kind", {{"kind", "read, write, all"}}}});
  const auto token = call.app().accounts().make_token(
      call.principal(), call.principal().id, text_member(call.body, "label"), std::chrono::hours(24 * days), *scope);
  return json_response(201, {{"token", token.key}, {"expires", format_rfc3339(token.expires)}});
}

Response list_tokens(Call& call) {
  Json tokens = Json::array();
  for (const auto& token : call.app().accounts().tokens(call.principal(), call.principal().id)) {
    tokens.push_back({{"id", token.id},
                      {"label", token.label},
                      {"scope", identity::name_of(token.scope)},
                      {"created", format_rfc3339(token.created)},
                      {"expires", format_rfc3339(token.expires)}});
  }
  return json_response(200, {{"tokens", std::move(tokens)}});
}

Response revoke_token(Call& call) {
  call.app().accounts().revoke_token(call.principal(), call.principal().id, call.at("id"));
  return no_content();
}

}  // namespace

void add_session_routes(std::vector<Route>& table) {
  table.push_back({.method = "POST",
                   .path = "/api/v1/session",
                   .operation = "signIn",
                   .summary = "Sign in",
                   .need = Need::nothing,
                   .body = BodyKind::json,
                   .body_limit = 4096,
                   .request_schema = "Credentials",
                   .answer_schema = "Session",
                   .at_once = 4,
                   .handle = sign_in});
  table.push_back({.method = "GET",
                   .path = "/api/v1/session",
                   .operation = "getSession",
                   .summary = "Who am I",
                   .before_duty = true,
                   .answer_schema = "Session",
                   .handle = get_session});
  table.push_back({.method = "DELETE",
                   .path = "/api/v1/session",
                   .operation = "signOut",
                   .summary = "Sign out",
                   .before_duty = true,
                   .success = 204,
                   .handle = sign_out});
  table.push_back({.method = "PUT",
                   .path = "/api/v1/session/password",
                   .operation = "changePassword",
                   .summary = "Change one's own password",
                   .before_duty = true,
                   .body = BodyKind::json,
                   .body_limit = 4096,
                   .request_schema = "PasswordChange",
                   .success = 204,
                   .at_once = 4,
                   .handle = change_password});
  table.push_back({.method = "GET",
                   .path = "/api/v1/sessions",
                   .operation = "listSessions",
                   .summary = "Where one is signed in",
                   .answer_schema = "SessionList",
                   .handle = list_sessions});
  table.push_back({.method = "DELETE",
                   .path = "/api/v1/sessions/{id}",
                   .operation = "endSession",
                   .summary = "End one of one's own sessions",
                   .success = 204,
                   .handle = end_session});
  table.push_back({.method = "DELETE",
                   .path = "/api/v1/sessions",
                   .operation = "endOtherSessions",
                   .summary = "End all of one's own sessions but this one",
                   .answer_schema = "EndedSessions",
                   .handle = end_other_sessions});
  table.push_back({.method = "GET",
                   .path = "/api/v1/session/second-factor",
                   .operation = "getSecondFactor",
                   .summary = "Is one's own second factor on?",
                   .before_duty = true,
                   .answer_schema = "SecondFactor",
                   .handle = get_second_factor});
  table.push_back({.method = "POST",
                   .path = "/api/v1/session/second-factor",
                   .operation = "enrolSecondFactor",
                   .summary = "A secret for one's own authenticator program; not asked for until confirmed",
                   .before_duty = true,
                   .body = BodyKind::json,
                   .body_limit = 4096,
                   .request_schema = "Password",
                   .success = 201,
                   .answer_schema = "Enrolment",
                   .at_once = 4,
                   .handle = enrol_second_factor});
  table.push_back({.method = "PUT",
                   .path = "/api/v1/session/second-factor",
                   .operation = "confirmSecondFactor",
                   .summary = "From now on signing in takes a code; gives the recovery codes",
                   .before_duty = true,
                   .body = BodyKind::json,
                   .body_limit = 4096,
                   .request_schema = "Code",
                   .answer_schema = "RecoveryCodes",
                   .handle = confirm_second_factor});
  table.push_back({.method = "POST",
                   .path = "/api/v1/session/second-factor/removal",
                   .operation = "removeSecondFactor",
                   .summary = "From now on the password alone will do",
                   .body = BodyKind::json,
                   .body_limit = 4096,
                   .request_schema = "PasswordAndCode",
                   .success = 204,
                   .at_once = 4,
                   .handle = remove_second_factor});
  table.push_back({.method = "POST",
                   .path = "/api/v1/session/second-factor/recovery-codes",
                   .operation = "renewRecoveryCodes",
                   .summary = "Other recovery codes; those left are no longer good",
                   .body = BodyKind::json,
                   .body_limit = 4096,
                   .request_schema = "Code",
                   .answer_schema = "RecoveryCodes",
                   .handle = renew_recovery_codes});
  table.push_back({.method = "POST",
                   .path = "/api/v1/session/verification",
                   .operation = "verifySession",
                   .summary = "Show again who one is, before a grave act",
                   .body = BodyKind::json,
                   .body_limit = 4096,
                   .request_schema = "Verification",
                   .success = 204,
                   .at_once = 4,
                   .handle = verify_session});
  table.push_back({.method = "POST",
                   .path = "/api/v1/tokens",
                   .operation = "makeToken",
                   .summary = "Make a bearer token for a program",
                   .grave = true,
                   .body = BodyKind::json,
                   .body_limit = 4096,
                   .request_schema = "TokenRequest",
                   .success = 201,
                   .answer_schema = "Token",
                   .handle = make_token});
  table.push_back({.method = "GET",
                   .path = "/api/v1/tokens",
                   .operation = "listTokens",
                   .summary = "One's own tokens, without their secrets",
                   .answer_schema = "TokenList",
                   .handle = list_tokens});
  table.push_back({.method = "DELETE",
                   .path = "/api/v1/tokens/{id}",
                   .operation = "revokeToken",
                   .summary = "Revoke one of one's own tokens",
                   .success = 204,
                   .handle = revoke_token});
}

}  // namespace lantai::http
