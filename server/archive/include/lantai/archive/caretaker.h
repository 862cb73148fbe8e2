// Who gives back the space of what nobody refers to any more? A thread that collects blobs now and then: bytes whose
// record was never written, texts that newer ones replaced, page images beyond what may be kept. What is owned, or was
// written within the grace time, stays. Thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "lantai/storage/store.h"

namespace lantai::archive {

// Longer than any upload or import may take between storing bytes and naming their owner.
inline constexpr std::chrono::seconds kCollectionGrace = std::chrono::hours(24);

struct CaretakerOptions {
  std::chrono::milliseconds every = std::chrono::hours(1);
  std::chrono::seconds grace = kCollectionGrace;
  std::function<void()> make_room = {};  // before each round: gives up what is kept for convenience
};

class Caretaker {
 public:
  // `store` outlives it. The first round is one interval after the start.
  static std::unique_ptr<Caretaker> start(storage::Store& store, const CaretakerOptions& options = {});
  virtual ~Caretaker() = default;  // waits for the round under way
};

}  // namespace lantai::archive
