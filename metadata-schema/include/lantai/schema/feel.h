// Which language are conditions written in? FEEL of DMN 1.3 (the subset in docs/formats/feel.md): literals, field
// names, comparison, arithmetic, and/or, not(), in, between, if/then/else, some/every/for, lists, ranges, filters,
// date(), string and list functions. An expression is parsed and type-checked once, when a declaration is loaded;
// evaluation is total: no side effects, no exception, a step limit, and `null` for what cannot be computed. Immutable;
// thread-safe. Use: tests/schema/feel.cc.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "lantai/schema/value.h"

namespace lantai::schema::feel {

struct Node;

enum class Kind { any, null, boolean, number, text, date, list, range, context };

// What a name in scope holds; `element` of lists; `codes`, when set, are the only texts it can be.
struct Type {
  Kind kind = Kind::any;
  Kind element = Kind::any;
  std::shared_ptr<const std::set<std::string, std::less<>>> codes = nullptr;
  bool operator==(const Type&) const = default;
};
using Scope = std::map<std::string, Type, std::less<>>;

constexpr std::size_t kMaxSourceBytes = 8192;
constexpr std::size_t kMaxDepth = 100;      // of nesting
constexpr std::size_t kMaxSteps = 100'000;  // of one evaluation; beyond, the result is null

class Expression {
 public:
  // Throws invalid_argument with the offset of the first fault. Syntax only: what never fits is null when evaluated.
  static Expression parse(std::string_view source);
  // Also refuses names that are not in scope and operations that can never work, such as a date compared with a
  // number or a term with a text that is none of its codes. A text that the scope calls a date is a date.
  static Expression parse(std::string_view source, const Scope& scope);

  // `context`: an object whose members are the names in scope; an absent one is null.
  Json evaluate(const Json& context) const;
  // True only for the value true.
  bool holds(const Json& context) const;
  const std::string& source() const { return source_; }
  Type type() const { return type_; }

 private:
  std::string source_;
  std::shared_ptr<const Node> root_;  // shared: copies of a declaration share the parsed tree
  Type type_;
};

}  // namespace lantai::schema::feel
