#include "transport.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <utility>

#include "lantai/base/error.h"
#include "lantai/base/log.h"

namespace lantai::http {
namespace {

namespace net = Poco::Net;

// Mapped addresses are shown, limited and logged as what they are.
std::string shown_address(const net::SocketAddress& address) {
  auto text = address.host().toString();
  return text.starts_with("::ffff:") ? text.substr(7) : text;
}

class SocketTransport final : public Transport {
 public:
  SocketTransport(const net::StreamSocket& socket, bool secure) : socket_(socket) {
    socket_.setBlocking(false);
    socket_.setNoDelay(true);
    peer_ = {shown_address(socket_.peerAddress()), secure};
  }

  Result read(char* into, std::size_t size) override {
    if (!peer_.secure) return plain(::recv(descriptor(), into, size, 0), Status::wants_read);
    return encrypted(Status::wants_read, [&] { return socket_.receiveBytes(into, static_cast<int>(size)); });
  }
  Result write(const char* from, std::size_t size) override {
    if (!peer_.secure) return plain(::send(descriptor(), from, size, MSG_NOSIGNAL), Status::wants_write);
    return encrypted(Status::wants_write, [&] { return socket_.sendBytes(from, static_cast<int>(size)); });
  }
  void finish_writing() override {
    try {
      socket_.shutdownSend();
    } catch (const Poco::Exception& error) {
      log::debug("http: {} was gone before its response ended: {}", peer_.address, error.displayText());
    }
  }
  int descriptor() const override { return socket_.impl()->sockfd(); }
  const Peer& peer() const override { return peer_; }

 private:
  // Poco's own calls report a plain socket that would block in more than one way.
  static Result plain(ssize_t count, Status wait) {
    if (count > 0) return {Status::moved, static_cast<std::size_t>(count)};
    const bool blocked = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    return {blocked ? wait : Status::closed, 0};
  }

  template <typename Call>
  Result encrypted(Status wait, const Call& call) {
    try {
      const int count = call();
      if (count > 0) return {Status::moved, static_cast<std::size_t>(count)};
      if (count == 0) return {Status::closed, 0};
      return {count == net::SecureStreamSocket::ERR_SSL_WANT_WRITE ? Status::wants_write : Status::wants_read, 0};
    } catch (const Poco::TimeoutException&) {
      // Poco waits for its time-out, which is none, also where the socket does not block.
      return {wait, 0};
    } catch (const Poco::Exception& error) {  // reset, bad record, handshake failed
      log::debug("http: connection of {} ended: {}", peer_.address, error.displayText());
      return {Status::closed, 0};
    }
  }

  mutable net::StreamSocket socket_;
  Peer peer_;
};

// Takes up another certificate and key when their files change, for connections that come after. Both must fit one
// another: between the change of the one file and of the other the earlier pair stays. Used by the accepting thread.
class Certificates {
 public:
  Certificates(TlsOptions files, net::Context::Ptr context)
      : files_(std::move(files)), context_(std::move(context)), stamp_(stamp()) {}

  void follow() {
    const auto now = std::chrono::steady_clock::now();
    if (now < look_again_) return;
    look_again_ = now + kLookEvery;
    if (const auto changed = stamp(); changed != stamp_) {
      stamp_ = changed;
      const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> trial(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
      if (load(trial.get()) && load(context_->sslContext())) {
        log::info("http: the certificate in {} is used from now on", files_.certificate_chain.string());
      } else {
        log::error("http: the new certificate or key cannot be used; the earlier one stays");
      }
      ERR_clear_error();
    }
  }

 private:
  static constexpr std::chrono::seconds kLookEvery{1};
  using Stamp = std::array<std::filesystem::file_time_type, 2>;

  Stamp stamp() const {
    std::error_code gone;
    return {std::filesystem::last_write_time(files_.certificate_chain, gone),
            std::filesystem::last_write_time(files_.private_key, gone)};
  }
  bool load(SSL_CTX* into) const {
    return SSL_CTX_use_certificate_chain_file(into, files_.certificate_chain.c_str()) == 1 &&
           SSL_CTX_use_PrivateKey_file(into, files_.private_key.c_str(), SSL_FILETYPE_PEM) == 1 &&
           SSL_CTX_check_private_key(into) == 1;
  }

  const TlsOptions files_;
  net::Context::Ptr context_;
  Stamp stamp_;
  std::chrono::steady_clock::time_point look_again_{};
};

class SocketListener final : public Listener {
 public:
  SocketListener(const net::ServerSocket& socket, std::optional<Certificates> certificates)
      : socket_(socket), certificates_(std::move(certificates)) {
    socket_.setBlocking(false);
  }

  std::unique_ptr<Transport> accept() override {
    exhausted_ = false;
    try {
      if (!socket_.poll(Poco::Timespan(0), net::Socket::SELECT_READ)) return nullptr;
      if (certificates_) certificates_->follow();
      errno = 0;
      return std::make_unique<SocketTransport>(socket_.acceptConnection(), certificates_.has_value());
    } catch (const Poco::Exception& error) {
      exhausted_ = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
      log::debug("http: a client left before it was accepted: {}", error.displayText());
      return nullptr;
    }
  }
  bool exhausted() const override { return exhausted_; }
  std::uint16_t port() const override { return socket_.address().port(); }
  int descriptor() const override { return socket_.impl()->sockfd(); }

 private:
  mutable net::ServerSocket socket_;
  std::optional<Certificates> certificates_;  // none: plain
  bool exhausted_ = false;
};

net::Context::Ptr make_context(const TlsOptions& tls) {
  net::Context::Params parameters;
  parameters.privateKeyFile = tls.private_key.string();
  parameters.certificateFile = tls.certificate_chain.string();
  parameters.verificationMode = net::Context::VERIFY_NONE;  // of clients
  parameters.loadDefaultCAs = false;
  net::Context::Ptr context(new net::Context(net::Context::TLS_SERVER_USE, parameters));
  context->requireMinimumProtocol(net::Context::PROTO_TLSV1_2);
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  return context;
}

}  // namespace

std::unique_ptr<Listener> Listener::open(const std::string& address, std::uint16_t port,
                                         const std::optional<TlsOptions>& tls) {
  net::ServerSocket socket;
  std::optional<Certificates> certificates;
  try {
    if (tls) {
      const auto context = make_context(*tls);
      socket = net::SecureServerSocket(context);
      certificates.emplace(*tls, context);
    }
  } catch (const Poco::Exception& error) {
    throw Error(ErrorCode::invalid_argument, "the TLS certificate or key cannot be used: " + error.displayText());
  }
  try {
    socket.bind(net::SocketAddress(address, port), true, false);
    socket.listen(512);
    return std::make_unique<SocketListener>(socket, std::move(certificates));
  } catch (const Poco::Exception& error) {
    throw Error(ErrorCode::unavailable, fmt::format("cannot listen on {}:{}: {}", address, port, error.displayText()));
  }
}

}  // namespace lantai::http
