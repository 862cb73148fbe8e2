#include "one_time_code.h"

#include <oath.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "lantai/base/error.h"
#include "lantai/base/id.h"
#include "password.h"

namespace lantai::identity {
namespace {

constexpr std::size_t kSecretBytes = 20;
constexpr std::size_t kDigits = 6;
constexpr unsigned kStepSeconds = 30;
constexpr std::size_t kStepsAround = 1;  // clocks of telephones differ
constexpr std::size_t kRecoveryBytes = 8;
constexpr std::size_t kGroup = 4;
constexpr std::size_t kLongestTyped = 64;

void start_library() {
  static const int started = oath_init();
  if (started != OATH_OK) throw Error(ErrorCode::internal, "liboath cannot start");
}

std::string plain(std::string_view typed) {
  std::string out;
  for (const char c : typed.substr(0, kLongestTyped)) {
    if (c != ' ' && c != '-') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return out;
}

}  // namespace

StoredSecondFactor new_second_factor() { return {from_hex(random_hex(kSecretBytes)), false, 0, {}}; }

std::string base32(const Bytes& secret) {
  start_library();
  char* encoded = nullptr;
  std::size_t size = 0;
  const auto in = as_chars(secret);
  if (oath_base32_encode(in.data(), in.size(), &encoded, &size) != OATH_OK)
    throw Error(ErrorCode::internal, "a secret cannot be written in base 32");
  const std::unique_ptr<char, decltype(&std::free)> owned(encoded, &std::free);
  std::string out(encoded, size);
  while (!out.empty() && out.back() == '=') out.pop_back();
  return out;
}

std::string enrolment_uri(const StoredSecondFactor& factor, std::string_view login) {
  return "otpauth://totp/Lantai:" + std::string(login) + "?secret=" + base32(factor.secret) + "&issuer=Lantai";
}

std::vector<std::string> make_recovery_codes(StoredSecondFactor& factor) {
  std::vector<std::string> codes;
  factor.recovery_digests.clear();
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    auto code = random_hex(kRecoveryBytes);
    factor.recovery_digests.push_back(secret_digest(code));
    for (std::size_t at = code.size() - kGroup; at > 0; at -= kGroup) code.insert(at, "-");
    codes.push_back(std::move(code));
  }
  return codes;
}

bool take_device_code(StoredSecondFactor& factor, std::string_view typed, Timestamp now) {
  start_library();
  const auto code = plain(typed);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (code.size() != kDigits || !std::all_of(code.begin(), code.end(), digit)) return false;
  const auto secret = as_chars(factor.secret);
  const auto seconds = static_cast<time_t>(now.micros / kMicrosPerSecond);
  int position = 0;
  if (oath_totp_validate2(secret.data(), secret.size(), seconds, kStepSeconds, OATH_TOTP_DEFAULT_START_TIME,
                          kStepsAround, &position, code.c_str()) < 0)
    return false;
  const auto step = static_cast<std::uint64_t>(seconds / kStepSeconds + position);
  if (step <= factor.last_step) return false;
  factor.last_step = step;
  return true;
}

TakenCode take_code(StoredSecondFactor& factor, std::string_view typed, Timestamp now) {
  if (take_device_code(factor, typed, now)) return TakenCode::device;
  const auto digest = secret_digest(plain(typed));
  return std::erase(factor.recovery_digests, digest) > 0 ? TakenCode::recovery : TakenCode::none;
}

}  // namespace lantai::identity
