// Tokens of FEEL. A name is a word of letters, digits and underscores (any script); keywords are names the parser
// knows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lantai::schema::feel {

struct Token {
  enum class Kind { number, text, name, symbol, end };
  Kind kind = Kind::end;
  std::string text;  // of text tokens: the value
  double number = 0;
  std::size_t offset = 0;
};

std::vector<Token> tokenize(std::string_view source);

}  // namespace lantai::schema::feel
