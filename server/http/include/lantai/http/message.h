// What goes over the wire? Requests and responses of HTTP/1.1 (RFC 9110, 9112) without any meaning of ours. Values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lantai::http {

// Names are kept in lower case; order and repetition as received.
class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  // The first of that name; empty view when there is none. `name` in lower case.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const { return count(name) > 0; }
  std::size_t count(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct RequestHead {
  std::string method;  // token, case kept
  std::string path;    // as received, still percent-encoded, begins with /
  std::string query;   // as received, without the ?
  int minor_version = 1;
  Headers headers;
  bool chunked = false;
  std::uint64_t content_length = 0;  // 0 when chunked
  bool keep_alive = true;
  bool expect_continue = false;
  bool has_body() const { return chunked || content_length > 0; }
};

// Who is at the other end.
struct Peer {
  std::string address;  // without the port
  bool secure = false;
};

// A response body that is made while it is sent. Used by one thread at a time, not always the same.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual std::string read() = 0;  // the next piece, some 256 KiB at most; empty: the end
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::unique_ptr<BodySource> source;        // instead of `body`
  std::optional<std::uint64_t> source_size;  // unknown: sent in chunks
  bool close = false;                        // the connection ends after it

  Response& set(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

std::string_view reason_phrase(int status);

}  // namespace lantai::http
