#include "lantai/text/pinyin.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "lantai/text/folding.h"

namespace lantai::text {
namespace {

constexpr std::string_view kReadings =
#include "pinyin_readings.inc"
    ;

// Letters that may stand for a syllable they begin, beside single ones.
constexpr std::array<std::string_view, 3> kDoubleInitials = {"zh", "ch", "sh"};

class Readings {
 public:
  static const Readings& get() {
    static const Readings readings;
    return readings;
  }
  const std::vector<std::string_view>& syllables() const { return syllables_; }
  const Syllables& of(char32_t folded) const {
    static const Syllables none;
    const auto found = characters_.find(folded);
    return found == characters_.end() ? none : found->second;
  }
  // Every syllable that begins with `letters`; only itself, if `whole`.
  Syllables matching(std::string_view letters, bool whole) const {
    Syllables found;
    for (std::size_t i = 0; i < syllables_.size(); ++i) {
      if (whole ? syllables_[i] == letters : syllables_[i].starts_with(letters)) found.set(i);
    }
    return found;
  }

 private:
  Readings() {
    for (std::string_view rest = kReadings; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const auto space = line.find(' ');
      const std::size_t number = syllables_.size();
      syllables_.push_back(line.substr(0, space));
      for (const char32_t c : to_utf32(line.substr(space + 1))) {
        characters_[c].set(number);
        const auto folded = fold_only(to_utf8(std::u32string_view(&c, 1)));
        if (folded.size() == 1) characters_[folded[0]].set(number);
      }
    }
  }
  std::vector<std::string_view> syllables_;
  std::unordered_map<char32_t, Syllables> characters_;
};

bool is_letter(char32_t c) { return c >= U'a' && c <= U'z'; }

// The ways to cut a run of letters into syllables and beginnings of syllables, shorter rows first. A beginning is an
// initial, or what stands last.
class Cutter {
 public:
  explicit Cutter(std::string_view letters) : letters_(letters) {}

  std::vector<SoundRow> rows() {
    // The shortest rows, and those one sound longer: 西安 beside 先, but not x-i-a-n's every reading.
    for (std::size_t length = 1; length <= letters_.size() && (shortest_ == 0 || length <= shortest_ + 1); ++length) {
      length_ = length;
      row_.clear();
      cut(0);
      if (shortest_ == 0 && !rows_.empty()) shortest_ = length;
    }
    SoundRow as_written;  // an English word
    for (const char letter : letters_) as_written.push_back({static_cast<char32_t>(letter), {}});
    if (letters_.size() > 1) rows_.push_back(std::move(as_written));
    return std::move(rows_);
  }

 private:
  static constexpr std::size_t kLongestSyllable = 6;
  static constexpr std::size_t kMaxSteps = 20'000;

  void cut(std::size_t at) {
    if (rows_.size() + 1 == SoundPattern::kMaxRows || ++steps_ > kMaxSteps) return;
    if (at == letters_.size()) {
      if (row_.size() == length_) rows_.push_back(row_);
      return;
    }
    const std::size_t left = letters_.size() - at;
    if (row_.size() == length_ || left > (length_ - row_.size()) * kLongestSyllable) return;
    for (std::size_t size = std::min(kLongestSyllable, left); size > 0; --size) {
      const auto piece = letters_.substr(at, size);
      const bool initial =
          size == 1 || std::find(kDoubleInitials.begin(), kDoubleInitials.end(), piece) != kDoubleInitials.end();
      Syllables found = Readings::get().matching(piece, true);
      if (initial || size == left) found |= Readings::get().matching(piece, false);
      if (size > 1 && found.none()) continue;
      row_.push_back({size == 1 ? static_cast<char32_t>(piece[0]) : 0, found});
      cut(at + size);
      row_.pop_back();
    }
  }

  std::string_view letters_;
  std::size_t length_ = 0, shortest_ = 0, steps_ = 0;
  SoundRow row_;
  std::vector<SoundRow> rows_;
};

// Each row of the one followed by each of the other.
std::vector<SoundRow> followed_by(const std::vector<SoundRow>& rows, const std::vector<SoundRow>& more) {
  std::vector<SoundRow> all;
  for (const auto& first : rows) {
    for (const auto& second : more) {
      if (all.size() == SoundPattern::kMaxRows) return all;
      all.push_back(first);
      all.back().insert(all.back().end(), second.begin(), second.end());
    }
  }
  return all;
}

// How far `row` goes from `at`, marks passed over; nullopt: not there.
std::optional<std::size_t> end_of(const SoundRow& row, std::u32string_view folded, std::size_t at) {
  for (const auto& sound : row) {
    while (&sound != &row.front() && at < folded.size() && !is_word_char(folded[at])) ++at;
    if (at == folded.size() || !sound.matches(folded[at])) return std::nullopt;
    ++at;
  }
  return at;
}

}  // namespace

bool Sound::matches(char32_t folded) const {
  if (character != 0 && character == folded) return true;
  return syllables.any() && (Readings::get().of(folded) & syllables).any();
}

std::optional<SoundPattern> SoundPattern::of_typed(std::string_view typed) {
  const std::u32string folded = fold_only(typed);
  if (folded.size() > kMaxTyped) return std::nullopt;
  std::vector<SoundRow> rows(1);
  for (std::size_t at = 0; at < folded.size();) {
    const char32_t c = folded[at];
    if (!is_letter(c)) {
      ++at;
      if (is_word_char(c)) rows = followed_by(rows, {{{c, {}}}});
      continue;
    }
    std::string letters;
    while (at < folded.size() && is_letter(folded[at])) letters += static_cast<char>(folded[at++]);
    rows = followed_by(rows, Cutter(letters).rows());
    if (rows.empty()) return std::nullopt;
  }
  if (rows.front().empty()) return std::nullopt;
  return SoundPattern(std::move(rows));
}

std::optional<SoundPattern> SoundPattern::sounding_like(std::string_view text) {
  const std::u32string folded = fold_only(text);
  if (folded.size() > kMaxTyped) return std::nullopt;
  SoundRow row;
  for (const char32_t c : folded) {
    if (!is_word_char(c)) continue;
    if (!is_han(c)) {
      row.push_back({c, {}});
      continue;
    }
    const Syllables& syllables = Readings::get().of(c);
    if (syllables.none()) return std::nullopt;
    row.push_back({0, syllables});
  }
  if (row.empty()) return std::nullopt;
  return SoundPattern({row});
}

std::optional<std::pair<std::size_t, std::size_t>> SoundPattern::find(std::u32string_view folded) const {
  for (std::size_t at = 0; at < folded.size(); ++at) {
    for (const auto& row : rows_) {
      if (const auto end = end_of(row, folded, at)) return std::pair{at, *end};
    }
  }
  return std::nullopt;
}

std::vector<std::string> readings_of(char32_t folded) {
  std::vector<std::string> readings;
  const Syllables& syllables = Readings::get().of(folded);
  for (std::size_t i = 0; i < Readings::get().syllables().size(); ++i) {
    if (syllables[i]) readings.emplace_back(Readings::get().syllables()[i]);
  }
  return readings;
}

}  // namespace lantai::text
