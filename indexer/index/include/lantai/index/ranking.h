// How much does a term count for a document that holds it so many times? BM25's part of term frequency and length,
// which searches add up. Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009, section 3.4.
#pragma once

#include <cstdint>
#include <span>

namespace lantai::index {

inline constexpr double kSaturation = 1.2;     // k1
inline constexpr double kLengthWeight = 0.75;  // b

// Of documents, by their length in terms.
class LengthNorm {
 public:
  explicit LengthNorm(double average_length)  // above 0
      : each_(static_cast<float>(kSaturation * kLengthWeight / average_length)) {}
  float of(std::uint32_t length) const { return kShortest + each_ * static_cast<float>(length); }

 private:
  static constexpr auto kShortest = static_cast<float>(kSaturation * (1 - kLengthWeight));
  float each_;
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
