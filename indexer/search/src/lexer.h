// What are the pieces of a query? Words, quoted phrases, codes, operators, parentheses, in any width. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/search/query.h"

namespace lantai::search {

struct Token {
  enum class Kind {
    word,
    phrase,
    code,
    prefix,
    near_each_other,
    field,
    near,
    conjunction,
    disjunction,
    negation,
    open,
    close
  };
  Kind kind = Kind::word;
  std::string text;          // of a field: its declared name
  std::size_t begin = 0;     // bytes in the query
  bool glued = false;        // stands directly after the token before it
  std::size_t distance = 0;  // of near, the operator, and near_each_other, a phrase with `~`
};

struct LexedQuery {
  std::vector<Token> tokens;
  struct Problem {
    Hint hint;
    std::size_t position = 0;
  };
  std::vector<Problem> problems;  // already worked around
};

LexedQuery lex(std::string_view query, const FieldNames& names);
// What stands apart by white space and is more than that; at least one.
std::vector<std::string> pieces_of(std::string_view phrase);

}  // namespace lantai::search
