// Whose turn is it? Those who wait take turns, whatever each has brought: first the addresses, then, within an address,
// the callers (behind a proxy everybody has one address). Somebody with a hundred requests holds up the next by
// one. When it is full, what goes is the latest of whoever has most waiting.
//
// Thread-safe. Cost: O(log(waiting addresses) + log(waiting callers of one)). Used in tests/http/fair_queue_test.cc.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace lantai::http {

template <typename T>
class FairQueue {
 public:
  explicit FairQueue(std::size_t capacity) : capacity_(capacity) {}

  // Gives back what is turned away: nothing, this one, or one that waited. What is `begun` is never turned away and
  // does not count against the capacity.
  std::optional<T> push(T item, const std::string& address, const std::string& caller, bool begun) {
    std::optional<T> turned_away;
    {
      std::lock_guard lock(mutex_);
      if (closed_) return item;
      if (!begun && new_ >= capacity_) {
        turned_away = make_room(address);
        if (!turned_away) return item;
      }
      add(std::move(item), address, caller, begun);
    }
    ready_.notify_one();
    return turned_away;
  }

  // Waits; nothing when it is closed and empty.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return closed_ || !turns_.empty(); });
    if (turns_.empty()) return std::nullopt;
    const auto address = std::move(turns_.front());
    turns_.pop_front();
    const auto guest = guests_.find(address);
    auto& callers = guest->second;
    const auto name = std::move(callers.turns.front());
    callers.turns.pop_front();
    const auto caller = callers.waiting.find(name);
    Waiting first = std::move(caller->second.front());
    caller->second.pop_front();
    if (caller->second.empty())
      callers.waiting.erase(caller);
    else
      callers.turns.push_back(name);
    took(guest, first.begun);
    if (guests_.contains(address)) turns_.push_back(address);
    return std::move(first.item);
  }

  void close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_all();
  }

  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return size_;
  }

 private:
  struct Waiting {
    T item;
    bool begun;
  };
  struct Guest {
    std::map<std::string, std::deque<Waiting>> waiting;  // by caller
    std::deque<std::string> turns;                       // of the callers
    std::size_t fresh = 0;                               // that are not begun
  };
  using Guests = std::map<std::string, Guest>;

  void add(T item, const std::string& address, const std::string& caller, bool begun) {
    auto [guest, new_guest] = guests_.try_emplace(address);
    if (new_guest) turns_.push_back(address);
    auto [waiting, new_caller] = guest->second.waiting.try_emplace(caller);
    if (new_caller) guest->second.turns.push_back(caller);
    waiting->second.push_back({std::move(item), begun});
    ++size_;
    if (begun) return;
    ++guest->second.fresh;
    ++new_;
  }

  void took(typename Guests::iterator guest, bool begun) {
    --size_;
    if (!begun) {
      --guest->second.fresh;
      --new_;
    }
    if (guest->second.waiting.empty()) guests_.erase(guest);
  }

  // The latest of whoever has most waiting, if that is more than the newcomer's address would have.
  std::optional<T> make_room(const std::string& newcomer) {
    auto most = guests_.end();
    for (auto one = guests_.begin(); one != guests_.end(); ++one) {
      if (most == guests_.end() || one->second.fresh > most->second.fresh) most = one;
    }
    const auto own = guests_.find(newcomer);
    if (most == guests_.end() || most->second.fresh <= (own == guests_.end() ? 1 : own->second.fresh + 1))
      return std::nullopt;
    auto& callers = most->second;
    auto longest = callers.waiting.end();
    for (auto one = callers.waiting.begin(); one != callers.waiting.end(); ++one) {
      const bool fresh = !one->second.back().begun;
      if (fresh && (longest == callers.waiting.end() || one->second.size() > longest->second.size())) longest = one;
    }
    if (longest == callers.waiting.end()) return std::nullopt;
    auto last = std::move(longest->second.back());
    longest->second.pop_back();
    if (longest->second.empty()) {
      std::erase(callers.turns, longest->first);
      callers.waiting.erase(longest);
    }
    const auto address = most->first;
    took(most, false);
    if (!guests_.contains(address)) std::erase(turns_, address);
    return std::move(last.item);
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  Guests guests_;                  // by address
  std::deque<std::string> turns_;  // of the addresses
  std::size_t size_ = 0, new_ = 0;
  bool closed_ = false;
};

}  // namespace lantai::http
