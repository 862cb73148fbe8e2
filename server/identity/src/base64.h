// How are bytes written as text? Base 64 by libsodium. Pure.
#pragma once

#include <sodium.h>

#include <string>

#include "lantai/base/bytes.h"

namespace lantai::identity {

// `variant`: sodium_base64_VARIANT_…
inline std::string base64(ByteView bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back();  // what ends a C string
  return text;
}

}  // namespace lantai::identity
