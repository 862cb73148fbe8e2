#include "lexer.h"

#include <algorithm>

#include "lantai/text/code.h"
#include "lantai/text/folding.h"
#include "lantai/text/mention.h"

namespace lantai::search {
namespace {

constexpr std::u32string_view kOpenBrackets = U"〔［[【(（〈";
constexpr std::u32string_view kCloseBrackets = U"〕］]】)）〉";
constexpr std::u32string_view kJoiners = U"-－‐‑–—−·•．.‧・";
constexpr std::u32string_view kDashes = U"-－−";
constexpr std::size_t kLongestDate = 30;

bool one_of(char32_t c, std::u32string_view set) { return set.find(c) != std::u32string_view::npos; }
bool is_space(char32_t c) { return c == U' ' || (c >= 9 && c <= 13) || c == U'\u3000' || c == U'\u00A0'; }
bool is_digit(char32_t c) { return (c >= U'0' && c <= U'9') || (c >= U'０' && c <= U'９'); }
bool is_open(char32_t c) { return c == U'(' || c == U'（'; }
bool is_close(char32_t c) { return c == U')' || c == U'）'; }
bool is_star(char32_t c) { return c == U'*' || c == U'＊'; }

// The closing quotes that may end what `open` began; empty: not an opening quote.
std::u32string_view closing_quotes(char32_t open) {
  switch (open) {
    case U'"':
    case U'＂':
      return U"\"＂”";
    case U'“':
    case U'”':
      return U"”“\"";
    case U'「':
      return U"」";
    case U'『':
      return U"』";
    default:
      return {};
  }
}

class Lexer {
 public:
  Lexer(std::string_view query, const FieldNames& names) : text_(text::to_utf32(query)), names_(names) {
    offsets_.reserve(text_.size() + 1);
    std::string scratch;
    std::size_t at = 0;
    for (const char32_t c : text_) {
      offsets_.push_back(at);
      scratch.clear();
      text::append_utf8(c, scratch);
      at += scratch.size();
    }
    offsets_.push_back(at);
  }

  LexedQuery run() {
    while (true) {
      const std::size_t before = at_;
      skip_space();
      if (at_ == text_.size()) break;
      spaced_ = before != at_ || at_ == 0;
      token();
    }
    settle_quotes_of_a_sentence();
    settle_trailing_operators();
    return std::move(out_);
  }

 private:
  std::string utf8(std::size_t begin, std::size_t end) const {
    return text::to_utf8(std::u32string_view(text_).substr(begin, end - begin));
  }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  void emit(Token::Kind kind, std::string text, std::size_t begin, std::size_t end) {
    out_.tokens.push_back({kind, std::move(text), offsets_[begin], !spaced_});
    at_ = end;
  }
  void problem(const char* code, std::string detail, std::size_t at) {
    out_.problems.push_back({{code, std::move(detail)}, offsets_[at]});
  }
  bool begins_piece() const {
    return spaced_ || out_.tokens.empty() || out_.tokens.back().kind == Token::Kind::open ||
           out_.tokens.back().kind == Token::Kind::field || out_.tokens.back().kind == Token::Kind::negation;
  }

  void token() {
    const char32_t c = text_[at_];
    if (!closing_quotes(c).empty()) return quoted();
    if (one_of(c, U"」』")) {
      ++at_;
      return;
    }
    if (is_open(c)) return emit(Token::Kind::open, "(", at_, at_ + 1);
    if (is_close(c)) return emit(Token::Kind::close, ")", at_, at_ + 1);
    if (one_of(c, kDashes) && begins_piece() && at_ + 1 < text_.size() && !is_space(text_[at_ + 1]) &&
        !one_of(text_[at_ + 1], kJoiners)) {
      return emit(Token::Kind::negation, "-", at_, at_ + 1);
    }
    if (const std::size_t end = code_end(); end != at_) return emit(Token::Kind::code, utf8(at_, end), at_, end);
    word();
  }

  void quoted() {
    const std::u32string_view closing = closing_quotes(text_[at_]);
    std::size_t end = at_ + 1;
    while (end < text_.size() && !one_of(text_[end], closing)) ++end;
    if (end == text_.size()) {
      problem("search.unbalanced_quote", utf8(at_, text_.size()), at_);
      ++at_;
      return;
    }
    const std::string content = utf8(at_ + 1, end);
    if (text::fold_only(content).empty()) {
      problem("search.empty_phrase", utf8(at_, end + 1), at_);
      at_ = end + 1;
      return;
    }
    if (const std::size_t digits = end + 2; end + 1 < text_.size() && one_of(text_[end + 1], U"~～")) {
      if (const std::size_t stop = skip_digits(digits); stop != digits) {
        emit(Token::Kind::near_each_other, content, at_, stop);
        out_.tokens.back().distance = distance(digits, stop);
        return;
      }
    }
    if (!one_of(text_[at_], U"\"＂")) marks_of_writing_.push_back(out_.tokens.size());
    emit(Token::Kind::phrase, content, at_, end + 1);
  }

  std::size_t distance(std::size_t begin, std::size_t end) const {
    std::size_t value = 0;
    for (std::size_t at = begin; at < end && value < kMaxDistance; ++at)
      value = 10 * value + (text_[at] - (text_[at] >= U'０' ? U'０' : U'0'));
    return std::min(value, kMaxDistance);
  }

  std::size_t code_end() const {
    if (!text::is_word_char(text_[at_])) return at_;
    if (const std::size_t date = date_end(); date != at_) return date;
    const std::size_t number = document_number_end();
    return number != at_ ? number : reference_code_end();
  }

  std::size_t skip(std::size_t at) const {
    while (at < text_.size() && is_space(text_[at])) ++at;
    return at;
  }
  std::size_t skip_digits(std::size_t at) const {
    while (at < text_.size() && is_digit(text_[at])) ++at;
    return at;
  }

  // 代字〔2021〕5号, with spaces anywhere but inside 代字.
  std::size_t document_number_end() const {
    std::size_t at = at_;
    while (at < text_.size() && text::is_word_char(text_[at]) && at - at_ < 40) ++at;
    at = skip(at);
    if (at >= text_.size() || !one_of(text_[at], kOpenBrackets)) return at_;
    at = skip(at + 1);
    const std::size_t year = at;
    at = skip_digits(at);
    if (at - year != 4) return at_;
    at = skip(at);
    if (at >= text_.size() || !one_of(text_[at], kCloseBrackets)) return at_;
    at = skip(at + 1);
    if (at < text_.size() && text_[at] == U'第') at = skip(at + 1);
    const std::size_t serial = at;
    at = skip_digits(at);
    if (at == serial) return at_;
    const std::size_t mark = skip(at);
    if (mark < text_.size() && (text_[mark] == U'号' || text_[mark] == U'號')) return mark + 1;
    return at == text_.size() || is_space(text_[at]) || is_close(text_[at]) ? at : at_;
  }

  // 2021年3月5日, 2021-03-05, … as one piece, unless it begins a range or a prefix.
  std::size_t date_end() const {
    if (!is_digit(text_[at_])) return at_;
    const auto folded = text::fold(utf8(at_, std::min(text_.size(), at_ + kLongestDate)));
    const auto date = text::next_date(text::to_utf8(folded.text), 0);
    if (!date || date->begin != 0) return at_;
    const std::size_t characters = text::to_utf32(text::to_utf8(folded.text).substr(0, date->end)).size();
    const std::size_t bytes = offsets_[at_] + folded.origin[characters];
    std::size_t end = at_;
    while (end < text_.size() && offsets_[end] < bytes) ++end;
    while (end > at_ && is_space(text_[end - 1])) --end;
    const bool goes_on = end < text_.size() && (is_star(text_[end]) || text_[end] == U'.');
    return goes_on ? at_ : end;
  }

  // Parts joined by dashes or dots; a joiner with a space on one side has one on the other.
  std::size_t reference_code_end() const {
    std::size_t at = at_;
    std::size_t end = at_;
    std::size_t joiners = 0;
    while (true) {
      const std::size_t part = at;
      while (at < text_.size() && text::is_word_char(text_[at])) ++at;
      if (at == part) break;
      end = at;
      const std::size_t joiner = skip(at);
      if (joiner >= text_.size() || !one_of(text_[joiner], kJoiners)) break;
      const std::size_t next = skip(joiner + 1);
      if ((joiner != at) != (next != joiner + 1)) break;
      ++joiners;
      at = next;
    }
    if (joiners < 2 || end - at_ > 200) return at_;
    const bool stands_alone = end == text_.size() || is_space(text_[end]) || is_close(text_[end]);
    return stands_alone && text::looks_like_reference_code(utf8(at_, end)) ? end : at_;
  }

  void word() {
    const std::size_t begin = at_;
    std::size_t end = begin;
    while (end < text_.size() && !ends_word(end, begin)) {
      if ((text_[end] == U':' || text_[end] == U'：') && end > begin && field(begin, end)) return;
      ++end;
    }
    if (end == begin) end = begin + 1;
    const std::string content = utf8(begin, end);
    if (operator_word(content, begin, end)) return;
    if (is_star(text_[end - 1])) {
      std::size_t stem = end;
      while (stem > begin && is_star(text_[stem - 1])) --stem;
      if (text::fold_only(utf8(begin, stem)).empty()) {
        problem("search.bad_prefix", content, begin);
        at_ = end;
        return;
      }
      return emit(Token::Kind::prefix, utf8(begin, stem), begin, end);
    }
    emit(Token::Kind::word, content, begin, end);
  }

  bool ends_word(std::size_t at, std::size_t begin) const {
    const char32_t c = text_[at];
    if (at == begin) return false;
    return is_space(c) || is_open(c) || is_close(c) || !closing_quotes(c).empty();
  }

  bool field(std::size_t begin, std::size_t colon) {
    const std::string label = utf8(begin, colon);
    const std::string name = names_.resolve(label);
    const bool has_value = skip(colon + 1) < text_.size();
    if (!name.empty() && has_value) {
      emit(Token::Kind::field, name, begin, colon + 1);
      return true;
    }
    const bool digits = skip_digits(begin) == colon;
    const bool address = colon + 1 < text_.size() && text_[colon + 1] == U'/';
    if (name.empty() && has_value && colon - begin <= 20 && !digits && !address) {
      problem("search.unknown_field", label, begin);
    }
    return false;
  }

  bool operator_word(const std::string& word, std::size_t begin, std::size_t end) {
    const bool alone = begins_piece() && (end == text_.size() || is_space(text_[end]) || is_open(text_[end]));
    if (!alone) return false;
    const bool has_left = !out_.tokens.empty() && out_.tokens.back().kind != Token::Kind::open;
    const bool has_right = skip(end) < text_.size() && !is_close(text_[skip(end)]);
    if (word == "AND" || word == "&&" || (word == "且" && has_left && has_right)) {
      emit(Token::Kind::conjunction, word, begin, end);
    } else if (word == "OR" || word == "||" || (word == "或" && has_left && has_right)) {
      emit(Token::Kind::disjunction, word, begin, end);
    } else if (word == "NOT" || (word == "非" && has_right)) {
      emit(Token::Kind::negation, word, begin, end);
    } else if (word.starts_with("NEAR") && has_left && has_right) {
      const std::size_t slash = begin + 4;
      const bool plain = end == slash;
      if (!plain && (text_[slash] != U'/' || end == slash + 1 || skip_digits(slash + 1) != end)) return false;
      const std::size_t given = plain ? kNearDistance : distance(slash + 1, end);
      emit(Token::Kind::near, word, begin, end);
      out_.tokens.back().distance = given;
    } else {
      return false;
    }
    return true;
  }

  // “” and 「」 with text directly before or behind them are how a sentence is written, which somebody pasted.
  void settle_quotes_of_a_sentence() {
    auto& tokens = out_.tokens;
    const auto is_text = [&](std::size_t at) {
      return tokens[at].kind == Token::Kind::word || tokens[at].kind == Token::Kind::code;
    };
    for (const auto at : marks_of_writing_) {
      const bool behind = at > 0 && tokens[at].glued && is_text(at - 1);
      const bool before = at + 1 < tokens.size() && tokens[at + 1].glued && is_text(at + 1);
      if (behind || before) tokens[at].kind = Token::Kind::word;
    }
  }

  void settle_trailing_operators() {
    while (!out_.tokens.empty() && out_.tokens.back().kind == Token::Kind::field) out_.tokens.pop_back();
  }

  std::u32string text_;
  std::vector<std::size_t> offsets_;
  const FieldNames& names_;
  std::size_t at_ = 0;
  bool spaced_ = true;
  std::vector<std::size_t> marks_of_writing_;  // tokens in quotes that are not typed on a keyboard's own key
  LexedQuery out_;
};

}  // namespace

LexedQuery lex(std::string_view query, const FieldNames& names) { return Lexer(query, names).run(); }

std::vector<std::string> pieces_of(std::string_view phrase) {
  const std::u32string text = text::to_utf32(phrase);
  std::vector<std::string> pieces;
  for (auto begin = text.begin(); begin != text.end();) {
    const auto end = std::find_if(begin, text.end(), is_space);
    std::string piece = text::to_utf8(std::u32string(begin, end));
    if (!text::fold_only(piece).empty()) pieces.push_back(std::move(piece));
    begin = std::find_if_not(end, text.end(), is_space);
  }
  if (pieces.empty()) pieces.emplace_back(phrase);
  return pieces;
}

}  // namespace lantai::search
