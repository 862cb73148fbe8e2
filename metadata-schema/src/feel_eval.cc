// Evaluation is total: what cannot be computed is null, and a condition that takes too many steps is null altogether.
#include <cmath>

#include "feel_functions.h"
#include "feel_node.h"

namespace lantai::schema::feel {
namespace {

constexpr std::size_t kMaxText = 65'536, kMaxElements = 10'000;

class Evaluator {
 public:
  explicit Evaluator(const Json& context) : context_(context) {}

  Value run(const Node& node) {
    auto result = value(node);
    return steps_ > kMaxSteps ? Value{} : result;
  }

 private:
  // False when the steps are used up.
  bool charge(std::size_t cost) {
    steps_ += cost;
    return steps_ <= kMaxSteps;
  }

  Value value(const Node& node) {
    if (!charge(1)) return {};
    switch (node.op) {
      case Op::literal:
        return node.literal;
      case Op::name:
        return name(node);
      case Op::list:
        return list(node);
      case Op::range:
        return range(node);
      case Op::all:
        return decided(node, false);
      case Op::any:
        return decided(node, true);
      case Op::when:
        return value(*node.children[as_truth(child(node, 0)) == Truth(true) ? 1 : 2]);
      case Op::some:
      case Op::every:
      case Op::each:
        return iteration(node);
      case Op::call:
        return call(node);
      case Op::member:
        return member(node, child(node, 0));
      case Op::filter:
        return filter(node);
      case Op::in:
        return in(node);
      default:
        return operation(node);
    }
  }

  Value child(const Node& node, std::size_t i) { return value(*node.children[i]); }

  Value name(const Node& node) {
    for (auto at = locals_.rbegin(); at != locals_.rend(); ++at)
      if (at->first == node.name) return at->second;
    if (!context_.is_object()) return {};
    const auto at = context_.find(node.name);
    if (at == context_.end() || !charge(at->is_array() ? at->size() : 1)) return {};
    return node.is_date ? date_from_json(*at) : from_json(*at);
  }

  Value list(const Node& node) {
    std::vector<Value> elements;
    for (const auto& element : node.children) elements.push_back(value(*element));
    return list_of(std::move(elements));
  }

  Value range(const Node& node) {
    auto made = std::make_shared<RangeValue>();
    made->has_low = node.children[0] != nullptr;
    made->has_high = node.children[1] != nullptr;
    if (made->has_low) made->low = child(node, 0);
    if (made->has_high) made->high = child(node, 1);
    made->low_closed = !node.open_low;
    made->high_closed = !node.open_high;
    return {RangePointer(std::move(made))};
  }

  // and: false as soon as one is false; or: true as soon as one is true; otherwise null if one is not boolean.
  Value decided(const Node& node, bool decisive) {
    bool unknown = false;
    for (const auto& operand : node.children) {
      const auto one = as_truth(value(*operand));
      if (one == Truth(decisive)) return {decisive};
      unknown = unknown || !one;
    }
    return unknown ? Value{} : Value{!decisive};
  }

  Value operation(const Node& node) {
    const auto a = child(node, 0);
    if (node.op == Op::negate) return a.get<double>() ? number(-*a.get<double>()) : Value{};
    const auto b = child(node, 1);
    switch (node.op) {
      case Op::equal:
        return truth(equal(a, b));
      case Op::not_equal: {
        const auto same = equal(a, b);
        return same ? Value{!*same} : Value{};
      }
      case Op::between:
        return truth(within(a, {b, child(node, 2)}));
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
        return ordering(node.op, compare(a, b));
      default:
        return arithmetic(node.op, a, b);
    }
  }

  static Value ordering(Op op, std::optional<int> order) {
    if (!order) return {};
    switch (op) {
      case Op::less:
        return {*order < 0};
      case Op::less_equal:
        return {*order <= 0};
      case Op::greater:
        return {*order > 0};
      default:
        return {*order >= 0};
    }
  }

  Value arithmetic(Op op, const Value& a, const Value& b) {
    const auto *s = a.get<std::string>(), *t = b.get<std::string>();
    if (op == Op::add && s && t) {
      if (s->size() + t->size() > kMaxText || !charge((s->size() + t->size()) / 64)) return {};
      return {*s + *t};
    }
    const auto *x = a.get<double>(), *y = b.get<double>();
    if (!x || !y) return {};
    switch (op) {
      case Op::add:
        return number(*x + *y);
      case Op::subtract:
        return number(*x - *y);
      case Op::multiply:
        return number(*x * *y);
      case Op::divide:
        return *y == 0 ? Value{} : number(*x / *y);
      default:
        return number(std::pow(*x, *y));
    }
  }

  Value in(const Node& node) {
    const auto tested = child(node, 0);
    const auto test = child(node, 1);
    if (const auto* elements = test.get<List>(); elements && !charge((*elements)->size())) return {};
    return truth(satisfies(tested, test));
  }

  // The elements to walk over, paid for; a single value is a list of one, null an empty one.
  std::vector<Value> walked(const Value& given) {
    if (given.is_null()) return {};
    const auto* elements = given.get<List>();
    if (!elements) return {given};
    if (!charge((*elements)->size())) return {};
    return **elements;
  }

  Value iteration(const Node& node) {
    const auto given = child(node, 0);
    if (given.is_null()) return {};
    std::vector<Value> results;
    for (const auto& element : walked(given)) {
      locals_.emplace_back(node.name, element);
      results.push_back(child(node, 1));
      locals_.pop_back();
    }
    if (node.op == Op::each) return results.size() > kMaxElements ? Value{} : list_of(std::move(results));
    bool unknown = false;
    const bool decisive = node.op == Op::some;
    for (const auto& result : results) {
      const auto one = as_truth(result);
      if (one == Truth(decisive)) return {decisive};
      unknown = unknown || !one;
    }
    return unknown ? Value{} : Value{!decisive};
  }

  Value filter(const Node& node) {
    const auto given = child(node, 0);
    const auto elements = walked(given);
    std::vector<Value> kept;
    for (const auto& element : elements) {
      locals_.emplace_back("item", element);
      const auto condition = child(node, 1);
      locals_.pop_back();
      if (const auto* position = condition.get<double>()) return at_position(elements, *position);
      if (as_truth(condition) == Truth(true)) kept.push_back(element);
    }
    return list_of(std::move(kept));
  }

  // From 1, negative from the end; otherwise null.
  static Value at_position(const std::vector<Value>& elements, double position) {
    const auto size = static_cast<double>(elements.size());
    if (position != std::floor(position) || position == 0 || std::abs(position) > size) return {};
    return elements[static_cast<std::size_t>(position > 0 ? position - 1 : size + position)];
  }

  Value member(const Node& node, const Value& of) {
    if (const auto* date = of.get<Date>()) return date_member(*date, node.name);
    if (const auto* context = of.get<Context>()) {
      const auto at = (*context)->find(node.name);
      return at == (*context)->end() ? Value{} : from_json(*at);
    }
    const auto* elements = of.get<List>();
    if (!elements || !charge((*elements)->size())) return {};
    std::vector<Value> members;
    for (const auto& element : **elements) members.push_back(element.get<List>() ? Value{} : member(node, element));
    return list_of(std::move(members));
  }

  static Value date_member(const Date& date, const std::string& name) {
    if (name == "year") return number(date.year);
    if (name == "month") return number(date.month);
    return name == "day" ? number(date.day) : Value{};
  }

  Value call(const Node& node) {
    std::vector<Value> arguments;
    std::size_t cost = 0, total = 0;
    for (const auto& argument : node.children) {
      arguments.push_back(value(*argument));
      if (const auto* elements = arguments.back().get<List>()) total += (*elements)->size();
      if (const auto* text = arguments.back().get<std::string>()) cost += text->size() / 64;
    }
    if (total > kMaxElements || !charge(cost + total)) return {};
    return find_function(node.name)->apply(arguments);
  }

  const Json& context_;
  std::vector<std::pair<std::string, Value>> locals_;
  std::size_t steps_ = 0;
};

}  // namespace

Value evaluate_tree(const Node& node, const Json& context) { return Evaluator(context).run(node); }

}  // namespace lantai::schema::feel
