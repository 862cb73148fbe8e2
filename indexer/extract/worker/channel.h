// How does the worker talk to the server? Whole frames over the one socket it has. Ends the process when the server is
// gone. Thread-confined.
#pragma once

#include "lantai/extract/protocol.h"

namespace lantai::extract::worker {

inline constexpr int kSocket = 3;

class Channel {
 public:
  struct Incoming {
    Request request;
    int descriptor = -1;  // the receiver owns it
  };
  // The next request; ends the process when there is none.
  Incoming receive();

  // Collected until they fill a buffer, `flush` or `done`.
  void send(const Frame& frame);
  void send(FrameKind kind, std::vector<std::uint64_t> numbers, std::initializer_list<std::string_view> fields);
  void flush();

 private:
  int take_piece();  // a received descriptor or -1

  FrameDecoder decoder_;
  Bytes waiting_;
};

}  // namespace lantai::extract::worker
