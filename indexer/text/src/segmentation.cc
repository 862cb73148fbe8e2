#include "lantai/text/segmentation.h"

#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include "lantai/base/error.h"
#include "lantai/text/folding.h"

namespace lantai::text {

struct Segmenter::State {
  std::unique_ptr<icu::BreakIterator> breaks;
  icu::UnicodeString text;
  std::u16string utf16;
};

Segmenter::Segmenter() : state_(std::make_unique<State>()) {
  UErrorCode status = U_ZERO_ERROR;
  state_->breaks.reset(icu::BreakIterator::createWordInstance(icu::Locale::getSimplifiedChinese(), status));
  if (U_FAILURE(status) != 0) throw Error(ErrorCode::internal, "ICU has no word break iterator");
}

Segmenter::~Segmenter() = default;
Segmenter::Segmenter(Segmenter&&) noexcept = default;
Segmenter& Segmenter::operator=(Segmenter&&) noexcept = default;

namespace {

std::size_t run_end(std::u32string_view text, std::size_t begin, bool han) {
  std::size_t end = begin;
  while (end < text.size() && is_han(text[end]) == han && (han || is_word_char(text[end]))) ++end;
  return end;
}

}  // namespace

void Segmenter::words(std::u32string_view folded, std::vector<Word>& out) {
  out.clear();
  for (std::size_t at = 0; at < folded.size();) {
    const bool han = is_han(folded[at]);
    const std::size_t end = run_end(folded, at, han);
    if (end == at) {
      ++at;
      continue;
    }
    if (!han || end - at == 1) {
      out.push_back({at, end, han});
      at = end;
      continue;
    }
    std::u16string& utf16 = state_->utf16;
    utf16.clear();
    for (std::size_t i = at; i < end; ++i) {
      const char32_t c = folded[i];
      if (c < 0x10000) {
        utf16.push_back(static_cast<char16_t>(c));
      } else {
        utf16.push_back(static_cast<char16_t>(0xD7C0U + (c >> 10U)));
        utf16.push_back(static_cast<char16_t>(0xDC00U + (c & 0x3FFU)));
      }
    }
    state_->text.setTo(false, utf16.data(), static_cast<std::int32_t>(utf16.size()));
    state_->breaks->setText(state_->text);
    std::size_t unit = 0;
    std::size_t begin = at;
    for (std::int32_t stop = state_->breaks->next(); stop != icu::BreakIterator::DONE; stop = state_->breaks->next()) {
      std::size_t cursor = begin;
      while (unit < static_cast<std::size_t>(stop)) unit += folded[cursor++] < 0x10000 ? 1 : 2;
      out.push_back({begin, cursor, true});
      begin = cursor;
    }
    at = end;
  }
}

void leave_out_unknown_names(std::vector<Word>& words) {
  constexpr std::size_t kMostInARow = 3;
  const auto alone = [](const Word& word) { return word.han && word.end - word.begin == 1; };
  std::size_t kept = 0;
  for (std::size_t begin = 0; begin < words.size();) {
    std::size_t end = begin + 1;
    while (alone(words[begin]) && end < words.size() && alone(words[end]) && words[end].begin == words[end - 1].end)
      ++end;
    const bool unknown = end - begin > kMostInARow;
    for (; begin < end; ++begin)
      if (!unknown) words[kept++] = words[begin];
  }
  words.resize(kept);
}

}  // namespace lantai::text
