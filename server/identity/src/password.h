// How is a password kept? As Argon2id (libsodium's encoded form, which names its own limits). And how are secrets made
// into what may be stored? By BLAKE2b. Thread-safe.
#pragma once

#include <mutex>
#include <semaphore>
#include <string>
#include <string_view>

#include "lantai/base/bytes.h"

namespace lantai::identity {

class PasswordHasher {
 public:
  PasswordHasher(std::size_t memory_bytes, unsigned passes);
  std::string hash(std::string_view password);
  bool verify(const std::string& hash, std::string_view password);
  // The same cost as verify, for a login that does not exist; always false.
  bool verify_nobody(std::string_view password);
  // Makes what verify_nobody() needs, once: as costly as a check, so to be called whether or not the login exists.
  void prepare();
  bool outdated(const std::string& hash) const;  // made with other limits

 private:
  // Each takes its memory; more callers wait, then get `unavailable`.
  static constexpr int kAtOnce = 4;
  class Slot;

  const std::size_t memory_bytes_;
  const unsigned passes_;
  std::counting_semaphore<kAtOnce> slots_{kAtOnce};
  std::once_flag prepared_;
  std::string nobody_;
};

// 32 bytes.
Bytes secret_digest(std::string_view secret);
// Derived from the session key, so it need not be stored, and says nothing about the key.
std::string csrf_token(std::string_view session_key);

}  // namespace lantai::identity
