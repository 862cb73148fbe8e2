#include "lantai/text/folding.h"

#include <unicode/uversion.h>

#include "fold_table.h"
#include "utf.h"

namespace lantai::text {
namespace {

// Writes folded characters, with or without the way back, and decides which white space survives.
template <bool kWithOrigin>
class Folder {
 public:
  Folder(std::string_view original, std::u32string& text, std::vector<std::uint32_t>* origin)
      : table_(FoldTable::get()), original_(original), text_(text), origin_(origin) {
    text_.reserve(original.size() / 2 + 8);
    if constexpr (kWithOrigin) origin_->reserve(original.size() / 2 + 8);
  }

  void run() {
    for (std::size_t at = 0; at < original_.size();) {
      const std::size_t begin = at;
      const char32_t c = decode(original_, at);
      switch (table_.char_class(c)) {
        case CharClass::space:
          if (!space_) space_at_ = begin;
          space_ = true;
          break;
        case CharClass::ignorable:
          break;
        case CharClass::combining:
          compose(begin, at);
          break;
        default:
          starter(c, begin);
      }
    }
    if constexpr (kWithOrigin) origin_->push_back(static_cast<std::uint32_t>(original_.size()));
  }

 private:
  void starter(char32_t c, std::size_t begin) {
    const std::uint32_t mapped = table_.mapped(c);
    starter_at_ = begin;
    starter_out_ = text_.size();
    starter_space_ = space_;
    if (mapped != FoldTable::kExpands) {
      emit(mapped, begin);
    } else {
      for (const char32_t each : table_.expansion(c)) emit_or_space(each, begin);
    }
  }

  void emit_or_space(char32_t c, std::size_t begin) {
    if (table_.char_class(c) == CharClass::space) {
      if (!space_) space_at_ = begin;
      space_ = true;
    } else {
      emit(c, begin);
    }
  }

  void emit(char32_t c, std::size_t begin) {
    if (space_) {
      space_ = false;
      if (!text_.empty() && is_plain_word(text_.back()) && is_plain_word(c)) put(U' ', space_at_);
    }
    put(c, begin);
  }

  bool is_plain_word(char32_t c) const {
    const CharClass found = table_.char_class(c);
    return found == CharClass::word || found == CharClass::combining;
  }

  void put(char32_t c, std::size_t begin) {
    text_.push_back(c);
    if constexpr (kWithOrigin) origin_->push_back(static_cast<std::uint32_t>(begin));
  }

  // A character that composes with what is before it: take the starter back and fold the whole sequence.
  void compose(std::size_t begin, std::size_t& at) {
    std::size_t from = begin;
    if (!space_ && starter_out_ != kNone && starter_out_ <= text_.size()) {
      from = starter_at_;
      text_.resize(starter_out_);
      if constexpr (kWithOrigin) origin_->resize(starter_out_);
      space_ = starter_space_;
    }
    while (at < original_.size()) {
      std::size_t next = at;
      const CharClass found = table_.char_class(decode(original_, next));
      if (found != CharClass::combining && found != CharClass::ignorable) break;
      at = next;
    }
    std::u32string sequence;
    for (std::size_t i = from; i < at;) sequence.push_back(decode(original_, i));
    for (const char32_t c : table_.fold_sequence(sequence)) emit_or_space(c, from);
    starter_out_ = kNone;
  }

  static constexpr std::size_t kNone = ~std::size_t{0};
  const FoldTable& table_;
  std::string_view original_;
  std::u32string& text_;
  std::vector<std::uint32_t>* origin_;
  bool space_ = false, starter_space_ = false;
  std::size_t space_at_ = 0, starter_at_ = 0, starter_out_ = kNone;
};

}  // namespace

FoldedText fold(std::string_view original) {
  FoldedText out;
  Folder<true>(original, out.text, &out.origin).run();
  return out;
}

std::u32string fold_only(std::string_view original) {
  std::u32string out;
  Folder<false>(original, out, nullptr).run();
  return out;
}

std::string analyser_version() { return "lantai-4/icu-" U_ICU_VERSION; }

}  // namespace lantai::text
