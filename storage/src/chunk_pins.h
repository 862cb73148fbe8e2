// Which chunks does a blob under way rely on? Collection leaves those alone until the writer is done. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "lantai/base/bytes.h"

namespace lantai::storage {

class ChunkPins {
 public:
  // Pins, then calls `look` before anything can be collected: what it finds stays.
  template <typename Look>
  auto pin(ByteView digest, Look look) {
    std::lock_guard lock(mutex_);
    ++pins_[std::string(as_chars(digest))];
    return look();
  }

  void unpin(const std::string& digest) {
    std::lock_guard lock(mutex_);
    const auto found = pins_.find(digest);
    if (--found->second == 0) pins_.erase(found);
  }

  // While `sweep` runs nobody can pin; it is passed a predicate that tells pinned chunks.
  template <typename Sweep>
  auto while_nobody_pins(Sweep sweep) {
    std::lock_guard lock(mutex_);
    return sweep([this](ByteView digest) { return pins_.contains(std::string(as_chars(digest))); });
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> pins_;
};

}  // namespace lantai::storage
