// Which conditions can never work? Names that are not there and kinds that never meet are refused when a declaration is
// loaded, so that evaluation meets only absent values.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "feel_functions.h"
#include "feel_node.h"

namespace lantai::schema::feel {
namespace {

constexpr std::array<std::string_view, 9> kKindNames{"any",  "null", "boolean", "number", "text",
                                                     "date", "list", "range",   "context"};

std::string_view kind_text(Kind kind) { return kKindNames.at(static_cast<std::size_t>(kind)); }

// Whether a value of this kind may turn out to be of that one.
bool may_be(Kind kind, Kind wanted) {
  return kind == wanted || kind == Kind::any || kind == Kind::null || wanted == Kind::any;
}

bool ordered(Kind kind) {
  return kind == Kind::number || kind == Kind::text || kind == Kind::date || kind == Kind::any || kind == Kind::null;
}

Kind common(Kind a, Kind b) {
  if (a == Kind::null) return b;
  return a == b || b == Kind::null ? a : Kind::any;
}

Type of(const Value& value) {
  constexpr std::array<Kind, 8> kKinds{Kind::null, Kind::boolean, Kind::number, Kind::text,
                                       Kind::date, Kind::list,    Kind::range,  Kind::context};
  return {kKinds.at(value.data.index()), Kind::any};
}

class Checker {
 public:
  explicit Checker(const Scope& scope) : scope_(scope) {}

  Type type(Node& node) {
    switch (node.op) {
      case Op::literal:
        return of(node.literal);
      case Op::name:
        return name(node);
      case Op::list:
        return list(node);
      case Op::range:
        return range(node);
      case Op::all:
      case Op::any:
        for (auto& child : node.children) need(*child, Kind::boolean);
        return {Kind::boolean};
      case Op::when:
        return when(node);
      case Op::some:
      case Op::every:
      case Op::each:
        return iteration(node);
      case Op::call:
        return call(node);
      case Op::member:
        return member(node);
      case Op::filter:
        return filter(node);
      case Op::in:
        return in(node);
      default:
        return operation(node);
    }
  }

 private:
  Kind need(Node& node, Kind wanted) {
    const auto found = type(node).kind;
    if (!may_be(found, wanted))
      fail(node.offset, fmt::format("a {} is expected, not a {}", kind_text(wanted), kind_text(found)));
    return found;
  }

  Type operation(Node& node) {
    switch (node.op) {
      case Op::negate:
        need(*node.children[0], Kind::number);
        return {Kind::number};
      case Op::add:
        return sum(node);
      case Op::subtract:
      case Op::multiply:
      case Op::divide:
      case Op::power:
        for (auto& child : node.children) need(*child, Kind::number);
        return {Kind::number};
      default:
        return comparison(node);
    }
  }

  Type sum(Node& node) {
    const auto a = type(*node.children[0]).kind, b = type(*node.children[1]).kind;
    for (const auto kind : {a, b})
      if (!may_be(kind, Kind::number) && !may_be(kind, Kind::text))
        fail(node.offset, fmt::format("a {} cannot be added", kind_text(kind)));
    require_same(node, a, b);
    return {common(a, b)};
  }

  void require_same(const Node& node, Kind a, Kind b) const {
    if (!may_be(a, b) && !may_be(b, a))
      fail(node.offset, fmt::format("a {} and a {} never meet", kind_text(a), kind_text(b)));
  }

  // `secrecy = "机密"` is never true: the record holds the code.
  static void require_codes(const Type& type, const Node& other) {
    if (!type.codes) return;
    if (other.op == Op::list)
      for (const auto& child : other.children) require_codes(type, *child);
    const auto* text = other.op == Op::literal ? other.literal.get<std::string>() : nullptr;
    if (text && type.codes->count(*text) == 0) fail(other.offset, fmt::format("`{}` is none of the codes", *text));
  }

  Type comparison(Node& node) {
    const bool needs_order = node.op != Op::equal && node.op != Op::not_equal;
    Type first;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const auto one = type(*node.children[i]);
      if (needs_order && !ordered(one.kind)) fail(node.offset, fmt::format("a {} has no order", kind_text(one.kind)));
      if (i == 0) first = one;
      require_same(node, first.kind, one.kind);
      if (needs_order || i == 0) continue;
      require_codes(first, *node.children[i]);
      require_codes(one, *node.children[0]);
    }
    return {Kind::boolean};
  }

  Type in(Node& node) {
    const auto value = type(*node.children[0]);
    const auto test = type(*node.children[1]);
    require_codes(value, *node.children[1]);
    if (node.children[0]->op == Op::literal) require_codes(test, *node.children[0]);  // "x" in keywords
    if (test.kind == Kind::list || test.kind == Kind::range) {
      if (value.kind != Kind::list && test.element != Kind::range) require_same(node, value.kind, test.element);
    } else {
      require_same(node, value.kind, test.kind);
    }
    return {Kind::boolean};
  }

  Type name(Node& node) {
    for (auto at = locals_.rbegin(); at != locals_.rend(); ++at)
      if (at->first == node.name) return at->second;
    const auto at = scope_.find(node.name);
    if (at == scope_.end()) fail(node.offset, fmt::format("there is no `{}`", node.name));
    node.is_date = at->second.kind == Kind::date || (at->second.kind == Kind::list && at->second.element == Kind::date);
    return at->second;
  }

  Type list(Node& node) {
    Kind element = node.children.empty() ? Kind::any : Kind::null;
    for (auto& child : node.children) element = common(element, type(*child).kind);
    return {Kind::list, element == Kind::null ? Kind::any : element};
  }

  Type range(Node& node) {
    Kind element = Kind::null;
    for (auto& child : node.children) {
      if (!child) continue;
      const auto kind = type(*child).kind;
      if (!ordered(kind)) fail(node.offset, fmt::format("a {} has no order", kind_text(kind)));
      require_same(node, element, kind);
      element = common(element, kind);
    }
    return {Kind::range, element == Kind::null ? Kind::any : element};
  }

  Type when(Node& node) {
    need(*node.children[0], Kind::boolean);
    const auto a = type(*node.children[1]), b = type(*node.children[2]);
    return {common(a.kind, b.kind), a.element == b.element ? a.element : Kind::any};
  }

  template <typename F>
  Type with_local(const std::string& local, const Type& value, F body) {
    locals_.emplace_back(local, value);
    const Type result = body();
    locals_.pop_back();
    return result;
  }

  // A single value stands for a list of one.
  static Type element_of(const Type& type) {
    return type.kind == Kind::list ? Type{type.element, Kind::any, type.codes} : type;
  }

  Type iteration(Node& node) {
    const auto element = element_of(type(*node.children[0]));
    return with_local(node.name, element, [&]() -> Type {
      if (node.op == Op::each) return {Kind::list, type(*node.children[1]).kind};
      need(*node.children[1], Kind::boolean);
      return {Kind::boolean};
    });
  }

  Type filter(Node& node) {
    const auto element = element_of(type(*node.children[0]));
    return with_local("item", element, [&]() -> Type {
      const auto condition = type(*node.children[1]).kind;
      if (condition == Kind::number) return element;
      if (!may_be(condition, Kind::boolean))
        fail(node.offset, fmt::format("a {} is neither a condition nor a position", kind_text(condition)));
      return condition == Kind::boolean ? Type{Kind::list, element.kind} : Type{};
    });
  }

  Type call(Node& node) {
    const auto& function = *find_function(node.name);
    for (std::size_t i = 0; i < node.children.size(); ++i)
      need(*node.children[i], function.parameters[std::min(i, function.parameters.size() - 1)]);
    return {function.result};
  }

  Type member(Node& node) {
    const auto value = type(*node.children[0]);
    if (value.kind == Kind::date) {
      if (node.name != "year" && node.name != "month" && node.name != "day")
        fail(node.offset, fmt::format("a date has no `{}`", node.name));
      return {Kind::number};
    }
    if (value.kind == Kind::list && may_be(value.element, Kind::context)) return {Kind::list};
    if (!may_be(value.kind, Kind::context))
      fail(node.offset, fmt::format("a {} has no members", kind_text(value.kind)));
    return {};
  }

  const Scope& scope_;
  std::vector<std::pair<std::string, Type>> locals_;
};

}  // namespace

Type check(Node& node, const Scope& scope) { return Checker(scope).type(node); }

}  // namespace lantai::schema::feel
