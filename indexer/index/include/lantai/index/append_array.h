// How do many readers read an array that one writer makes longer? Elements never move: they live in chunks, and a
// reader looks only at elements that were complete when its snapshot was made. One writer; any number of readers.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace lantai::index {

template <typename T, std::size_t kChunkBits = 12>
class AppendArray {
 public:
  static constexpr std::size_t kChunk = std::size_t{1} << kChunkBits;
  static constexpr std::size_t kLevel = 1024;  // chunks in a block of chunk pointers

  AppendArray() = default;
  AppendArray(const AppendArray&) = delete;
  AppendArray& operator=(const AppendArray&) = delete;
  ~AppendArray() {
    for (auto& slot : blocks_) {
      Block* block = slot.load();
      if (block == nullptr) continue;
      for (auto& chunk : block->chunks) delete[] chunk.load();
      delete block;
    }
  }

  // nullptr: nothing was ever written near `index`.
  const T* find(std::size_t index) const {
    const std::size_t chunk = index >> kChunkBits;
    if (chunk / kLevel >= blocks_.size()) return nullptr;
    const Block* block = blocks_[chunk / kLevel].load(std::memory_order_acquire);
    if (block == nullptr) return nullptr;
    const T* items = block->chunks[chunk % kLevel].load(std::memory_order_acquire);
    return items == nullptr ? nullptr : items + (index & (kChunk - 1));
  }

  // Finds what lies near what was found last without asking where that is. Thread-confined.
  class Walker {
   public:
    explicit Walker(const AppendArray& array) : array_(&array) {}
    const T* find(std::size_t index) {
      const std::size_t chunk = index >> kChunkBits;
      if (chunk != chunk_ || items_ == nullptr) {
        items_ = array_->find(chunk << kChunkBits);
        chunk_ = chunk;
      }
      return items_ == nullptr ? nullptr : items_ + (index & (kChunk - 1));
    }

   private:
    const AppendArray* array_;
    std::size_t chunk_ = 0;
    const T* items_ = nullptr;
  };

  // The writer's: makes room as needed; the element is value-initialised at first.
  T& at(std::size_t index) {
    const std::size_t chunk = index >> kChunkBits;
    auto& slot = blocks_.at(chunk / kLevel);
    if (slot.load(std::memory_order_relaxed) == nullptr) slot.store(new Block, std::memory_order_release);
    auto& items = slot.load(std::memory_order_relaxed)->chunks[chunk % kLevel];
    if (items.load(std::memory_order_relaxed) == nullptr) items.store(new T[kChunk](), std::memory_order_release);
    return items.load(std::memory_order_relaxed)[index & (kChunk - 1)];
  }

 private:
  struct Block {
    std::array<std::atomic<T*>, kLevel> chunks{};
  };
  std::array<std::atomic<Block*>, 1024> blocks_{};
};

}  // namespace lantai::index
