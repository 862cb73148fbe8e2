// Whose search goes on? As many at once as there are processors, in the order in which they came: if all took turns at
// every processor, all would be late. Whoever takes long counts no longer and goes on beside the others, so that nobody
// waits long for anybody.
//
// Thread-safe. Cost: a lock at the beginning and at the end. Used in tests/search/turns_test.cc.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>

namespace lantai::search {

class Turns {
 public:
  explicit Turns(unsigned at_once) : at_once_(at_once) {}
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  class Turn {
   public:
    // Waits; when the deadline comes first, it goes on without.
    Turn(Turns& turns, std::chrono::steady_clock::time_point deadline)
        : turns_(turns), held_(turns.wait_for_one(deadline)) {}
    ~Turn() { end(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    void end() {
      if (held_) turns_.pass_on();
      held_ = false;
    }

   private:
    Turns& turns_;
    bool held_;
  };

  std::size_t waiting() const {
    std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  struct Waiting {
    std::condition_variable called;
    bool let_in = false;
  };

  bool wait_for_one(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    if (going_on_ < at_once_) {
      ++going_on_;
      return true;
    }
    const auto own = waiting_.emplace(waiting_.end());
    own->called.wait_until(lock, deadline, [&] { return own->let_in; });
    const bool let_in = own->let_in;
    waiting_.erase(own);
    return let_in;
  }

  // To the first who waits and was not called yet.
  void pass_on() {
    std::lock_guard lock(mutex_);
    for (auto& next : waiting_) {
      if (next.let_in) continue;
      next.let_in = true;
      next.called.notify_one();
      return;
    }
    --going_on_;
  }

  const unsigned at_once_;
  mutable std::mutex mutex_;
  unsigned going_on_ = 0;
  std::list<Waiting> waiting_;  // in the order they came
};

}  // namespace lantai::search
