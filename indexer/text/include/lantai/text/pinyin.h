// What may a person mean who types letters for Chinese: xiaozhangbangonghui, xzbgh, xiaozbgh, 校长bgh? A row of sounds,
// each a syllable, the beginning of one, or a character that stands for itself; where the letters can be cut in several
// ways (xian: 先, 西安), several rows. A character that is read in several ways (银行, 行政) answers to each of them.
// Source of the readings: pinyin_readings.inc. Immutable, thread-safe. Tests: tests/text/pinyin_test.cc.
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lantai::text {

inline constexpr std::size_t kMaxSyllables = 512;
using Syllables = std::bitset<kMaxSyllables>;

// One character of what is meant: this one, or any that may be read as one of `syllables`. A letter typed is both.
struct Sound {
  char32_t character = 0;  // 0: none
  Syllables syllables;

  bool matches(char32_t folded) const;
  bool operator==(const Sound&) const = default;
};
using SoundRow = std::vector<Sound>;

class SoundPattern {
 public:
  // `typed` as it comes; white space and marks in it mean nothing. nullopt: there is nothing else in it, or it is
  // longer than kMaxTyped characters. At most kMaxRows ways of cutting the letters, the shorter rows first.
  static std::optional<SoundPattern> of_typed(std::string_view typed);
  // What sounds like `text`, Han for Han: for 同音 typing errors. nullopt: a Han character has no known reading, or it
  // is longer than kMaxTyped.
  static std::optional<SoundPattern> sounding_like(std::string_view text);

  const std::vector<SoundRow>& rows() const { return rows_; }  // none of them is empty
  // Where first in a folded text: [begin, end) of its characters. The sounds stand next to one another there;
  // marks and spaces between them are passed over.
  std::optional<std::pair<std::size_t, std::size_t>> find(std::u32string_view folded) const;

  static constexpr std::size_t kMaxTyped = 64;
  static constexpr std::size_t kMaxRows = 32;

 private:
  explicit SoundPattern(std::vector<SoundRow> rows) : rows_(std::move(rows)) {}
  std::vector<SoundRow> rows_;
};

// The readings of a folded character, none if it has none. v stands for ü.
std::vector<std::string> readings_of(char32_t folded);

}  // namespace lantai::text
