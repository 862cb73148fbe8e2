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

// The top bits depend on all of the last 64 bytes; a cut is where they are all zero. 2^16 is the average: two bits
// stricter before, two laxer after.
constexpr std::uint64_t below_top_bits(unsigned count) { return std::uint64_t{1} << (64U - count); }
constexpr auto kStrict = below_top_bits(18);
constexpr auto kLax = below_top_bits(14);

class Gear {
 public:
  explicit Gear(ByteView bytes) : bytes_(bytes.data()) {}

  void skip(std::size_t at) { hash_ = (hash_ << 1U) + kGear[bytes_[at]]; }

  // The first cut after a byte of [at, end), or 0. Four steps in a row, because the loop's own work costs as much.
  std::size_t cut(std::size_t at, std::size_t end, std::uint64_t limit) {
    const auto cuts_after = [&](std::size_t place) {
      skip(place);
      return hash_ < limit;
    };
    for (; at + 4 <= end; at += 4) {
      if (cuts_after(at)) return at + 1;
      if (cuts_after(at + 1)) return at + 2;
      if (cuts_after(at + 2)) return at + 3;
      if (cuts_after(at + 3)) return at + 4;
    }
    for (; at < end; ++at) {
      if (cuts_after(at)) return at + 1;
    }
    return 0;
  }

 private:
  const std::uint8_t* bytes_;
  std::uint64_t hash_ = 0;
};

}  // namespace

std::size_t first_chunk_length(ByteView bytes) {
  const auto end = std::min(bytes.size(), kMaxChunkBytes);
  if (end <= kMinChunkBytes) return end;
  const auto turn = std::min(end, kAverageChunkBytes);
  Gear gear(bytes);
  // No cut before the minimum, so only the 64 bytes in front of it matter.
  for (auto at = kMinChunkBytes - 64; at < kMinChunkBytes; ++at) gear.skip(at);
  if (const auto cut = gear.cut(kMinChunkBytes, turn, kStrict)) return cut;
  if (const auto cut = gear.cut(turn, end, kLax)) return cut;
  return end;
}

}  // namespace lantai::storage
