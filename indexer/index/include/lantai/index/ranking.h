// How much does a term count for a document that holds it so many times? BM25's part of term frequency and length,
// which searches add up. Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009, section 3.4.
#pragma once

#include <cstdint>

namespace lantai::index {

inline constexpr double kSaturation = 1.2;     // k1
inline constexpr double kLengthWeight = 0.75;  // b

// Of documents, by their length in terms.
class LengthNorm {
 public:
  explicit LengthNorm(double average_length) : each_(kSaturation * kLengthWeight / average_length) {}  // above 0
  double of(std::uint32_t length) const { return kSaturation * (1 - kLengthWeight) + each_ * length; }

 private:
  double each_;
};
// 0 to 1; to be multiplied with the term's weight.
inline double share_of(std::uint32_t count, double norm) { return count / (count + norm); }

}  // namespace lantai::index
