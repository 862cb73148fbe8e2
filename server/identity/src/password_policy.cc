#include "password_policy.h"

#include <zxcvbn.h>

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

// What a guesser who knows words, names, dates, keyboards and the passwords most in use needs, as a power of two: some
// days with all that is stored of it here, were it ever stolen.
constexpr double kLeastBits = 30;
constexpr std::size_t kJudged = 100;  // bytes; what is longer is judged by its beginning

// Much in use where Chinese is spoken, which the library's lists do not know.
constexpr std::array<std::string_view, 9> kCommonHere = {"aa123456789",  "woaini1314",  "woaini1314520",
                                                         "woaini520520", "5201314520",  "1314520520",
                                                         "iloveyou1314", "qq123456789", "lantai1234"};

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
  if (std::find(kCommonHere.begin(), kCommonHere.end(), folded) != kCommonHere.end()) return true;
  const std::string judged(password.substr(0, kJudged)), own(login), called(name);
  const char* known[] = {own.c_str(), called.c_str(), "lantai", nullptr};
  return ZxcvbnMatch(judged.c_str(), known, nullptr) < kLeastBits;
}

}  // namespace lantai::identity
