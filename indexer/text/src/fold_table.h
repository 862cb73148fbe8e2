// What does one character fold to? A table made once from ICU's normaliser, its traditional → simplified rules and a
// short list of variants, because ICU itself is thirty times slower character by character. Immutable once made.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace lantai::text {

enum class CharClass : std::uint8_t {
  other = 0,      // punctuation, symbols
  space = 1,      // white space and control characters
  word = 2,       // letters, digits, marks that are not Han
  han = 3,        // any plane, with 〇 and 々
  combining = 4,  // composes with what is before it: needs the slow way
  ignorable = 5,  // folds to nothing
};

class FoldTable {
 public:
  static const FoldTable& get();  // made at first use, about 20 ms

  static constexpr char32_t kSize = 0x32400;  // beyond: private use, tags, selectors
  static constexpr std::uint32_t kExpands = 0x80000000U;

  CharClass char_class(char32_t c) const { return c < kSize ? classes_[c] : class_beyond(c); }
  // One character, or kExpands: look it up in expansion().
  std::uint32_t mapped(char32_t c) const { return c < kSize ? map_[c] : c; }
  const std::u32string& expansion(char32_t c) const { return expansions_.at(c); }

  // A starter with what composes with it, through the normaliser and then the table.
  std::u32string fold_sequence(std::u32string_view sequence) const;

 private:
  FoldTable();
  void normalise_all();
  void simplify();
  void add_variants();
  void close();
  static CharClass class_beyond(char32_t c);

  std::vector<std::uint32_t> map_;
  std::vector<CharClass> classes_;
  std::unordered_map<char32_t, std::u32string> expansions_;
};

}  // namespace lantai::text
