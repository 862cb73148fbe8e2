// How do bytes reach a client without waiting for it? Through non-blocking sockets of Poco, plain or TLS behind the
// same four calls. Thread-compatible: a transport is used by one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "lantai/http/message.h"
#include "lantai/http/server.h"

namespace lantai::http {

class Transport {
 public:
  enum class Status { moved, wants_read, wants_write, closed };
  struct Result {
    Status status = Status::closed;
    std::size_t count = 0;  // > 0 exactly when moved
  };

  virtual ~Transport() = default;
  virtual Result read(char* into, std::size_t size) = 0;
  virtual Result write(const char* from, std::size_t size) = 0;
  virtual void finish_writing() = 0;  // tells the client that nothing more comes
  virtual int descriptor() const = 0;
  virtual const Peer& peer() const = 0;
};

class Listener {
 public:
  // Throws unavailable when the address cannot be bound, invalid_argument when a certificate cannot be used.
  static std::unique_ptr<Listener> open(const std::string& address, std::uint16_t port,
                                        const std::optional<TlsOptions>& tls);
  virtual ~Listener() = default;
  virtual std::unique_ptr<Transport> accept() = 0;  // nullptr: nobody is waiting, or `exhausted()`
  virtual bool exhausted() const = 0;               // the last accept failed for want of descriptors
  virtual std::uint16_t port() const = 0;
  virtual int descriptor() const = 0;
};

}  // namespace lantai::http
