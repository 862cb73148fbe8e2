// What is the SHA-256 of bytes that come in pieces? Thread-confined.
#pragma once

#include <memory>
#include <optional>
#include <thread>

#include "lantai/base/bounded_queue.h"
#include "lantai/base/bytes.h"
#include "lantai/base/error.h"

namespace lantai::storage {

class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void update(ByteView bytes);
  Bytes finish();  // 32 bytes; starts anew

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// As Digest, for a long stream: beyond the first few megabytes a thread of its own computes, while the caller goes on
// with the next piece. Thread-confined.
class StreamDigest {
 public:
  StreamDigest() = default;
  ~StreamDigest() { stop(); }
  StreamDigest(const StreamDigest&) = delete;
  StreamDigest& operator=(const StreamDigest&) = delete;

  void update(ByteView bytes);
  Bytes finish();  // 32 bytes

 private:
  void start();
  void stop();

  Digest digest_;
  std::uint64_t seen_ = 0;
  BoundedQueue<Bytes> pieces_{4};
  std::optional<Error> error_;
  std::jthread thread_;
};

}  // namespace lantai::storage
