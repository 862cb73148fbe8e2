// Signing in at the school's sign-in service: there and back again.
#include "api.h"
#include "encode.h"
#include "lantai/base/log.h"
#include "route.h"

namespace lantai::http {
namespace {

constexpr std::string_view kNoteCookie = "lantai_provider";
constexpr const char* kPath = "/api/v1/session/provider";

// Lax: it must come along when the provider sends the browser back.
std::string note_cookie(const Call& call, const std::string& note) {
  auto cookie = std::string(kNoteCookie) + "=" + note + "; Path=" + kPath +
                "; HttpOnly; SameSite=Lax; Max-Age=" + (note.empty() ? "0" : "600");
  if (call.peer.secure || call.context.options.secure_cookie) cookie += "; Secure";
  return cookie;
}

identity::Provider& provider(Call& call) {
  auto* provider = call.app().provider();
  if (provider == nullptr) throw Error(ErrorCode::not_found, "there is no provider", "auth.no_provider");
  return *provider;
}

std::string in_html(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '<')
      out += "&lt;";
    else
      out += c;
  }
  return out;
}

// Not a redirect: of one that began at another site the browser would not send the session's cookie along.
Response go_on(const std::string& next) {
  const auto address = in_html(next);
  Response response;
  response.status = 200;
  response.set("Content-Type", "text/html; charset=utf-8");
  response.body =
      "<!doctype html><html><head><meta charset=\"utf-8\"><title>兰台</title><meta http-equiv=\"refresh\" "
      "content=\"0;url=" +
      address + "\"></head><body><a href=\"" + address + "\">→</a></body></html>";
  return response;
}

Response list_ways(Call& call) {
  const auto* provider = call.app().provider();
  return json_response(200, {{"directory", call.app().configuration().directory.has_value()},
                             {"provider", provider == nullptr ? Json(nullptr) : Json(provider->name())}});
}

Response begin(Call& call) {
  const auto begun = provider(call).begin(call.query.text("next", "/"), call.query.flag("verify"));
  Response response;
  response.status = 303;
  response.set("Location", begun.address);
  return std::move(response.set("Set-Cookie", note_cookie(call, begun.note)));
}

Response finish(Call& call) {
  std::string next, key;
  try {
    const auto note = cookie(call.head.headers, kNoteCookie);
    auto finished = provider(call).finish(note, call.query.text("state"), call.query.text("code"));
    const auto session = call.app().accounts().sign_in_provided(finished.identity, call.peer.address,
                                                                call.head.headers.get("user-agent"));
    key = session.key;
    next = std::move(finished.next);
  } catch (const Error& error) {
    if (error.message_id().empty() || error.code() == ErrorCode::not_found) throw;
    // A person stands before it, not a program: they are told where they can try again.
    log::warning("http {}: signing in at the provider: {}", call.request_id, error.message());
    next = "/login?refused=" + error.message_id();
  }
  auto response = go_on(next);
  response.set("Set-Cookie", note_cookie(call, {}));
  if (!key.empty()) response.headers.emplace_back("Set-Cookie", session_cookie(call, key, false));
  return response;
}

}  // namespace

void add_provider_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/api/v1/session/ways",
                   .operation = "listWaysToSignIn",
                   .summary = "Where one may show who one is, besides passwords kept here",
                   .need = Need::nothing,
                   .answer_schema = "WaysToSignIn",
                   .handle = list_ways});
  table.push_back({.method = "GET",
                   .path = kPath,
                   .operation = "beginProvider",
                   .summary = "Sends the browser to the sign-in provider",
                   .need = Need::nothing,
                   .query = {{"next", ParameterKind::text, "page of ours to come back to"},
                             {"verify", ParameterKind::flag, "show again who one is, before a grave act"}},
                   .success = 303,
                   .at_once = 4,
                   .handle = begin});
  // Whatever else a provider says (RFC 6749 §4.1.2.1, RFC 9207, session management) is let pass and not read.
  const auto said = [](const char* name) { return Parameter{name, ParameterKind::text, "said by the provider"}; };
  table.push_back(
      {.method = "GET",
       .path = std::string(kPath) + "/callback",
       .operation = "finishProvider",
       .summary = "Where the sign-in provider sends the browser back to",
       .need = Need::nothing,
       .query = {said("code"), said("state"), said("iss"), said("session_state"), said("scope"), said("error"),
                 said("error_description"), said("error_uri"), said("authuser"), said("prompt"), said("hd")},
       .at_once = 4,
       .handle = finish});
}

}  // namespace lantai::http
