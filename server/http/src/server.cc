#include "lantai/http/server.h"

#include "api.h"
#include "lantai/base/log.h"
#include "lantai/http/front.h"

namespace lantai::http {
namespace {

class ApiServer final : public Server {
 public:
  ApiServer(app::Application& application, const ServerOptions& options)
      : api_(application, options), front_(Front::open(api_, options)) {
    api_.attach(*front_);
    front_->run();
    log::info("http: listening on {}:{}", options.address, front_->port());
  }
  ~ApiServer() override { stop(std::chrono::milliseconds(0)); }
  std::uint16_t port() const override { return front_->port(); }
  void stop(std::chrono::milliseconds grace) override { front_->stop(grace); }

 private:
  Api api_;
  std::unique_ptr<Front> front_;
};

}  // namespace

std::filesystem::path default_web_root(const std::filesystem::path& program) {
  return program.parent_path().parent_path() / "share" / "lantai" / "web";
}

std::unique_ptr<Server> Server::start(app::Application& application, const ServerOptions& options) {
  return std::make_unique<ApiServer>(application, options);
}

}  // namespace lantai::http
