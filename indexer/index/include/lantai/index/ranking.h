// How much does a term count for a document that holds it so many times? BM25's part of term frequency and length,
// which searches add up. Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009, section 3.4.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>

namespace lantai::index {

inline constexpr double kSaturation = 1.2;     // k1
inline constexpr double kLengthWeight = 0.75;  // b

// Of a document, in terms: exact below 32, then to the nearest of sixteen steps between powers of two, half a million
// at most. A byte, so that those of a million documents stay near the processor.
class Length {
 public:
  static constexpr std::size_t kDifferent = 256;
  Length() = default;
  explicit constexpr Length(std::uint32_t terms) {
    const auto above = static_cast<unsigned>(std::max(0, static_cast<int>(std::bit_width(terms)) - kPrecise));
    code_ = above > kMostAbove ? 255 : static_cast<std::uint8_t>(above * kSteps + (terms >> above));
  }
  constexpr std::uint32_t terms() const {
    if (code_ < 2 * kSteps) return code_;
    const unsigned above = code_ / kSteps - 1;
    return ((kSteps + code_ % kSteps) << above) + (1U << above) / 2;
  }
  static constexpr Length of_code(std::uint8_t code) {
    Length length;
    length.code_ = code;
    return length;
  }
  constexpr std::uint8_t code() const { return code_; }

 private:
  static constexpr unsigned kSteps = 16, kMostAbove = 14;
  static constexpr int kPrecise = 5;  // bits
  std::uint8_t code_ = 0;
};

// Of documents, by their length.
class LengthNorm {
 public:
  explicit LengthNorm(double average_length) {  // above 0
    const double each = kSaturation * kLengthWeight / average_length;
    for (std::size_t code = 0; code < norms_.size(); ++code) {
      const auto terms = Length::of_code(static_cast<std::uint8_t>(code)).terms();
      norms_[code] = static_cast<float>(kSaturation * (1 - kLengthWeight) + each * terms);
    }
  }
  float of(Length length) const { return norms_[length.code()]; }

 private:
  std::array<float, Length::kDifferent> norms_;
};

// To as many scores as there are, what a term of this weight is worth where a document of such a norm holds it so many
// times: 0 to 1 times the weight. Sixteen at a time, as processors divide several at once.
inline void add_shares(float weight, const std::uint8_t* __restrict counts, const float* __restrict norms,
                       std::span<float> to) {
  constexpr std::size_t kAtOnce = 16;
  float* __restrict scores = to.data();
  const auto add = [&](std::size_t at) {
    const float count = counts[at];
    scores[at] += weight * (count / (count + norms[at]));
  };
  std::size_t at = 0;
  for (; at + kAtOnce <= to.size(); at += kAtOnce)
    for (std::size_t i = 0; i < kAtOnce; ++i) add(at + i);
  for (; at < to.size(); ++at) add(at);
}

}  // namespace lantai::index
