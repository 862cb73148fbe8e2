// What the program on a person's telephone does: from the secret in base 32 (RFC 4648) the code of a time, as RFC 6238
// and RFC 4226 section 5.3 write it. Independent of how the product checks it.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdint>
#include <string>

namespace lantai::testing {

inline std::string from_base32(const std::string& secret) {
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : secret) {
    held = held << 5U | static_cast<unsigned>(c >= 'A' ? c - 'A' : c - '2' + 26);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<char>(held >> bits & 0xffU));
  }
  return out;
}

inline std::string code_at(const std::string& base32_secret, std::int64_t seconds) {
  const std::string secret = from_base32(base32_secret);
  std::array<unsigned char, 8> counter{};
  std::uint64_t step = static_cast<std::uint64_t>(seconds) / 30;
  for (auto byte = counter.rbegin(); byte != counter.rend(); ++byte, step >>= 8U) *byte = step & 0xffU;
  std::array<unsigned char, 20> mac{};
  unsigned size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(), &size);
  const unsigned offset = mac.back() & 0xfU;
  const std::uint32_t value = (mac[offset] & 0x7fU) << 24U | unsigned{mac[offset + 1]} << 16U |
                              unsigned{mac[offset + 2]} << 8U | unsigned{mac[offset + 3]};
  const auto digits = std::to_string(value % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}

}  // namespace lantai::testing
