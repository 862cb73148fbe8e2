// What is inside a multipart/form-data body (RFC 7578, RFC 2046 §5.1)? Takes it apart as it arrives, in pieces of any
// size, holding back no more than one boundary. Thread-compatible. Throws invalid_argument (`request.bad_multipart`)
// on what is not of that shape; whatever the part sink throws passes through. Fuzzed: tests/fuzz/multipart.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lantai/http/content_disposition.h"

namespace lantai::http {

struct Part {
  Disposition disposition;
  std::string media_type;  // as claimed; empty: none
};

class PartSink {
 public:
  virtual ~PartSink() = default;
  virtual void begin_part(const Part& part) = 0;
  virtual void part_data(std::string_view bytes) = 0;
  virtual void end_part() = 0;
};

// nullopt: not multipart/form-data with a usable boundary.
std::optional<std::string> multipart_boundary(std::string_view content_type);

class MultipartReader {
 public:
  // `sink` outlives the reader.
  MultipartReader(std::string_view boundary, PartSink& sink, std::size_t max_parts = 20'000);
  void write(std::string_view bytes);
  void finish();  // throws when the closing boundary has not come

 private:
  enum class State { preamble, after_boundary, part_header, data, epilogue };
  bool step();
  bool find_preamble_end();
  bool take_boundary_end();
  bool take_part_header();
  bool take_data();

  const std::string delimiter_;  // CRLF -- boundary
  PartSink& sink_;
  const std::size_t max_parts_;
  std::size_t parts_ = 0;
  State state_ = State::preamble;
  std::string held_ = "\r\n";  // so that a boundary at the very start is one like any other
};

}  // namespace lantai::http
