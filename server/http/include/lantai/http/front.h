// Who holds the connections, and who works? One thread waits on every connection that has nothing to do (epoll); a
// bounded set of request threads works on those that have. A connection is with exactly one of them at a time and is
// handed over whole. Neither a slow sender nor a slow reader keeps a thread: when a socket would block, the connection
// goes back to wait (docs/adr/0070-own-http-front.md). Knows HTTP, nothing of the application.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "lantai/http/message.h"
#include "lantai/http/server.h"

namespace lantai::http {

// One request from header to answer. Its functions are called in the order below, one at a time, on request threads,
// not always the same one. They must not throw: that ends the connection. `done` is always called last.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // After the header: an answer already, or nothing: read the body.
  virtual std::optional<Response> open() = 0;
  virtual std::uint64_t body_limit() const = 0;
  // A piece of the body: an answer already (the rest is not read), or nothing.
  virtual std::optional<Response> write(std::string_view piece) = 0;
  virtual Response finish() = 0;
  // The body is malformed (400), larger than the limit (413), or stopped coming (408).
  virtual Response refuse(int status) = 0;
  virtual void done(int status, std::uint64_t bytes_sent) = 0;
};

class ExchangeFactory {
 public:
  virtual ~ExchangeFactory() = default;
  virtual std::unique_ptr<Exchange> begin(RequestHead head, const Peer& peer) = 0;
  // Answers to what is not a request, or comes when the server is full. `accept_language`: as far as it is known. Must
  // not block.
  virtual Response refuse(int status, std::string_view accept_language) = 0;
};

struct FrontFigures {
  std::atomic<std::uint64_t> connections{0};  // open now
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> evicted{0};  // waiting connections that gave way to new ones
  std::atomic<std::uint64_t> refused{0};  // answered 503 for want of room
  std::atomic<std::uint64_t> timed_out{0};
  std::atomic<std::uint64_t> working{0};  // request threads at work
  std::atomic<std::uint64_t> queued{0};
};

class Front {
 public:
  // Listening on return, accepting after run(); errors as Server::start. `factory` outlives the front.
  static std::unique_ptr<Front> open(ExchangeFactory& factory, const ServerOptions& options);
  virtual ~Front() = default;
  virtual void run() = 0;
  virtual std::uint16_t port() const = 0;
  virtual void stop(std::chrono::milliseconds grace) = 0;
  // Asked to stop: for handlers that wait.
  virtual std::stop_token stopping() const = 0;
  virtual const FrontFigures& figures() const = 0;
};

}  // namespace lantai::http
