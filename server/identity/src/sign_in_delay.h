// How long must a caller wait who failed too often? One second after the first failures, doubling up to a limit, for
// each login and address. In memory: a restart forgets, and no one can fill the disk with failures. Thread-safe.
#pragma once

#include <chrono>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "lantai/base/time.h"

namespace lantai::identity {

class SignInDelay {
 public:
  SignInDelay(unsigned free_failures, std::chrono::seconds longest)
      : free_failures_(free_failures), longest_(longest) {}

  // Throws resource_exhausted `auth.too_many_failures` while the caller has to wait.
  void check(const std::string& login, const std::string& address, Timestamp now) const;
  void failed(const std::string& login, const std::string& address, Timestamp now);
  void succeeded(const std::string& login, const std::string& address);

 private:
  struct Failures {
    std::string key;
    unsigned count = 0;
    Timestamp until;
  };
  static constexpr std::size_t kRemembered = 20'000;  // the longest unused ones go

  const unsigned free_failures_;
  const std::chrono::seconds longest_;
  mutable std::mutex mutex_;
  std::list<Failures> recent_;  // newest first
  std::unordered_map<std::string, std::list<Failures>::iterator> by_key_;
};

}  // namespace lantai::identity
