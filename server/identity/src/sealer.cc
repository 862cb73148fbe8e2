#include "lantai/identity/sealer.h"

#include <sodium.h>

#include <algorithm>

#include "account_store.h"
#include "base64.h"
#include "lantai/base/error.h"
#include "lantai/base/log.h"

namespace lantai::identity {
namespace {

constexpr std::size_t kSealBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

}  // namespace

Bytes stored_key(storage::Store& store, std::string_view purpose) {
  Bytes fresh(kSealBytes);
  randombytes_buf(fresh.data(), fresh.size());
  if (auto known = store.read_view()->get(storage::KeySpace::accounts, sealing_key(purpose))) return *known;
  Bytes key;
  try {
    store.run_transaction([&](storage::Transaction& transaction) {
      const auto known = transaction.get(storage::KeySpace::accounts, sealing_key(purpose));
      key = known.value_or(fresh);
      if (!known) transaction.put(storage::KeySpace::accounts, sealing_key(purpose), key);
    });
  } catch (const Error& error) {
    log::warning("a key for {} cannot be kept: {}", purpose, error.message());
    return fresh;
  }
  return key;
}

Sealer::Sealer(storage::Store& store, std::string_view purpose) {
  if (sodium_init() < 0) throw Error(ErrorCode::internal, "libsodium cannot start");
  key_ = stored_key(store, purpose);
  if (key_.size() != kSealBytes) throw Error(ErrorCode::data_loss, "a stored key is damaged");
}

std::string Sealer::seal(std::string_view plain) const {
  Bytes out(kNonceBytes + plain.size() + kTagBytes);
  randombytes_buf(out.data(), kNonceBytes);
  const auto in = as_bytes(plain);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + kNonceBytes, nullptr, in.data(), in.size(), nullptr, 0,
                                             nullptr, out.data(), key_.data());
  return base64(out, kVariant);
}

std::optional<std::string> Sealer::open(std::string_view sealed) const {
  if (sealed.empty()) return std::nullopt;
  Bytes bytes(sealed.size());
  std::size_t size = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), sealed.data(), sealed.size(), nullptr, &size, nullptr, kVariant) !=
          0 ||
      size < kNonceBytes + kTagBytes) {
    return std::nullopt;
  }
  std::string plain(size - kNonceBytes - kTagBytes, '\0');
  const bool good = crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(plain.data()), nullptr,
                                                               nullptr, bytes.data() + kNonceBytes, size - kNonceBytes,
                                                               nullptr, 0, bytes.data(), key_.data()) == 0;
  return good ? std::optional(std::move(plain)) : std::nullopt;
}

}  // namespace lantai::identity
