// How long must a caller wait who failed too often? One second after the first failures, doubling up to a limit, for
// each login and address; and for each address, whatever the logins, once its budget of failures is used up (generous:
// behind a proxy a whole school is one address). In memory: a restart forgets. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "lantai/base/time.h"

namespace lantai::identity {

// So many at once, then one in `every`. Thread-safe.
class FailureBudget {
 public:
  FailureBudget(unsigned at_once, std::chrono::seconds every) : at_once_(at_once), every_(every) {}
  // nullopt: used up. Otherwise how many were refused since the last one taken.
  std::optional<std::uint64_t> take(Timestamp now);

 private:
  const unsigned at_once_;
  const std::chrono::seconds every_;
  std::mutex mutex_;
  Timestamp full_at_;  // when nothing would be used of it any more
  std::uint64_t refused_ = 0;
};

class SignInDelay {
 public:
  SignInDelay(unsigned free_failures, std::chrono::seconds longest, unsigned of_address)
      : free_failures_(free_failures), longest_(longest), of_address_(of_address) {}

  // Throws resource_exhausted `auth.too_many_failures` while the caller has to wait.
  void check(const std::string& login, const std::string& address, Timestamp now) const;
  void failed(const std::string& login, const std::string& address, Timestamp now);
  void succeeded(const std::string& login, const std::string& address);

 private:
  struct Failures {
    std::string key;
    unsigned count = 0;
    Timestamp until;  // wait; of an address: its budget is whole again
  };
  Failures& remember(const std::string& key);
  static constexpr std::chrono::seconds kRefill{5};   // an address gets back one failure
  static constexpr std::size_t kRemembered = 20'000;  // the longest unused ones go

  const unsigned free_failures_;
  const std::chrono::seconds longest_;
  const unsigned of_address_;
  mutable std::mutex mutex_;
  std::list<Failures> recent_;  // newest first
  std::unordered_map<std::string, std::list<Failures>::iterator> by_key_;
};

}  // namespace lantai::identity
