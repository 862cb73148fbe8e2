#include "feel_lexer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "feel_node.h"
#include "fold.h"

namespace lantai::schema::feel {
namespace {

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::vector<Token> run() {
    for (skip_blanks(); at_ < source_.size(); skip_blanks()) tokens_.push_back(next());
    tokens_.push_back({Token::Kind::end, "end of expression", 0, source_.size()});
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }

  void skip_blanks() {
    for (;;) {
      while (is_blank(peek())) ++at_;
      if (peek() != '/' || peek(1) != '/') return;
      while (at_ < source_.size() && peek() != '\n') ++at_;
    }
  }

  Token next() {
    const auto c = peek();
    if (is_ascii_digit(c) || (c == '.' && is_ascii_digit(peek(1)))) return number();
    if (c == '"') return text();
    if (is_letter(c)) return name();
    return symbol();
  }

  // `1..3` is a range of whole numbers: a dot belongs to the number only when a digit follows.
  Token number() {
    const auto start = at_;
    while (is_ascii_digit(peek())) ++at_;
    if (peek() == '.' && is_ascii_digit(peek(1))) {
      ++at_;
      while (is_ascii_digit(peek())) ++at_;
    }
    if (is_letter(peek())) fail(at_, "a name does not begin with a digit");
    Token token{Token::Kind::number, std::string(source_.substr(start, at_ - start)), 0, start};
    if (token.text.front() == '.') token.text.insert(0, "0");
    const auto [end, error] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), token.number);
    if (error != std::errc{} || end != token.text.data() + token.text.size()) fail(start, "not a number");
    return token;
  }

  Token text() {
    Token token{Token::Kind::text, {}, 0, at_++};
    while (peek() != '"') {
      if (at_ >= source_.size()) fail(token.offset, "the text has no end");
      if (peek() == '\\') {
        escape(token.text);
      } else {
        token.text.push_back(source_[at_++]);
      }
    }
    ++at_;
    return token;
  }

  void escape(std::string& out) {
    const auto start = at_++;
    const auto c = peek();
    ++at_;
    constexpr std::array<std::pair<char, char>, 6> kPlain{
        {{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'"', '"'}, {'\\', '\\'}, {'\'', '\''}}};
    for (const auto& [letter, meaning] : kPlain)
      if (c == letter) return out.push_back(meaning);
    if (c != 'u') fail(start, "unknown escape");
    unsigned value = 0;
    const auto* first = source_.data() + std::min(at_, source_.size());
    const auto* last = source_.data() + std::min(at_ + 4, source_.size());
    const auto [end, error] = std::from_chars(first, last, value, 16);
    if (error != std::errc{} || end != first + 4 || (value >= 0xD800 && value <= 0xDFFF))
      fail(start, "not a character");
    at_ += 4;
    append_utf8(out, value);
  }

  Token name() {
    const auto start = at_;
    while (is_letter(peek()) || is_ascii_digit(peek())) ++at_;
    return {Token::Kind::name, std::string(source_.substr(start, at_ - start)), 0, start};
  }

  Token symbol() {
    for (const std::string_view two : {"..", "<=", ">=", "!=", "**"})
      if (source_.substr(at_, 2) == two) {
        at_ += 2;
        return {Token::Kind::symbol, std::string(two), 0, at_ - 2};
      }
    if (std::string_view("()[],.+-*/=<>@").find(peek()) == std::string_view::npos || peek() == '\0')
      fail(at_, "unexpected character");
    return {Token::Kind::symbol, std::string(1, source_[at_]), 0, at_++};
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) { return Lexer(source).run(); }

}  // namespace lantai::schema::feel
