// The parsed tree of a FEEL expression. Built by feel_parser, typed by feel_check, walked by feel_eval.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "feel_value.h"

namespace lantai::schema::feel {

enum class Op {
  literal,
  name,   // `name`
  list,   // children
  range,  // low, high; flags in `open_low`, `open_high`; an absent end is null pointer
  all,    // and, n-ary
  any,    // or, n-ary
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  add,
  subtract,
  multiply,
  divide,
  power,
  negate,
  between,  // value, low, high
  in,       // value, test
  when,     // condition, then, else
  some,     // list, condition; `name` is bound
  every,
  each,    // for: list, result
  call,    // `name` is the function
  member,  // value; `name`
  filter,  // list, condition or position
};

struct Node {
  Op op = Op::literal;
  std::size_t offset = 0;
  std::size_t depth = 1;
  std::string name;
  Value literal;
  std::vector<std::unique_ptr<Node>> children;
  bool open_low = false, open_high = false;
  bool is_date = false;  // a name that the scope calls a date
};
using NodePointer = std::unique_ptr<Node>;

[[noreturn]] void fail(std::size_t offset, std::string_view what);

NodePointer parse_tree(std::string_view source);
// The type of the whole, names being what the scope says; marks names that are dates.
Type check(Node& node, const Scope& scope);
Value evaluate_tree(const Node& node, const Json& context);

}  // namespace lantai::schema::feel
