// How are small values written into the index's own files? Varints and length-prefixed strings, little-endian.
// A reader that runs out of bytes throws data_loss.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lantai/base/error.h"

namespace lantai::index {

inline void put_number(std::uint64_t value, std::string& out) {
  while (value >= 0x80U) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(value | 0x80U)));
    value >>= 7U;
  }
  out.push_back(static_cast<char>(value));
}

inline void put_text(std::string_view text, std::string& out) {
  put_number(text.size(), out);
  out += text;
}

inline std::uint64_t get_number(std::string_view& in) {
  if (!in.empty() && static_cast<unsigned char>(in.front()) < 0x80U) {  // most are short
    const auto value = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    return value;
  }
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80U) return value;
  }
  throw Error(ErrorCode::data_loss, "index file: a number is cut off");
}

inline std::string_view get_text(std::string_view& in) {
  const std::uint64_t size = get_number(in);
  if (size > in.size()) throw Error(ErrorCode::data_loss, "index file: a string is cut off");
  const std::string_view text = in.substr(0, size);
  in.remove_prefix(size);
  return text;
}

}  // namespace lantai::index
