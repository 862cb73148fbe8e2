#include "password_policy.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "lantai/base/bytes.h"
#include "lantai/identity/accounts.h"

namespace lantai::identity {
namespace {

constexpr std::size_t kMaxBytes = 1024;
constexpr std::size_t kMinDifferent = 4;

// Ten characters or more and first to be tried; shorter ones and runs are refused anyway.
constexpr std::array<std::string_view, 36> kCommon = {
    "password12",  "password123",   "password1234", "passw0rd123",  "p@ssw0rd123",  "p@ssword123",
    "qwertyuiop",  "qwerty1234",    "qwerty12345",  "qwerty123456", "1q2w3e4r5t",   "1q2w3e4r5t6y",
    "q1w2e3r4t5",  "1qaz2wsx3edc",  "1qazxsw23edc", "qazwsxedcrfv", "zxcvbnm123",   "asdfghjkl;",
    "asdfghjkl1",  "a123456789",    "aa123456789",  "abc1234567",   "abc123456789", "admin12345",
    "admin123456", "administrator", "iloveyou123",  "iloveyou1314", "woaini1314",   "woaini1314520",
    "5201314520",  "1314520520",    "letmein123",   "welcome123",   "changeme123",  "lantai1234"};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// 0123456789, 9876543210, abcdefghij: each the neighbour of the one before, 9 and 0 too.
bool is_run(const std::string& text) {
  const auto steps = [&](int by) {
    for (std::size_t i = 1; i < text.size(); ++i) {
      const int step = text[i] - text[i - 1];
      if (step != by && step != -9 * by) return false;
    }
    return true;
  };
  return steps(1) || steps(-1);
}

bool contains(std::string_view password, std::string_view name) {
  return !name.empty() && password.find(name) != std::string_view::npos &&
         characters(password) < characters(name) + kMinPasswordCharacters / 2;
}

}  // namespace

bool weak_password(std::string_view password, std::string_view login, std::string_view name, std::size_t least) {
  if (!is_valid_utf8(password) || password.size() > kMaxBytes) return true;
  if (characters(password) < least) return true;
  const auto folded = lower(password);
  if (std::set<char>(folded.begin(), folded.end()).size() < kMinDifferent || is_run(folded)) return true;
  if (contains(folded, lower(login)) || contains(folded, lower(name))) return true;
  return std::find(kCommon.begin(), kCommon.end(), folded) != kCommon.end();
}

}  // namespace lantai::identity
