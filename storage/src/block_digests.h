// What are the digests of one block of a stream: of its chunks, and of the stream so far? Two threads share the work of
// a long stream, because both digests read every byte and each costs more than writing it. The thread starts with the
// first block that is worth it. Used by one thread; what is added must stay where it is until wait() returns.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "lantai/base/error.h"
#include "lantai/storage/digest.h"

namespace lantai::storage {

class BlockDigests {
 public:
  BlockDigests() = default;
  ~BlockDigests();
  BlockDigests(const BlockDigests&) = delete;
  BlockDigests& operator=(const BlockDigests&) = delete;

  // Continues the stream.
  void add(ByteView block);
  // Names the chunks of this block. digest_of() is asked for each of them once, in any order.
  void add_chunks(std::span<const ByteView> chunks);
  Bytes digest_of(std::size_t chunk);
  // Until nobody reads the block any more.
  void wait();
  // The SHA-256 of the whole stream.
  Bytes finish();

 private:
  struct Chunk {
    ByteView bytes;
    bool taken = false;
    std::optional<Bytes> digest;
  };

  void help();
  bool help_once(std::unique_lock<std::mutex>& lock);

  Digest whole_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<ByteView> block_;  // waits for the helper
  std::vector<Chunk> chunks_;
  bool busy_ = false, stop_ = false;
  std::optional<Error> error_;
  std::thread helper_;
};

}  // namespace lantai::storage
