#include "block_digests.h"

#include <algorithm>

#include "lantai/storage/blob_store.h"

namespace lantai::storage {
namespace {

constexpr std::size_t kWorthAThread = 1U << 20U;

}  // namespace

BlockDigests::~BlockDigests() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
    block_.reset();
    for (auto& one : chunks_) one.taken = true;
  }
  changed_.notify_all();
  if (helper_.joinable()) helper_.join();
}

void BlockDigests::add(ByteView block) {
  if (!helper_.joinable() && block.size() < kWorthAThread) return whole_.update(block);
  if (!helper_.joinable()) helper_ = std::thread([this] { help(); });
  {
    std::lock_guard lock(mutex_);
    block_ = block;
  }
  changed_.notify_all();
}

void BlockDigests::add_chunks(std::span<const ByteView> chunks) {
  {
    std::lock_guard lock(mutex_);
    chunks_.clear();
    for (const auto& bytes : chunks) chunks_.push_back({bytes, false, {}});
  }
  changed_.notify_all();
}

Bytes BlockDigests::digest_of(std::size_t chunk) {
  std::unique_lock lock(mutex_);
  auto& mine = chunks_.at(chunk);
  if (!mine.taken) {
    mine.taken = true;
    lock.unlock();
    return sha256(mine.bytes);
  }
  changed_.wait(lock, [&] { return mine.digest || error_; });
  if (error_) throw *error_;
  return std::move(*mine.digest);
}

void BlockDigests::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return (!block_ && !busy_) || error_; });
  chunks_.clear();
  if (error_) throw *error_;
}

Bytes BlockDigests::finish() {
  wait();
  return whole_.finish();
}

void BlockDigests::help() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    try {
      if (!help_once(lock)) changed_.wait(lock);
    } catch (const Error& error) {
      if (!lock.owns_lock()) lock.lock();
      error_ = error;  // thrown where the answer is asked for
      return changed_.notify_all();
    }
  }
}

// The whole first, which only this thread computes; then chunks from the end, while the owner takes them from the
// front.
bool BlockDigests::help_once(std::unique_lock<std::mutex>& lock) {
  if (block_) {
    const auto block = *block_;
    block_.reset();
    busy_ = true;
    lock.unlock();
    whole_.update(block);
    lock.lock();
  } else {
    const auto open = std::find_if(chunks_.rbegin(), chunks_.rend(), [](const Chunk& one) { return !one.taken; });
    if (open == chunks_.rend()) return false;
    open->taken = true;
    busy_ = true;
    lock.unlock();
    auto digest = sha256(open->bytes);
    lock.lock();
    open->digest = std::move(digest);
  }
  busy_ = false;
  changed_.notify_all();
  return true;
}

}  // namespace lantai::storage
