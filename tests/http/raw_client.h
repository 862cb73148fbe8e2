// How does a test speak to the server without a library's good manners? Byte by byte over a plain socket. Every wait is
// bounded; what does not come in time fails the test by an exception.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace lantai::http::test {

struct RawResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case; several of one name joined by a line end
  std::string body;
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
  }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      ::close(socket_);
      throw std::runtime_error("cannot connect");
    }
  }
  ~RawClient() {
    if (socket_ >= 0) ::close(socket_);
  }
  RawClient(RawClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient& operator=(RawClient&&) = delete;

  int descriptor() const { return socket_; }

  // False: the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // What comes until the server closes.
  std::string read_to_end() {
    while (fill()) {
    }
    return std::exchange(buffer_, {});
  }

  bool closed_by_server() { return read_to_end().empty(); }

  RawResponse read_response(bool to_head = false) {
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) need();
    RawResponse response;
    parse_head(buffer_.substr(0, end + 2), response);
    buffer_.erase(0, end + 4);
    if (response.status == 100) return response;
    if (to_head || response.status == 204 || response.status == 304) return response;
    if (response.header("transfer-encoding") == "chunked") {
      read_chunks(response);
    } else if (response.headers.contains("content-length")) {
      const auto length = static_cast<std::size_t>(std::stoull(response.header("content-length")));
      while (buffer_.size() < length) need();
      response.body = buffer_.substr(0, length);
      buffer_.erase(0, length);
    } else {
      response.body = read_to_end();
    }
    return response;
  }

 private:
  bool fill() {
    char piece[65536];
    const auto got = ::recv(socket_, piece, sizeof piece, 0);
    if (got < 0 && errno != ECONNRESET) throw std::runtime_error("the server keeps silent");
    if (got > 0) buffer_.append(piece, static_cast<std::size_t>(got));
    return got > 0;
  }
  void need() {
    if (!fill()) throw std::runtime_error("the server closed early; so far: " + buffer_.substr(0, 200));
  }
  static void parse_head(std::string_view head, RawResponse& response) {
    response.status = std::atoi(std::string(head.substr(9, 3)).c_str());
    for (auto at = head.find("\r\n") + 2; at < head.size();) {
      const auto end = head.find("\r\n", at);
      const auto line = head.substr(at, end - at);
      const auto colon = line.find(": ");
      auto name = std::string(line.substr(0, colon));
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      auto& value = response.headers[name];
      value += (value.empty() ? "" : "\n") + std::string(line.substr(colon + 2));
      at = end + 2;
    }
  }
  void read_chunks(RawResponse& response) {
    for (;;) {
      std::size_t end;
      while ((end = buffer_.find("\r\n")) == std::string::npos) need();
      const auto size = static_cast<std::size_t>(std::stoull(buffer_.substr(0, end), nullptr, 16));
      while (buffer_.size() < end + 2 + size + 2) need();
      response.body += buffer_.substr(end + 2, size);
      buffer_.erase(0, end + 2 + size + 2);
      if (size == 0) return;
    }
  }

  int socket_;
  std::string buffer_;
};

}  // namespace lantai::http::test
