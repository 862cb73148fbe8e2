// Is this a request, and where does it end? Strict where leniency lets two servers disagree (request smuggling): one
// Host, one Content-Length of digits only, never together with Transfer-Encoding, `chunked` as the only coding, no
// folded lines, no space before a colon, CRLF line ends only, origin-form targets only (RFC 9112 §2.2, §3.2, §5, §6).
// Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "lantai/http/message.h"

namespace lantai::http {

struct Refusal {
  int status = 400;
  std::string_view why;  // for the log
};

// Bytes up to and including the empty line, or npos. A search may go on `from` where the last one ended less 3.
std::size_t head_end(std::string_view buffer, std::size_t from = 0);

// `head`: everything up to and including the empty line.
std::variant<RequestHead, Refusal> parse_head(std::string_view head, std::size_t max_fields = 100);

// Takes the body apart as it arrives. Thread-compatible.
class BodyDecoder {
 public:
  BodyDecoder() = default;
  BodyDecoder(bool chunked, std::uint64_t length, std::uint64_t limit);

  struct Step {
    std::size_t consumed = 0;
    std::string_view data;  // points into the input
  };
  // Call until it consumes nothing and gives no data: then more input is needed, or done(), or failed().
  Step next(std::string_view input);

  bool done() const { return state_ == State::done; }
  bool malformed() const { return state_ == State::malformed; }
  bool too_large() const { return state_ == State::too_large; }

 private:
  enum class State { fixed, size_line, data, data_end, trailer, done, malformed, too_large };
  Step take_data(std::string_view input, State after);
  Step take_size(std::string_view input);
  Step take_data_end(std::string_view input);
  Step take_trailer(std::string_view input);
  Step fail(State how);

  State state_ = State::done;
  std::uint64_t left_ = 0;  // of the chunk, or of the whole
  std::uint64_t allowed_ = 0;
  std::size_t trailer_ = 0;  // bytes seen
};

}  // namespace lantai::http
