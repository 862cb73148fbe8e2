// What are raw bytes, as opposed to text? `std::string` holds valid UTF-8; everything else is Bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lantai {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_chars(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
inline Bytes to_bytes(std::string_view text) { return {text.begin(), text.end()}; }

std::string to_hex(ByteView bytes);    // lower case
Bytes from_hex(std::string_view hex);  // throws invalid_argument

bool is_valid_utf8(std::string_view text);
// Every ill-formed byte sequence becomes U+FFFD.
std::string to_valid_utf8(std::string_view text);

}  // namespace lantai
