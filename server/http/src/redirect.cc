#include "redirect.h"

#include <algorithm>

#include "api.h"

namespace lantai::http {
namespace {

constexpr std::uint16_t kHttps = 443;

bool is_name(const std::string& host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
}

Response answer(int status) {
  Response response;
  response.status = status;
  response.close = true;
  add_security_headers(response, false);
  return response;
}

// Its body is not read.
class Redirection final : public Exchange {
 public:
  explicit Redirection(std::string address) : address_(std::move(address)) {}
  std::optional<Response> open() override {
    if (address_.empty()) return answer(400);
    auto response = answer(308);
    response.set("Location", address_);
    return response;
  }
  std::uint64_t body_limit() const override { return 0; }
  std::optional<Response> write(std::string_view) override { return open(); }
  Response finish() override { return *open(); }
  Response refuse(int status) override { return answer(status); }
  void done(int, std::uint64_t) override {}

 private:
  const std::string address_;
};

}  // namespace

std::unique_ptr<Exchange> Redirector::begin(RequestHead head, const Peer&) {
  const auto host = host_name(head.headers.get("host"));
  const bool taken = hosts_.empty() ? is_name(host) : std::find(hosts_.begin(), hosts_.end(), host) != hosts_.end();
  if (!taken) return std::make_unique<Redirection>("");
  auto address = "https://" + host + (port_ == kHttps ? "" : ":" + std::to_string(port_)) + head.path;
  if (!head.query.empty()) address += "?" + head.query;
  return std::make_unique<Redirection>(std::move(address));
}

Response Redirector::refuse(int status, std::string_view) { return answer(status); }

}  // namespace lantai::http
