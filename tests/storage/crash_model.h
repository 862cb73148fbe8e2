// What the killed process writes, so that the test can say what must be there.
#pragma once

#include <random>
#include <string>

#include "lantai/storage/key_codec.h"
#include "lantai/storage/store.h"

namespace lantai::storage {

inline constexpr int kWriters = 2;
inline constexpr std::uint64_t kBlobsKept = 4;

// `blobs`: written, dropped and collected in turn, so that packs are emptied all the time.
enum class Work { everything, blobs };

inline StoreOptions crash_options() {
  StoreOptions out;
  out.rocksdb.write_buffer_bytes = 64U << 10U;  // so that tables are written and compacted all the time
  out.chunks_per_page = 2;                      // so that a blob takes several commits
  return out;
}

inline Bytes counter_key(int writer) { return KeyWriter().number(static_cast<std::uint64_t>(writer)).take(); }
inline std::uint64_t number_of(const std::optional<Bytes>& value) { return value ? KeyReader(*value).number() : 0; }
inline Bytes item_key(int writer, std::uint64_t number, std::string_view half) {
  return KeyWriter().number(static_cast<std::uint64_t>(writer)).number(number).text(half).take();
}
inline std::string item_id(int writer, std::uint64_t number) {
  return std::to_string(writer) + "/" + std::to_string(number);
}
inline Bytes blob_key(std::uint64_t number) { return KeyWriter().number(number).take(); }
inline std::string blob_name(std::uint64_t number) { return "blob/" + std::to_string(number); }

// 10 to 200 KiB of noise; neighbours begin with the same bytes, so that they share chunks.
inline Bytes blob_content(std::uint64_t number) {
  std::mt19937_64 shared(number / 4), own(number);
  Bytes out(10'000 + number * 7919 % 190'000);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::uint8_t>(i < out.size() / 2 ? shared() : own());
  }
  return out;
}

}  // namespace lantai::storage
