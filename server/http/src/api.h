// What happens to a request before and after its handler? Always in this order: host → route → rate → caller →
// cross-site check → rights → parameters → preconditions → body → handler → security headers → log and metrics.
// Everything that fails is a lantai::Error and leaves by one door. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "call.h"
#include "lantai/http/front.h"
#include "metrics.h"
#include "rate_limiter.h"
#include "router.h"
#include "web_files.h"

namespace lantai::http {

class Api final : public ExchangeFactory {
 public:
  Api(app::Application& application, const ServerOptions& options);
  ~Api() override;

  // Before the first request; `front` outlives every exchange.
  void attach(const Front& front);
  std::unique_ptr<Exchange> begin(RequestHead head, const Peer& peer) override;
  Response refuse(int status, std::string_view accept_language) override;

 private:
  friend class ApiExchange;
  Slots* slots_of(const Route& route);

  ServerOptions options_;
  Metrics metrics_;
  ApiContext context_;
  Router router_;
  WebFiles web_files_;
  RateLimiter rates_;
  std::map<const Route*, std::unique_ptr<Slots>> slots_;
};

// Name of the session cookie.
inline constexpr std::string_view kSessionCookie = "lantai_session";
// As Set-Cookie gives it to the browser; `ends`: takes it away.
std::string session_cookie(const Call& call, std::string_view key, bool ends);

// What Host says without the port, in lower case.
std::string host_name(std::string_view host);

// On every response; `web`: for the pages of the web application.
void add_security_headers(Response& response, bool secure);

}  // namespace lantai::http
