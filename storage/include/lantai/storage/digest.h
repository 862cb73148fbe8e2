// What is the SHA-256 of bytes that come in pieces? Thread-confined.
#pragma once

#include <memory>

#include "lantai/base/bytes.h"

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

}  // namespace lantai::storage
