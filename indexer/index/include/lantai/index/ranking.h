// How much does a term count for a document that holds it so many times? BM25's part of term frequency and length,
// which searches add up. Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009, section 3.4.
#pragma once

#include <cstdint>

namespace lantai::index {

inline constexpr double kSaturation = 1.2;     // k1
inline constexpr double kLengthWeight = 0.75;  // b

// 0 to 1; to be multiplied with the term's weight. `length` in terms, as `average_length`, which is above 0.
inline double length_norm(std::uint32_t length, double average_length) {
  return kSaturation * (1 - kLengthWeight + kLengthWeight * length / average_length);
}
inline double share_of(std::uint32_t count, double norm) { return count / (count + norm); }

}  // namespace lantai::index
