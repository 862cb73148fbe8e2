#include "password.h"

#include <sodium.h>

#include <array>
#include <chrono>

#include "lantai/base/error.h"
#include "lantai/base/id.h"

namespace lantai::identity {
namespace {

constexpr std::chrono::seconds kWait{10};
constexpr std::size_t kDigestBytes = 32;
constexpr std::string_view kCsrfPurpose = "lantai csrf token 1";

Bytes keyed_digest(std::string_view text, std::string_view key) {
  Bytes out(kDigestBytes);
  const auto in = as_bytes(text), with = as_bytes(key);
  if (crypto_generichash(out.data(), out.size(), in.data(), in.size(), with.data(), with.size()) != 0) {
    throw Error(ErrorCode::internal, "BLAKE2b failed");
  }
  return out;
}

}  // namespace

class PasswordHasher::Slot {
 public:
  explicit Slot(PasswordHasher& hasher) : hasher_(hasher) {
    if (!hasher_.slots_.try_acquire_for(kWait)) {
      throw Error(ErrorCode::unavailable, "too many passwords are being checked", "request.overloaded");
    }
  }
  ~Slot() { hasher_.slots_.release(); }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

 private:
  PasswordHasher& hasher_;
};

PasswordHasher::PasswordHasher(std::size_t memory_bytes, unsigned passes)
    : memory_bytes_(memory_bytes), passes_(passes) {
  if (sodium_init() < 0) throw Error(ErrorCode::internal, "libsodium cannot start");
}

std::string PasswordHasher::hash(std::string_view password) {
  const Slot slot(*this);
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), passes_, memory_bytes_,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw Error(ErrorCode::resource_exhausted, "no memory to hash a password");
  }
  return out.data();
}

bool PasswordHasher::verify(const std::string& hash, std::string_view password) {
  const Slot slot(*this);
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

void PasswordHasher::prepare() {
  std::call_once(prepared_, [this] { nobody_ = hash(random_hex(16)); });
}

bool PasswordHasher::verify_nobody(std::string_view password) {
  prepare();
  verify(nobody_, password);
  return false;
}

bool PasswordHasher::outdated(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), passes_, memory_bytes_) != 0;
}

Bytes secret_digest(std::string_view secret) { return keyed_digest(secret, {}); }

std::string csrf_token(std::string_view session_key) {
  // The key may be longer than BLAKE2b takes; its digest never is. That digest is stored, so it alone must not do:
  // the key itself goes in as well.
  const auto key = secret_digest(session_key);
  return to_hex(keyed_digest(std::string(kCsrfPurpose) + std::string(session_key), as_chars(key)));
}

}  // namespace lantai::identity
