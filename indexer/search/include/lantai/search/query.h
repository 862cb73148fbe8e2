// What did a person mean by what they typed? (docs: indexer/search/README.md has the language.) Bad syntax is never an
// error for a person: it becomes text to search for, and a hint. Pure and thread-safe; time linear in the query.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/search/searcher.h"

namespace lantai::search {

inline constexpr std::size_t kMaxQueryBytes = 64 * 1024;
inline constexpr std::size_t kMaxDepth = 40;
inline constexpr std::size_t kMaxLeaves = 1000;
inline constexpr std::size_t kMaxNear = 16;         // pieces near each other
inline constexpr std::size_t kNearDistance = 20;    // unless a number is given
inline constexpr std::size_t kMaxDistance = 1'000;  // more is taken for this

struct QueryNode {
  enum class Kind {
    everything,  // an empty query
    text,        // typed without quotes
    phrase,      // in quotes
    code,        // a 文号 or 档号
    prefix,      // ends in *
    near,        // children of kind text, phrase or code stand near each other; of one alone its words do
    range,       // from..to, of a field
    all_of,
    any_of,
    none_of,  // one child
  };
  Kind kind = Kind::everything;
  std::string field;  // declared name, or empty: anywhere
  std::string text;   // as typed, without quotes and star
  std::string from, to;
  std::size_t distance = 0;  // near: so many characters may stand between them
  std::vector<QueryNode> children;
};

struct ParsedQuery {
  QueryNode root;
  bool boolean = false;  // operators were used: every leaf is meant exactly
  std::vector<Hint> hints;
};

struct FieldNames {
  std::shared_ptr<const FieldAliases> aliases;       // nullptr: none
  std::function<bool(const std::string&)> is_field;  // a declared name; empty: none are known

  // The declared name for what was typed before the colon; empty: none.
  std::string resolve(std::string_view label) const;
};

// `strict`: throws invalid_argument with the hint's code as message id and arguments `detail` and `position` (byte).
ParsedQuery parse_query(std::string_view query, const FieldNames& names, bool strict = false);

}  // namespace lantai::search
