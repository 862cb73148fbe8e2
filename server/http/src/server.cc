#include "lantai/http/server.h"

#include "api.h"
#include "lantai/base/log.h"
#include "lantai/http/front.h"
#include "redirect.h"

namespace lantai::http {
namespace {

class ApiServer final : public Server {
 public:
  ApiServer(app::Application& application, const ServerOptions& options)
      : api_(application, options), front_(Front::open(api_, options)) {
    api_.attach(*front_);
    front_->run();
    log::info("http: listening on {}:{}", options.address, front_->port());
    if (options.redirect_from) redirect(options);
  }
  ~ApiServer() override { stop(std::chrono::milliseconds(0)); }
  std::uint16_t port() const override { return front_->port(); }
  std::uint16_t redirect_port() const override { return redirecting_ ? redirecting_->port() : 0; }
  void stop(std::chrono::milliseconds grace) override {
    if (redirecting_) redirecting_->stop(std::chrono::milliseconds(0));
    front_->stop(grace);
  }

 private:
  void redirect(const ServerOptions& options) {
    redirector_.emplace(front_->port(), options.hosts);
    ServerOptions plain = options;
    plain.tls.reset();
    plain.port = *options.redirect_from;
    plain.limits.connections = 200;
    plain.limits.request_threads = 2;
    redirecting_ = Front::open(*redirector_, plain);
    redirecting_->run();
    log::info("http: leading from {}:{} to TLS", plain.address, redirecting_->port());
  }

  Api api_;
  std::unique_ptr<Front> front_;
  std::optional<Redirector> redirector_;
  std::unique_ptr<Front> redirecting_;
};

}  // namespace

std::filesystem::path default_web_root(const std::filesystem::path& program) {
  return program.parent_path().parent_path() / "share" / "lantai" / "web";
}

std::unique_ptr<Server> Server::start(app::Application& application, const ServerOptions& options) {
  return std::make_unique<ApiServer>(application, options);
}

}  // namespace lantai::http
