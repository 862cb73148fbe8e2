// Files of a store, and how a test damages them.
#pragma once

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <string_view>

#include "lantai/base/bytes.h"
#include "lantai/base/error.h"

namespace lantai::storage {

namespace fs = std::filesystem;

inline Bytes noise(std::size_t size, std::uint32_t seed) {
  std::mt19937_64 random(seed);
  Bytes out(size);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(random());
  return out;
}

inline void flip_bit(const fs::path& file, std::uint64_t at, char bit = 0x10) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  char byte = 0;
  stream.seekg(static_cast<std::streamoff>(at)).get(byte);
  stream.seekp(static_cast<std::streamoff>(at)).put(static_cast<char>(byte ^ bit));
  BOOST_REQUIRE(stream.good());
}

inline fs::path only_file(const fs::path& directory, std::string_view extension) {
  fs::path out;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == extension &&
        fs::file_size(entry.path()) > fs::file_size(out.empty() ? entry.path() : out) / 2)
      out = entry.path();
  }
  BOOST_REQUIRE(!out.empty());
  return out;
}

inline auto code_is(ErrorCode code) {
  return [code](const Error& e) { return e.code() == code; };
}

}  // namespace lantai::storage
