// How do browsers and programs reach the application? Over HTTP/1.1: this class serves the API of docs/formats/http.md
// and the web application's files. One thread holds all waiting connections; a request costs a thread only while it is
// being worked on, so slow and silent clients hold nothing but a socket (docs/adr/0070-own-http-front.md).
//
// Thread-safe. The application outlives the server. Nothing is stored here: what a request changed is durable when its
// response begins. Tests that show its use: tests/http.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lantai::app {
class Application;
}

namespace lantai::http {

// Beyond `connections`, the connection that has waited longest for a request gives way, then the one that takes its
// answer most slowly; beyond `queue`, and beyond `connections` all at work, the answer is 503 with Retry-After. The
// process's limit of descriptors is raised as far as the system lets it; what remains of it less 256 bounds
// `connections`.
struct ServerLimits {
  std::size_t connections = 1000;
  std::size_t connections_per_address = 800;  // generous: behind a proxy or a router many are one address
  unsigned request_threads = 32;
  std::size_t queue = 256;
  std::size_t header_bytes = 16U << 10U;
  std::size_t header_fields = 100;
  std::size_t json_bytes = 1U << 20U;
  std::uint64_t file_bytes = 16ULL << 30U;
  std::chrono::milliseconds header_time{15'000};    // from the first byte of a request to the end of its header
  std::chrono::milliseconds idle_time{75'000};      // between two requests of a connection
  std::chrono::milliseconds progress_time{60'000};  // of a body, either way, without a byte moving
  double requests_per_second = 100;                 // lasting, of one account, or of one address when signed out
  double request_burst = 400;
};

struct TlsOptions {
  std::filesystem::path certificate_chain;  // PEM
  std::filesystem::path private_key;        // PEM
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;          // 0: any free one
  std::filesystem::path web_root;  // the built web application; see default_web_root. Empty: none is served
  std::vector<std::string> hosts;  // names that Host may carry; empty: any
  // Addresses of proxies whose X-Forwarded-For is believed: the client is the last address in it that is none of them.
  std::vector<std::string> trusted_proxies;
  bool secure_cookie = false;  // behind a proxy that ends TLS; implied by `tls`
  std::optional<TlsOptions> tls;
  std::optional<std::uint16_t> redirect_from;  // a port without TLS of the same address, which only leads to this one
  bool access_log = true;
  ServerLimits limits;
};

// ../share/lantai/web beside the directory of the program.
std::filesystem::path default_web_root(const std::filesystem::path& program);

class Server {
 public:
  // Listening on return. Throws unavailable when the address cannot be bound, invalid_argument on bad options.
  static std::unique_ptr<Server> start(app::Application& application, const ServerOptions& options);
  virtual ~Server() = default;  // stops

  virtual std::uint16_t port() const = 0;
  virtual std::uint16_t redirect_port() const = 0;  // 0: none
  // Accepts nothing more, lets requests under way finish for up to `grace`, then closes. Idempotent.
  virtual void stop(std::chrono::milliseconds grace = std::chrono::seconds(10)) = 0;
};

}  // namespace lantai::http
