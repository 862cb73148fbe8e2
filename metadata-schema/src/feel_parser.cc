// Recursive descent over the grammar in docs/formats/feel.md; the functions are named after its rules.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "feel_functions.h"
#include "feel_lexer.h"
#include "feel_node.h"
#include "lantai/base/bytes.h"
#include "lantai/base/error.h"

namespace lantai::schema::feel {
namespace {

constexpr std::array<std::string_view, 15> kKeywords{"and",  "or",      "if",        "then",  "else",
                                                     "in",   "between", "true",      "false", "null",
                                                     "some", "every",   "satisfies", "for",   "return"};

class Parser {
 public:
  explicit Parser(std::string_view source) : tokens_(tokenize(source)) {}

  NodePointer run() {
    auto root = expression();
    if (token().kind != Token::Kind::end) fail(token().offset, fmt::format("unexpected `{}`", token().text));
    return root;
  }

 private:
  // Nesting is bounded so that hostile input cannot exhaust the stack.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.level_ > kMaxDepth) fail(parser_.token().offset, "nested too deeply");
    }
    ~Level() { --parser_.level_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
  };

  const Token& token(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  bool is_symbol(std::string_view text, std::size_t ahead = 0) const {
    return token(ahead).kind == Token::Kind::symbol && token(ahead).text == text;
  }
  bool is_word(std::string_view text) const { return token().kind == Token::Kind::name && token().text == text; }
  bool accept_symbol(std::string_view text) {
    if (!is_symbol(text)) return false;
    ++at_;
    return true;
  }
  bool accept_word(std::string_view text) {
    if (!is_word(text)) return false;
    ++at_;
    return true;
  }
  void expect_symbol(std::string_view text) {
    if (!accept_symbol(text)) fail(token().offset, fmt::format("`{}` is expected, not `{}`", text, token().text));
  }
  void expect_word(std::string_view text) {
    if (!accept_word(text)) fail(token().offset, fmt::format("`{}` is expected, not `{}`", text, token().text));
  }

  static NodePointer finished(NodePointer made) {
    for (const auto& child : made->children)
      if (child) made->depth = std::max(made->depth, child->depth + 1);
    if (made->depth > kMaxDepth) fail(made->offset, "nested too deeply");
    return made;
  }
  template <typename... C>
  static NodePointer node(Op op, std::size_t offset, C&&... children) {
    auto made = std::make_unique<Node>();
    made->op = op;
    made->offset = offset;
    (made->children.push_back(std::forward<C>(children)), ...);
    return finished(std::move(made));
  }
  static NodePointer literal(std::size_t offset, Value value) {
    auto made = node(Op::literal, offset);
    made->literal = std::move(value);
    return made;
  }

  NodePointer expression() {
    const Level level(*this);
    if (is_word("if")) return conditional();
    if (is_word("some") || is_word("every") || is_word("for")) return iteration();
    return disjunction();
  }

  NodePointer conditional() {
    const auto offset = token().offset;
    expect_word("if");
    auto condition = expression();
    expect_word("then");
    auto then = expression();
    expect_word("else");
    auto otherwise = expression();
    return node(Op::when, offset, std::move(condition), std::move(then), std::move(otherwise));
  }

  NodePointer iteration() {
    const auto offset = token().offset;
    const auto word = token().text;
    ++at_;
    auto bound = variable();
    expect_word("in");
    auto list = expression();
    expect_word(word == "for" ? "return" : "satisfies");
    auto body = expression();
    auto made = node(word == "for"    ? Op::each
                     : word == "some" ? Op::some
                                      : Op::every,
                     offset, std::move(list), std::move(body));
    made->name = std::move(bound);
    return made;
  }

  std::string variable() {
    if (token().kind != Token::Kind::name || is_keyword(token().text)) fail(token().offset, "a name is expected");
    return tokens_[at_++].text;
  }

  static bool is_keyword(const std::string& word) {
    return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end();
  }

  NodePointer disjunction() {
    return chain(Op::any, "or", [this] { return chain(Op::all, "and", [this] { return comparison(); }); });
  }

  template <typename F>
  NodePointer chain(Op op, std::string_view word, F operand) {
    auto first = operand();
    if (!is_word(word)) return first;
    auto made = node(op, token().offset, std::move(first));
    while (accept_word(word)) made->children.push_back(operand());
    return finished(std::move(made));
  }

  NodePointer comparison() {
    auto left = additive();
    const auto offset = token().offset;
    if (const auto op = comparison_operator()) return node(*op, offset, std::move(left), additive());
    if (accept_word("between")) {
      auto low = additive();
      expect_word("and");
      return node(Op::between, offset, std::move(left), std::move(low), additive());
    }
    if (accept_word("in")) return node(Op::in, offset, std::move(left), tests());
    return left;
  }

  std::optional<Op> comparison_operator() {
    constexpr std::array<std::pair<std::string_view, Op>, 6> kOperators{{{"=", Op::equal},
                                                                         {"!=", Op::not_equal},
                                                                         {"<", Op::less},
                                                                         {"<=", Op::less_equal},
                                                                         {">", Op::greater},
                                                                         {">=", Op::greater_equal}}};
    for (const auto& [text, op] : kOperators)
      if (accept_symbol(text)) return op;
    return std::nullopt;
  }

  // What may stand behind `in`: one test, or several in parentheses.
  NodePointer tests() {
    const Level level(*this);
    if (!is_symbol("(")) return test();
    const auto offset = token().offset;
    ++at_;
    auto first = test();
    if (accept_symbol("..")) return range(offset, std::move(first), true);  // (1..3] is a range after all
    auto list = node(Op::list, offset, std::move(first));
    while (accept_symbol(",")) list->children.push_back(test());
    expect_symbol(")");
    return finished(std::move(list));
  }

  // `> 5` is the range (5..).
  NodePointer test() {
    const auto offset = token().offset;
    const auto op = is_symbol("=") || is_symbol("!=") ? std::nullopt : comparison_operator();
    if (!op) return additive();
    const bool is_low = *op == Op::greater || *op == Op::greater_equal;
    const bool is_open = *op == Op::greater || *op == Op::less;
    auto end = additive();
    auto made = is_low ? node(Op::range, offset, std::move(end), NodePointer{})
                       : node(Op::range, offset, NodePointer{}, std::move(end));
    made->open_low = is_low && is_open;
    made->open_high = !is_low && is_open;
    return made;
  }

  NodePointer additive() {
    auto left = multiplicative();
    for (;;) {
      const auto offset = token().offset;
      if (accept_symbol("+")) {
        left = node(Op::add, offset, std::move(left), multiplicative());
      } else if (accept_symbol("-")) {
        left = node(Op::subtract, offset, std::move(left), multiplicative());
      } else {
        return left;
      }
    }
  }

  NodePointer multiplicative() {
    auto left = power();
    for (;;) {
      const auto offset = token().offset;
      if (accept_symbol("*")) {
        left = node(Op::multiply, offset, std::move(left), power());
      } else if (accept_symbol("/")) {
        left = node(Op::divide, offset, std::move(left), power());
      } else {
        return left;
      }
    }
  }

  // Unary minus binds tighter than `**`, as the grammar of DMN has it.
  NodePointer power() {
    auto left = unary();
    for (;;) {
      const auto offset = token().offset;
      if (!accept_symbol("**")) return left;
      left = node(Op::power, offset, std::move(left), unary());
    }
  }

  NodePointer unary() {
    const Level level(*this);
    const auto offset = token().offset;
    if (accept_symbol("-")) return node(Op::negate, offset, unary());
    return postfix();
  }

  NodePointer postfix() {
    auto value = primary();
    for (;;) {
      const auto offset = token().offset;
      if (is_symbol(".") && token(1).kind == Token::Kind::name) {
        ++at_;
        value = node(Op::member, offset, std::move(value));
        value->name = tokens_[at_++].text;
      } else if (accept_symbol("[")) {
        auto condition = expression();
        expect_symbol("]");
        value = node(Op::filter, offset, std::move(value), std::move(condition));
      } else {
        return value;
      }
    }
  }

  NodePointer primary() {
    const auto& here = token();
    const auto offset = here.offset;
    switch (here.kind) {
      case Token::Kind::number:
        ++at_;
        return literal(offset, number(here.number));
      case Token::Kind::text:
        ++at_;
        return literal(offset, {here.text});
      case Token::Kind::name:
        return named();
      case Token::Kind::symbol:
        return enclosed();
      case Token::Kind::end:
        break;
    }
    fail(offset, "a value is expected");
  }

  NodePointer named() {
    const auto offset = token().offset;
    if (accept_word("true")) return literal(offset, {true});
    if (accept_word("false")) return literal(offset, {false});
    if (accept_word("null")) return literal(offset, {});
    if (const auto* function = called()) return call(*function, offset);
    if (is_keyword(token().text)) fail(offset, fmt::format("unexpected `{}`", token().text));
    if (is_symbol("(", 1)) fail(offset, fmt::format("there is no function `{}`", token().text));
    auto made = node(Op::name, offset);
    made->name = tokens_[at_++].text;
    return made;
  }

  // Function names may hold a space: `string length(`. Leaves the position at the parenthesis.
  const Function* called() {
    std::string name;
    for (std::size_t words = 0; words < 3 && token(words).kind == Token::Kind::name; ++words) {
      name += (words == 0 ? "" : " ") + token(words).text;
      if (!is_symbol("(", words + 1)) continue;
      const auto* function = find_function(name);
      if (function) at_ += words + 1;
      return function;
    }
    return nullptr;
  }

  NodePointer call(const Function& function, std::size_t offset) {
    auto made = node(Op::call, offset);
    made->name = function.name;
    expect_symbol("(");
    if (!is_symbol(")")) {
      made->children.push_back(expression());
      while (accept_symbol(",")) made->children.push_back(expression());
    }
    expect_symbol(")");
    const auto count = made->children.size();
    if (count < function.min_arguments || count > function.max_arguments)
      fail(offset, fmt::format("`{}` does not take {} arguments", function.name, count));
    return finished(std::move(made));
  }

  // Parentheses, lists, ranges and @"…" literals.
  NodePointer enclosed() {
    const auto offset = token().offset;
    if (accept_symbol("@")) return at_literal(offset);
    const bool open_low = is_symbol("(") || is_symbol("]");
    const bool is_list = is_symbol("[");
    const bool is_group = is_symbol("(");
    if (!open_low && !is_list) fail(offset, fmt::format("unexpected `{}`", token().text));
    ++at_;
    if (is_list && accept_symbol("]")) return node(Op::list, offset);
    auto first = expression();
    if (accept_symbol("..")) return range(offset, std::move(first), open_low);
    if (is_group) {
      expect_symbol(")");
      return first;
    }
    if (!is_list) fail(token().offset, "`..` is expected");
    auto list = node(Op::list, offset, std::move(first));
    while (accept_symbol(",")) list->children.push_back(expression());
    expect_symbol("]");
    return finished(std::move(list));
  }

  NodePointer range(std::size_t offset, NodePointer low, bool open_low) {
    auto high = expression();
    const bool open_high = is_symbol(")");
    if (!open_high && !is_symbol("]")) fail(token().offset, "the end of the range is expected");
    ++at_;
    auto made = node(Op::range, offset, std::move(low), std::move(high));
    made->open_low = open_low;
    made->open_high = open_high;
    return made;
  }

  NodePointer at_literal(std::size_t offset) {
    const auto date = token().kind == Token::Kind::text ? parse_date(token().text) : std::nullopt;
    if (!date) fail(offset, "a date such as @\"2021-03-05\" is expected");
    ++at_;
    return literal(offset, {*date});
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t level_ = 0;
};

}  // namespace

void fail(std::size_t offset, std::string_view what) {
  throw Error(ErrorCode::invalid_argument, fmt::format("condition, offset {}: {}", offset, what));
}

NodePointer parse_tree(std::string_view source) {
  if (source.size() > kMaxSourceBytes) fail(kMaxSourceBytes, "the condition is too long");
  if (!is_valid_utf8(source)) fail(0, "not valid UTF-8");
  return Parser(source).run();
}

Expression Expression::parse(std::string_view source) {
  Expression result;
  result.source_ = source;
  result.root_ = parse_tree(source);
  return result;
}

Expression Expression::parse(std::string_view source, const Scope& scope) {
  Expression result;
  result.source_ = source;
  auto tree = parse_tree(source);
  result.type_ = check(*tree, scope);
  result.root_ = std::move(tree);
  return result;
}

Json Expression::evaluate(const Json& context) const { return to_json(evaluate_tree(*root_, context)); }

bool Expression::holds(const Json& context) const { return as_truth(evaluate_tree(*root_, context)) == Truth(true); }

}  // namespace lantai::schema::feel
