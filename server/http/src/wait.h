// How may a request wait for something to happen without taking the server with it? Only so many at a time, for
// seconds, and not while the server stops; beyond that: 503, or an answer at once.
#pragma once

#include <chrono>

#include "call.h"

namespace lantai::http {

// A place among those who wait, given back at the end. `held` false: there was none.
class WaitPlace {
 public:
  explicit WaitPlace(ApiContext& context) : slots_(context.waits), held_(slots_.take()) {}
  ~WaitPlace() {
    if (held_) slots_.give_back();
  }
  WaitPlace(const WaitPlace&) = delete;
  WaitPlace& operator=(const WaitPlace&) = delete;
  bool held() const { return held_; }

 private:
  Slots& slots_;
  const bool held_;
};

// Until a search sees the change, ten seconds at most; then deadline_exceeded. Positions to come are bad parameters.
inline void wait_searchable(Call& call, std::uint64_t position) {
  if (position > call.app().store().changes().last_position()) {
    throw Error(ErrorCode::invalid_argument, "position to come", "request.bad_parameter", {{"name", "wait"}});
  }
  const WaitPlace place(call.context);
  if (!place.held()) throw Error(ErrorCode::unavailable, "too many wait", "request.overloaded");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!call.context.stopping.stop_requested()) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) throw Error(ErrorCode::deadline_exceeded, "not searchable in time", "search.unavailable");
    if (call.app().wait_until_searchable(position, std::min(deadline, now + std::chrono::seconds(1)))) return;
  }
  throw Error(ErrorCode::unavailable, "the server stops", "request.overloaded");
}

}  // namespace lantai::http
