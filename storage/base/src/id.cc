#include "lantai/base/id.h"

#include <sys/random.h>

#include <cerrno>

#include "lantai/base/bytes.h"
#include "lantai/base/error.h"

namespace lantai {
namespace {

Bytes random_bytes(std::size_t count) {
  Bytes out(count);
  for (std::size_t done = 0; done < count;) {
    const auto got = ::getrandom(out.data() + done, count - done, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw Error(ErrorCode::internal, "the kernel gave no random bytes");
    }
    done += static_cast<std::size_t>(got);
  }
  return out;
}

// `raw`: 16 bytes, of which those that hold neither time nor version are kept.
std::string id_with(Timestamp now, Bytes raw) {
  const auto millis = static_cast<std::uint64_t>(now.micros / 1000);
  for (unsigned i = 0; i < 6; ++i) raw[i] = static_cast<std::uint8_t>(millis >> (40U - 8U * i));
  // The twelve bits after the version hold the fraction of the millisecond (RFC 9562, 6.2, method 3).
  const auto fraction = static_cast<std::uint64_t>(now.micros % 1000) * 4096 / 1000;
  raw[6] = static_cast<std::uint8_t>(0x70U | (fraction >> 8U));
  raw[7] = static_cast<std::uint8_t>(fraction);
  raw[8] = static_cast<std::uint8_t>(0x80U | (raw[8] & 0x3FU));
  auto hex = to_hex(raw);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, 1, '-');
  return hex;
}

}  // namespace

std::string make_id(Timestamp now) { return id_with(now, random_bytes(16)); }

std::string last_id_at(Timestamp time) { return id_with({time.micros - time.micros % 1000 + 999}, Bytes(16, 0xFF)); }

bool is_id(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

std::string random_hex(std::size_t bytes) { return to_hex(random_bytes(bytes)); }

}  // namespace lantai
