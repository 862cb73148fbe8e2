// Where do a file's bytes come from? A descriptor (mapped when somebody needs all of it) or memory (a member of an
// archive). Thread-confined.
#pragma once

#include <cstdint>

#include "lantai/base/bytes.h"

namespace lantai::extract::worker {

class Source {
 public:
  // Takes the descriptor over. Throws Fault.
  explicit Source(int descriptor);
  explicit Source(Bytes bytes) : bytes_(std::move(bytes)), size_(bytes_.size()) {}
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source();

  std::uint64_t size() const { return size_; }
  // The first bytes, for identification; at most kHead.
  ByteView head();
  // Everything; throws Fault too_large when it does not fit into the worker.
  ByteView all();
  std::size_t read_at(std::uint64_t offset, std::uint8_t* out, std::size_t count) const;

  static constexpr std::size_t kHead = 64U << 10U;

 private:
  int descriptor_ = -1;
  Bytes bytes_;
  Bytes head_;
  std::uint64_t size_ = 0;
  void* mapping_ = nullptr;
};

}  // namespace lantai::extract::worker
