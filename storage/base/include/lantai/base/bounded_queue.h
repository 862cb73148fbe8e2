// How do threads hand work over without growing without bound? Thread-safe; many producers, many consumers.
// A full queue makes push wait (until the deadline) and try_push say no; a closed one drains and then yields nothing.
// Who waits is woken when half of it has been taken, not for every place: each time two threads would take turns.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace lantai {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  bool try_push(T item) {
    {
      std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= capacity_) return false;
      items_.push_back(std::move(item));
    }
    not_empty_.notify_one();
    return true;
  }

  bool push(T item, std::chrono::steady_clock::time_point deadline) {
    {
      std::unique_lock lock(mutex_);
      ++waiting_;
      const bool room = not_full_.wait_until(lock, deadline, [&] { return closed_ || items_.size() < capacity_; });
      --waiting_;
      if (!room) return false;
      if (closed_) return false;
      items_.push_back(std::move(item));
    }
    not_empty_.notify_one();
    return true;
  }

  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [&] { return closed_ || !items_.empty(); });
    return take();
  }

  std::optional<T> try_pop() {
    std::unique_lock lock(mutex_);
    return take();
  }

  void close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    not_empty_.notify_all();
    not_full_.notify_all();
  }

  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  std::optional<T> take() {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    const std::size_t half = capacity_ / 2;
    if (waiting_ > 0 && (++taken_ >= half || items_.size() <= half)) {
      taken_ = 0;
      not_full_.notify_all();
    }
    return item;
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable not_empty_, not_full_;
  std::deque<T> items_;
  std::size_t waiting_ = 0, taken_ = 0;  // in push; since they were last woken
  bool closed_ = false;
};

}  // namespace lantai
