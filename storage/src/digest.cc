#include "lantai/storage/digest.h"

#include <openssl/evp.h>

#include "lantai/base/error.h"
#include "lantai/storage/blob_store.h"

namespace lantai::storage {

struct Digest::Context {
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> state{EVP_MD_CTX_new(), &EVP_MD_CTX_free};

  void start() {
    if (!algorithm || !state || EVP_DigestInit_ex2(state.get(), algorithm.get(), nullptr) != 1) {
      throw Error(ErrorCode::internal, "SHA-256 is not available");
    }
  }
};

Digest::Digest() : context_(std::make_unique<Context>()) { context_->start(); }
Digest::~Digest() = default;

void Digest::update(ByteView bytes) {
  if (EVP_DigestUpdate(context_->state.get(), bytes.data(), bytes.size()) != 1) {
    throw Error(ErrorCode::internal, "SHA-256 failed");
  }
}

Bytes Digest::finish() {
  Bytes out(32);
  if (EVP_DigestFinal_ex(context_->state.get(), out.data(), nullptr) != 1) {
    throw Error(ErrorCode::internal, "SHA-256 failed");
  }
  context_->start();
  return out;
}

Bytes sha256(ByteView bytes) {
  thread_local Digest digest;
  digest.update(bytes);
  return digest.finish();
}

}  // namespace lantai::storage
