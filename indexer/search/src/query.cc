#include "lantai/search/query.h"

#include "lantai/base/bytes.h"
#include "lantai/base/error.h"
#include "lantai/text/folding.h"
#include "lexer.h"

namespace lantai::search {
namespace {

struct SyntaxProblem {
  Hint hint;
  std::size_t position;
};

bool is_operand(const Token& token) {
  return token.kind == Token::Kind::word || token.kind == Token::Kind::phrase || token.kind == Token::Kind::code ||
         token.kind == Token::Kind::prefix || token.kind == Token::Kind::near_each_other;
}

// or := and (OR and)* ; and := not ((AND)? not)* ; not := NOT not | near ; near := leaf (NEAR leaf)* ;
// leaf := [field] (word | "phrase" | "pieces"~n | ( or ))
class Parser {
 public:
  explicit Parser(const std::vector<Token>& tokens) : tokens_(tokens) {}

  QueryNode run() {
    QueryNode root = disjunction();
    if (at_ < tokens_.size()) fail("search.unbalanced_parenthesis", tokens_[at_]);
    return root;
  }

 private:
  bool is(Token::Kind kind) const { return at_ < tokens_.size() && tokens_[at_].kind == kind; }
  [[noreturn]] static void fail(const char* code, const Token& token) {
    throw SyntaxProblem{{code, token.text}, token.begin};
  }
  const Token& last() const { return tokens_[at_ < tokens_.size() ? at_ : tokens_.size() - 1]; }

  static QueryNode joined(QueryNode::Kind kind, std::vector<QueryNode> children) {
    if (children.size() == 1) return std::move(children.front());
    QueryNode node;
    node.kind = kind;
    node.children = std::move(children);
    return node;
  }

  QueryNode disjunction() {
    std::vector<QueryNode> children;
    children.push_back(conjunction());
    while (is(Token::Kind::disjunction)) {
      ++at_;
      children.push_back(conjunction());
    }
    return joined(QueryNode::Kind::any_of, std::move(children));
  }

  QueryNode conjunction() {
    std::vector<QueryNode> children;
    children.push_back(negation());
    while (at_ < tokens_.size() && !is(Token::Kind::disjunction) && !is(Token::Kind::close)) {
      if (is(Token::Kind::conjunction)) ++at_;
      children.push_back(negation());
    }
    return joined(QueryNode::Kind::all_of, std::move(children));
  }

  QueryNode negation() {
    bool negative = false;
    while (is(Token::Kind::negation)) {
      negative = !negative;
      ++at_;
    }
    QueryNode node = near();
    if (!negative) return node;
    QueryNode out;
    out.kind = QueryNode::Kind::none_of;
    out.children.push_back(std::move(node));
    return out;
  }

  // A field that stands before the first holds for all of them; the longest distance for the whole chain.
  QueryNode near() {
    QueryNode first = leaf();
    if (!is(Token::Kind::near)) return first;
    QueryNode node;
    node.kind = QueryNode::Kind::near;
    node.field = first.field;
    node.text = first.text;
    node.children.push_back(std::move(first));
    const Token& sign = tokens_[at_];
    while (is(Token::Kind::near)) {
      const Token& next = tokens_[at_++];
      node.distance = std::max(node.distance, next.distance);
      node.text += " " + next.text + " ";
      node.children.push_back(leaf());
      node.text += node.children.back().text;
    }
    for (const auto& child : node.children) {
      const bool piece = child.kind == QueryNode::Kind::text || child.kind == QueryNode::Kind::phrase ||
                         child.kind == QueryNode::Kind::code;
      if (!piece || (!child.field.empty() && child.field != node.field)) fail("search.bad_near", sign);
    }
    if (node.children.size() > kMaxNear) fail("search.too_complex", sign);
    return node;
  }

  // The pieces of a phrase, apart by white space; one alone is what a person would type without quotes.
  QueryNode near_each_other(const Token& token) const {
    QueryNode node;
    node.kind = QueryNode::Kind::near;
    node.field = field_;
    node.text = "\"" + token.text + "\"~" + std::to_string(token.distance);
    node.distance = token.distance;
    for (const auto& piece : pieces_of(token.text)) {
      QueryNode child;
      child.kind = QueryNode::Kind::phrase;
      child.text = piece;
      node.children.push_back(std::move(child));
    }
    if (node.children.size() == 1) node.children.front().kind = QueryNode::Kind::text;
    if (node.children.size() > kMaxNear) fail("search.too_complex", token);
    return node;
  }

  QueryNode leaf() {
    if (tokens_.empty()) return {};
    if (is(Token::Kind::field)) {
      const std::string outer = field_;
      while (is(Token::Kind::field)) field_ = tokens_[at_++].text;
      QueryNode node = leaf();
      field_ = outer;
      return node;
    }
    if (is(Token::Kind::open)) {
      const Token& open = tokens_[at_++];
      if (++depth_ > kMaxDepth) fail("search.too_complex", open);
      QueryNode node = disjunction();
      if (!is(Token::Kind::close)) fail("search.unbalanced_parenthesis", open);
      ++at_;
      --depth_;
      return node;
    }
    if (is(Token::Kind::close)) fail("search.unbalanced_parenthesis", last());
    if (at_ >= tokens_.size() || !is_operand(tokens_[at_])) fail("search.dangling_operator", last());
    return value(tokens_[at_++]);
  }

  QueryNode value(const Token& token) const {
    if (token.kind == Token::Kind::near_each_other) return near_each_other(token);
    QueryNode node;
    node.field = field_;
    node.text = token.text;
    node.kind = token.kind == Token::Kind::phrase   ? QueryNode::Kind::phrase
                : token.kind == Token::Kind::code   ? QueryNode::Kind::code
                : token.kind == Token::Kind::prefix ? QueryNode::Kind::prefix
                                                    : QueryNode::Kind::text;
    const std::size_t dots = token.text.find("..");
    if (node.kind == QueryNode::Kind::phrase || field_.empty() || dots == std::string::npos) return node;
    node.kind = QueryNode::Kind::range;
    node.from = token.text.substr(0, dots);
    node.to = token.text.substr(dots + 2);
    const bool bad = node.to.find("..") != std::string::npos || (node.from.empty() && node.to.empty());
    if (bad) fail("search.bad_range", token);
    return node;
  }

  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::string field_;
};

bool is_operator(const Token& token) {
  return token.kind == Token::Kind::conjunction || token.kind == Token::Kind::disjunction ||
         token.kind == Token::Kind::negation;
}

// Parentheses that group nothing are marks of a sentence that somebody pasted.
bool groups_something(const std::vector<Token>& tokens) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (is_operator(tokens[i])) return true;
    if (tokens[i].kind == Token::Kind::open && i > 0 && tokens[i - 1].kind == Token::Kind::field) return true;
  }
  return false;
}

// Everything that is text, all of it wanted; operators and parentheses fall away.
QueryNode as_text(const std::vector<Token>& tokens) {
  QueryNode node;
  node.kind = QueryNode::Kind::all_of;
  for (const auto& token : tokens) {
    if (!is_operand(token)) continue;
    QueryNode child;
    child.kind = token.kind == Token::Kind::phrase ? QueryNode::Kind::phrase
                 : token.kind == Token::Kind::code ? QueryNode::Kind::code
                                                   : QueryNode::Kind::text;
    child.text = token.text;
    node.children.push_back(std::move(child));
  }
  if (node.children.empty()) return {};
  return node;
}

[[noreturn]] void refuse(const Hint& hint, std::size_t position) {
  throw Error(ErrorCode::invalid_argument, "query: " + hint.code + " at byte " + std::to_string(position), hint.code,
              {{"detail", hint.detail}, {"position", std::to_string(position)}});
}

}  // namespace

std::string FieldNames::resolve(std::string_view label) const {
  if (aliases != nullptr) {
    const auto found = aliases->find(text::to_utf8(text::fold_only(label)));
    if (found != aliases->end()) return found->second;
  }
  const std::string name(label);
  return is_field && is_field(name) ? name : std::string();
}

ParsedQuery parse_query(std::string_view query, const FieldNames& names, bool strict) {
  ParsedQuery out;
  std::string valid = to_valid_utf8(query.substr(0, kMaxQueryBytes));
  LexedQuery lexed = lex(valid, names);
  if (query.size() > kMaxQueryBytes) lexed.problems.push_back({{"search.too_many_terms", ""}, kMaxQueryBytes});
  std::size_t operands = 0;
  for (auto& token : lexed.tokens) operands += is_operand(token) ? 1 : 0;
  if (operands > kMaxLeaves) {
    lexed.problems.push_back({{"search.too_many_terms", ""}, lexed.tokens[kMaxLeaves].begin});
    lexed.tokens.resize(kMaxLeaves);
  }
  for (const auto& [hint, position] : lexed.problems) {
    if (strict) refuse(hint, position);
    out.hints.push_back(hint);
  }
  out.boolean = groups_something(lexed.tokens);
  try {
    out.root = Parser(lexed.tokens).run();
    const auto is_mark = [](const Token& token) {
      return token.kind == Token::Kind::open || token.kind == Token::Kind::close;
    };
    if (!out.boolean && std::erase_if(lexed.tokens, is_mark) > 0) out.root = Parser(lexed.tokens).run();
  } catch (const SyntaxProblem& problem) {
    if (strict) refuse(problem.hint, problem.position);
    out.hints.push_back(problem.hint);
    out.root = as_text(lexed.tokens);
    out.boolean = false;
  }
  return out;
}

}  // namespace lantai::search
