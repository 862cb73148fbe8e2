#include "api.h"

#include <Poco/Net/IPAddress.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "conditional.h"
#include "lantai/base/id.h"
#include "lantai/base/log.h"
#include "problem.h"

namespace lantai::http {

namespace {

constexpr int kWaits = 8;

bool is_safe(const std::string& method) { return method == "GET" || method == "HEAD"; }

// Time does not tell how much of it was right.
bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

bool is_loopback(const std::string& address) { return address.starts_with("127.") || address == "::1"; }

Error translated(const std::exception& error) {
  if (const auto* ours = dynamic_cast<const Error*>(&error)) return *ours;
  return {ErrorCode::internal, std::string("unexpected: ") + error.what(), "request.internal"};
}

}  // namespace

std::string host_name(std::string_view host) {
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) host = host.substr(0, colon);
  std::string name(host);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name;
}

void add_security_headers(Response& response, bool secure) {
  auto add = [&](const char* name, const char* value) {
    for (const auto& header : response.headers) {
      if (header.first == name) return;
    }
    response.set(name, value);
  };
  add("Content-Security-Policy",
      "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src "
      "'self'; connect-src 'self'; worker-src 'self' blob:; frame-src 'self' blob:; object-src 'none'; base-uri "
      "'none'; "
      "form-action 'self'; frame-ancestors 'none'");
  add("X-Content-Type-Options", "nosniff");
  add("X-Frame-Options", "DENY");
  add("Referrer-Policy", "no-referrer");
  add("Cross-Origin-Opener-Policy", "same-origin");
  add("Cross-Origin-Resource-Policy", "same-origin");
  add("Permissions-Policy", "geolocation=(), microphone=(), camera=(self)");
  if (secure) add("Strict-Transport-Security", "max-age=31536000");
}

// Whoever is not a trusted proxy may write into the header what they like.
Peer client_of(const RequestHead& head, const Peer& peer, const std::vector<std::string>& proxies) {
  const auto trusted = [&](const std::string& address) {
    return std::find(proxies.begin(), proxies.end(), address) != proxies.end();
  };
  Peer client = peer;
  const std::string forwarded(head.headers.get("x-forwarded-for"));
  std::string_view rest = forwarded;
  while (trusted(client.address) && !rest.empty()) {
    const auto comma = rest.rfind(',');
    std::string last(rest.substr(comma == std::string_view::npos ? 0 : comma + 1));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
    last.erase(0, last.find_first_not_of(' '));
    last.erase(last.find_last_not_of(' ') + 1);
    Poco::Net::IPAddress address;
    if (!Poco::Net::IPAddress::tryParse(last, address)) return peer;
    client.address = address.toString();
  }
  return client;
}

class ApiExchange final : public Exchange {
 public:
  ApiExchange(Api& api, RequestHead head, const Peer& from)
      : api_(api),
        call_{
            api.context_, {},   client_of(head, from, api.options_.trusted_proxies), random_hex(8), {}, {}, {}, {}, {},
            {},           false} {
    call_.head = std::move(head);
  }

  std::optional<Response> open() override {
    return guarded([&]() -> std::optional<Response> {
      if (auto page = find_route()) return page;
      authenticate();
      check_rate();
      check_rights();
      check_request();
      if (route_->receive) {
        take_slot();  // what it does, it does while the body comes
        receiver_ = route_->receive(call_);
      }
      return std::nullopt;
    });
  }

  std::uint64_t body_limit() const override {
    if (route_ == nullptr || route_->body == BodyKind::none) return 0;
    if (route_->body_limit > 0) return route_->body_limit;
    return route_->body == BodyKind::json ? api_.options_.limits.json_bytes : api_.options_.limits.file_bytes;
  }

  std::optional<Response> write(std::string_view piece) override {
    return guarded([&]() -> std::optional<Response> {
      if (receiver_) {
        receiver_->write(piece);
      } else {
        text_ += piece;
      }
      return std::nullopt;
    });
  }

  Response finish() override {
    auto response = *guarded([&]() -> std::optional<Response> {
      if (receiver_) return dressed(receiver_->finish());
      if (route_->body == BodyKind::json) call_.body = parse_json(text_);
      take_slot();  // not before: a body that never comes would keep it
      return dressed(route_->handle(call_));
    });
    if (!response.source) give_back_slot();
    return response;
  }

  Response refuse(int status) override {
    auto error = request_error(status);
    if (status == 413) {
      error = {
          ErrorCode::invalid_argument, "body too large", "request.too_large", {{"max", std::to_string(body_limit())}}};
    }
    return failed(error);
  }

  void done(int status, std::uint64_t bytes) override {
    receiver_.reset();
    give_back_slot();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began_;
    const auto& operation = route_ != nullptr ? route_->operation : web_ ? kWebOperation : kNoOperation;
    api_.metrics_.count(operation, status, taken.count(), bytes);
    if (!api_.options_.access_log) return;
    // The query is left out: it may hold what somebody searched for.
    log::info("http {} {} {} {} {} bytes {:.1f} ms {} {}", call_.request_id, call_.head.method, call_.head.path, status,
              bytes, taken.count() * 1e3, call_.peer.address, call_.caller ? call_.principal().id : "-");
  }

 private:
  template <typename Step>
  std::optional<Response> guarded(const Step& step) {
    try {
      return step();
    } catch (const std::exception& caught) {
      const auto error = translated(caught);
      const bool ours = error.code() == ErrorCode::internal || error.code() == ErrorCode::data_loss;
      if (ours) log::error("http {} {}: {}", call_.request_id, call_.head.path, error.what());
      return failed(error);
    }
  }

  Response failed(const Error& error) {
    auto response = problem_response(call_.app().schema(), error, call_.language, call_.request_id);
    if (!allowed_.empty()) response.set("Allow", allowed_);
    const auto size = error.arguments().find("size");
    if (response.status == 416 && size != error.arguments().end()) {
      response.set("Content-Range", "bytes */" + size->second);
    }
    return dressed(std::move(response));
  }

  Response dressed(Response response) {
    response.set("X-Request-Id", call_.request_id);
    add_security_headers(response, call_.peer.secure || api_.options_.secure_cookie);
    const auto& headers = response.headers;
    const bool cached =
        std::any_of(headers.begin(), headers.end(), [](const auto& h) { return h.first == "Cache-Control"; });
    if (!cached) response.set("Cache-Control", "no-store");
    return response;
  }

  // Sets route_; or answers with a file of the web application.
  std::optional<Response> find_route() {
    call_.language = schema::parse_language(call_.head.headers.get("accept-language"));
    call_.query = Query::parse(call_.head.query);
    if (call_.query.has("lang")) call_.language = schema::parse_language(call_.query.text("lang"));
    check_host();
    const auto segments = path_segments(call_.head.path);
    auto match = api_.router_.match(call_.head.method, segments);
    route_ = match.route;
    call_.path = std::move(match.path);
    if (route_ != nullptr) return std::nullopt;
    if (!match.allowed.empty()) {
      for (const auto& method : match.allowed) allowed_ += (allowed_.empty() ? "" : ", ") + method;
      throw request_error(405);
    }
    const bool api_path = !segments.empty() && segments.front() == "api";
    if (api_path || !is_safe(call_.head.method)) {
      throw Error(ErrorCode::not_found, "no such address", "request.not_found");
    }
    web_ = true;
    return dressed(api_.web_files_.get(segments, call_.head.headers));
  }

  void check_host() const {
    const auto& hosts = api_.options_.hosts;
    if (hosts.empty()) return;
    if (std::find(hosts.begin(), hosts.end(), host_name(call_.head.headers.get("host"))) == hosts.end()) {
      throw Error(ErrorCode::invalid_argument, "wrong host", "request.wrong_host");
    }
  }

  void authenticate() {
    const auto authorization = call_.head.headers.get("authorization");
    const auto session = cookie(call_.head.headers, kSessionCookie);
    call_.by_cookie = authorization.empty();
    if (authorization.starts_with("Bearer ")) {
      call_.session_key = authorization.substr(7);
    } else if (authorization.empty()) {
      call_.session_key = session;
    }
    if (!call_.session_key.empty()) {
      call_.caller = call_.app().accounts().authenticate(call_.session_key, call_.peer.address);
    }
  }

  void check_rate() {
    const auto who = call_.caller ? "account " + call_.principal().id : "address " + call_.peer.address;
    if (const auto seconds = api_.rates_.take(who, std::chrono::steady_clock::now())) {
      throw Error(ErrorCode::resource_exhausted, "too many requests", "request.too_many",
                  {{"seconds", std::to_string(*seconds)}});
    }
  }

  void check_rights() const {
    if (!is_safe(call_.head.method)) check_origin();
    if (route_->need == Need::nothing) return;
    if (route_->need == Need::operations && is_loopback(call_.peer.address)) return;
    if (!call_.caller) throw Error(ErrorCode::unauthenticated, "not signed in", "auth.required");
    if (!route_->before_duty) check_duty(call_.caller->duty);
    if (call_.caller->scope < scope_of(*route_))
      throw Error(ErrorCode::permission_denied, "the token is for less", "auth.token_scope");
    if (!has_role()) throw Error(ErrorCode::permission_denied, "of another role", "auth.forbidden");
    if (route_->grave && !call_.caller->verified)
      throw Error(ErrorCode::permission_denied, "the password is wanted again", "auth.verify_again");
  }

  // What a token must be for: accounts, rights and sessions are not records.
  static identity::TokenScope scope_of(const Route& route) {
    if (is_safe(route.method)) return identity::TokenScope::read;
    static constexpr std::string_view kAll[] = {"/api/v1/session", "/api/v1/tokens", "/api/v1/accounts",
                                                "/api/v1/grants", "/api/v1/security-policy"};
    const bool all =
        std::any_of(std::begin(kAll), std::end(kAll), [&](auto begin) { return route.path.starts_with(begin); });
    return all ? identity::TokenScope::all : identity::TokenScope::write;
  }

  static void check_duty(identity::Duty duty) {
    switch (duty) {
      case identity::Duty::none:
        return;
      case identity::Duty::change_password:
        throw Error(ErrorCode::permission_denied, "the password must be changed first", "auth.must_change_password");
      case identity::Duty::set_up_second_factor:
        throw Error(ErrorCode::permission_denied, "the second factor comes first", "auth.second_factor_required");
    }
  }

  bool has_role() const {
    const auto& roles = call_.principal().roles;
    const auto is = [&](const std::string& role) { return roles.contains(role); };
    switch (route_->need) {
      case Need::nothing:
      case Need::session:
        return true;
      case Need::officer:
        return std::any_of(identity::officer_roles().begin(), identity::officer_roles().end(), is);
      case Need::auditor:
        return is("auditor");
      case Need::administrator:
      case Need::operations:
        return is("administrator");
    }
    return false;
  }

  // Browsers send cookies by themselves; the token only our own pages know.
  void check_origin() const {
    if (call_.head.headers.get("sec-fetch-site") == "cross-site") {
      throw Error(ErrorCode::permission_denied, "cross-site request", "request.cross_site");
    }
    // Signing in takes nothing from whoever the cookie says is there.
    if (!call_.caller || !call_.by_cookie || route_->need == Need::nothing) return;
    if (!same_secret(call_.head.headers.get("x-csrf-token"), call_.caller->csrf_token)) {
      throw Error(ErrorCode::permission_denied, "missing or wrong X-CSRF-Token", "auth.csrf");
    }
  }

  void check_request() const {
    for (const auto& [name, value] : call_.query.entries()) check_parameter(name);
    if (route_->if_match && !call_.head.headers.has("if-match")) {
      throw Error(ErrorCode::failed_precondition, "If-Match missing", "request.precondition_required");
    }
    const auto type = call_.head.headers.get("content-type");
    const bool wrong =
        (route_->body == BodyKind::json && !type.starts_with("application/json") &&
         !type.starts_with("application/merge-patch+json")) ||
        (route_->body == BodyKind::form && !type.starts_with("multipart/form-data")) ||
        (!route_->media_types.empty() && std::find(route_->media_types.begin(), route_->media_types.end(),
                                                   media_type(type)) == route_->media_types.end());
    if (wrong) throw Error(ErrorCode::invalid_argument, "content type", "request.unsupported_media_type");
  }

  // A mistyped filter that is silently ignored would show too much: unknown names are errors.
  void check_parameter(const std::string& name) const {
    const auto plain = name.substr(0, name.find('['));
    const bool bracketed = plain.size() != name.size();
    const bool known = name == "lang" || std::any_of(route_->query.begin(), route_->query.end(), [&](const auto& one) {
                         return one.name == plain && bracketed == (one.kind == ParameterKind::members);
                       });
    if (!known) {
      throw Error(ErrorCode::invalid_argument, "unknown parameter", "request.unknown_parameter", {{"name", name}});
    }
  }

  void take_slot() {
    auto* slots = api_.slots_of(*route_);
    if (slots == nullptr) return;
    if (!slots->take()) throw request_error(503);
    slot_ = slots;
  }
  void give_back_slot() {
    if (auto* slots = std::exchange(slot_, nullptr)) slots->give_back();
  }

  inline static const std::string kWebOperation = "web";
  inline static const std::string kNoOperation = "none";

  Api& api_;
  Call call_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  const Route* route_ = nullptr;
  bool web_ = false;
  std::string allowed_;
  std::string text_;
  std::unique_ptr<Receiver> receiver_;
  Slots* slot_ = nullptr;
};

Api::Api(app::Application& application, const ServerOptions& options)
    : options_(options),
      context_{application, options_, metrics_, Slots(kWaits), {}, nullptr},
      router_(all_routes()),
      web_files_(options.web_root),
      rates_(options.limits.requests_per_second, options.limits.request_burst) {
  for (const auto& route : router_.table()) {
    if (route.at_once > 0) slots_[&route] = std::make_unique<Slots>(route.at_once);
  }
}

Api::~Api() = default;

void Api::attach(const Front& front) {
  context_.stopping = front.stopping();
  context_.figures = &front.figures();
}

std::unique_ptr<Exchange> Api::begin(RequestHead head, const Peer& peer) {
  return std::make_unique<ApiExchange>(*this, std::move(head), peer);
}

Slots* Api::slots_of(const Route& route) {
  const auto found = slots_.find(&route);
  return found == slots_.end() ? nullptr : found->second.get();
}

Response Api::refuse(int status, std::string_view accept_language) {
  const auto language = schema::parse_language(accept_language);
  const auto error = request_error(status);
  auto response = problem_response(context_.app.schema(), error, language, random_hex(8), status);
  add_security_headers(response, options_.secure_cookie);
  metrics_.count("none", status, 0, response.body.size());
  return response;
}

}  // namespace lantai::http
