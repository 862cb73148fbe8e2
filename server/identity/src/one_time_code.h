// Does this person hold the device they enrolled? Time-based one-time passwords of six digits (RFC 6238 with HMAC-SHA-1
// and 30 seconds, which is what authenticator programs take), and recovery codes for whoever lost the device. Pure;
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/bytes.h"
#include "lantai/base/time.h"

namespace lantai::identity {

inline constexpr std::size_t kRecoveryCodes = 10;

struct StoredSecondFactor {
  Bytes secret;                 // 20 bytes, which RFC 4226 section 4 recommends
  bool confirmed = false;       // false: shown, but no code of it was given yet
  std::uint64_t last_step = 0;  // 30 seconds since 1970 that the last code taken stands for: none is taken twice
  std::vector<Bytes> recovery_digests;  // of the codes that are left
};

StoredSecondFactor new_second_factor();
std::string base32(const Bytes& secret);  // as authenticator programs let it be typed, without padding
// What stands in the QR code: otpauth://totp/….
std::string enrolment_uri(const StoredSecondFactor& factor, std::string_view login);

// Codes of letters and digits in groups, and sets their digests in `factor`.
std::vector<std::string> make_recovery_codes(StoredSecondFactor& factor);

enum class TakenCode { none, device, recovery };
// Takes a code of the device, of now or one step before or after, or a recovery code; blanks, hyphens and case do not
// matter. Whatever was taken once is not taken again.
TakenCode take_code(StoredSecondFactor& factor, std::string_view typed, Timestamp now);
// Only of the device.
bool take_device_code(StoredSecondFactor& factor, std::string_view typed, Timestamp now);

}  // namespace lantai::identity
