#include "chunker.h"

#include <algorithm>
#include <array>

namespace lantai::storage {
namespace {

// 256 numbers from the SplitMix64 sequence with seed 0x4C616E746169 ("Lantai"); the generator is the documentation.
constexpr std::array<std::uint64_t, 256> make_gear() {
  std::array<std::uint64_t, 256> out{};
  std::uint64_t state = 0x4C616E746169U;
  for (auto& entry : out) {
    state += 0x9E3779B97F4A7C15U;
    auto z = state;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    entry = z ^ (z >> 31U);
  }
  return out;
}

constexpr auto kGear = make_gear();

// The top bits depend on all of the last 64 bytes. 2^16 is the average: one bit pair stricter before, laxer after.
constexpr std::uint64_t top_bits(unsigned count) { return ~std::uint64_t{0} << (64U - count); }
constexpr auto kStrict = top_bits(18);
constexpr auto kLax = top_bits(14);

}  // namespace

std::size_t first_chunk_length(ByteView bytes) {
  const auto end = std::min(bytes.size(), kMaxChunkBytes);
  if (end <= kMinChunkBytes) return end;
  const auto turn = std::min(end, kAverageChunkBytes);
  std::uint64_t hash = 0;
  // No cut before the minimum, so only the 64 bytes in front of it matter.
  std::size_t at = kMinChunkBytes - 64;
  for (; at < kMinChunkBytes; ++at) hash = (hash << 1U) + kGear[bytes[at]];
  for (; at < turn; ++at) {
    hash = (hash << 1U) + kGear[bytes[at]];
    if ((hash & kStrict) == 0) return at + 1;
  }
  for (; at < end; ++at) {
    hash = (hash << 1U) + kGear[bytes[at]];
    if ((hash & kLax) == 0) return at + 1;
  }
  return end;
}

}  // namespace lantai::storage
