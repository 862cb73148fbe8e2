// Which language are conditions written in? FEEL of DMN 1.3 (the subset in docs/formats/feel.md): literals, field
// names, comparison, arithmetic, and/or, not(), in, between, if/then/else, lists, ranges, date(), string and list
// functions. An expression is parsed and type-checked once, when a declaration is loaded; evaluation is total: no side
// effects, no exception, a step limit, and `null` for what cannot be computed. Immutable; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "lantai/schema/value.h"

namespace lantai::schema::feel {

struct Node;

class Expression {
 public:
  // Throws invalid_argument with the offset of the first fault.
  static Expression parse(std::string_view source);

  // `context`: an object whose members are the names in scope.
  Json evaluate(const Json& context) const;
  // True only for the value true.
  bool holds(const Json& context) const;
  const std::string& source() const { return source_; }

 private:
  std::string source_;
  std::shared_ptr<const Node> root_;  // shared: copies of a declaration share the parsed tree
};

}  // namespace lantai::schema::feel
