// How many bytes do all blobs have? Counted once when first asked for, then kept up to date. Thread-safe.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "lantai/storage/key_value_store.h"

namespace lantai::storage {

class BlobCount {
 public:
  // Runs `commit`, which adds or removes blobs and returns by how many bytes. When it throws, nobody knows: what is
  // there is counted again the next time.
  template <typename Commit>
  void change(Commit commit) {
    const std::shared_lock lock(mutex_);
    try {
      bytes_ += commit();
    } catch (...) {
      known_ = false;
      throw;
    }
  }

  // `take_view` gives the view that `count` adds up, should that be necessary.
  template <typename TakeView, typename Count>
  std::uint64_t bytes(TakeView take_view, Count count) {
    const std::lock_guard once(counting_);
    if (!known_) {
      std::unique_ptr<ReadView> view;
      {
        const std::unique_lock lock(mutex_);  // no commit falls between the view and the new count
        view = take_view();
        bytes_ = 0;
        known_ = true;
      }
      try {
        bytes_ += count(*view);
      } catch (...) {
        known_ = false;
        throw;
      }
    }
    return static_cast<std::uint64_t>(std::max<std::int64_t>(bytes_, 0));
  }

 private:
  std::mutex counting_;
  std::shared_mutex mutex_;
  std::atomic<std::int64_t> bytes_{0};
  std::atomic<bool> known_{false};
};

}  // namespace lantai::storage
