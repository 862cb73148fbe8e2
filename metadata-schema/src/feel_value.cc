#include "feel_value.h"

#include <charconv>
#include <cmath>

namespace lantai::schema::feel {
namespace {

constexpr std::size_t kMaxJsonDepth = 32;

template <typename T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

Truth equal_lists(const std::vector<Value>& a, const std::vector<Value>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (equal(a[i], b[i]) != Truth(true)) return false;
  return true;
}

Json list_to_json(const std::vector<Value>& elements, std::size_t depth);

Json to_json_at(const Value& value, std::size_t depth) {
  if (const auto* flag = value.get<bool>()) return *flag;
  if (const auto* text = value.get<std::string>()) return *text;
  if (const auto* date = value.get<Date>()) return format_date(*date);
  if (const auto* context = value.get<Context>()) return **context;
  if (const auto* list = value.get<List>()) return list_to_json(**list, depth);
  if (const auto* amount = value.get<double>()) {
    if (std::abs(*amount) < 9e15 && *amount == std::floor(*amount)) return static_cast<std::int64_t>(*amount);
    return *amount;
  }
  return nullptr;
}

Json list_to_json(const std::vector<Value>& elements, std::size_t depth) {
  if (depth > kMaxJsonDepth) return nullptr;
  Json result = Json::array();
  for (const auto& element : elements) result.push_back(to_json_at(element, depth + 1));
  return result;
}

Value from_json_at(const Json& json, std::size_t depth) {
  if (json.is_boolean()) return {json.get<bool>()};
  if (json.is_number()) return number(json.get<double>());
  if (json.is_string()) return {json.get<std::string>()};
  if (json.is_object()) return {std::make_shared<const Json>(json)};
  if (!json.is_array() || depth > kMaxJsonDepth) return {};
  std::vector<Value> elements;
  elements.reserve(json.size());
  for (const auto& element : json) elements.push_back(from_json_at(element, depth + 1));
  return list_of(std::move(elements));
}

}  // namespace

Value list_of(std::vector<Value> elements) { return {std::make_shared<const std::vector<Value>>(std::move(elements))}; }

// Rounding each result to 15 digits makes 0.1 + 0.2 = 0.3, as decimal arithmetic does.
Value number(double value) {
  if (!std::isfinite(value)) return {};
  char text[40];
  const auto written = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, 14);
  double rounded = 0;
  std::from_chars(text, written.ptr, rounded);
  return {rounded == 0 ? 0.0 : rounded};
}

Value truth(Truth value) { return value ? Value{*value} : Value{}; }

Truth as_truth(const Value& value) {
  const auto* flag = value.get<bool>();
  return flag ? Truth(*flag) : std::nullopt;
}

Truth equal(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (a.data.index() != b.data.index()) return std::nullopt;
  if (const auto* list = a.get<List>()) return equal_lists(**list, **b.get<List>());
  if (const auto* context = a.get<Context>()) return **context == **b.get<Context>();
  if (const auto* range = a.get<RangePointer>()) {
    const auto &r = **range, &s = **b.get<RangePointer>();
    return r.low_closed == s.low_closed && r.high_closed == s.high_closed && r.has_low == s.has_low &&
           r.has_high == s.has_high && equal(r.low, s.low) == Truth(true) && equal(r.high, s.high) == Truth(true);
  }
  return a.data == b.data;
}

std::optional<int> compare(const Value& a, const Value& b) {
  if (a.is_null() || a.data.index() != b.data.index()) return std::nullopt;
  if (const auto* amount = a.get<double>()) return three_way(*amount, *b.get<double>());
  if (const auto* date = a.get<Date>()) return three_way(*date, *b.get<Date>());
  // UTF-8 keeps the order of code points.
  if (const auto* text = a.get<std::string>()) return three_way(*text, *b.get<std::string>());
  return std::nullopt;
}

Truth within(const Value& value, const RangeValue& range) {
  Truth above = true, below = true;
  if (range.has_low) {
    const auto order = compare(value, range.low);
    above = order ? Truth(range.low_closed ? *order >= 0 : *order > 0) : std::nullopt;
  }
  if (range.has_high) {
    const auto order = compare(value, range.high);
    below = order ? Truth(range.high_closed ? *order <= 0 : *order < 0) : std::nullopt;
  }
  if (above == Truth(false) || below == Truth(false)) return false;
  return above && below ? Truth(true) : std::nullopt;
}

Truth satisfies(const Value& value, const Value& test) {
  if (const auto* range = test.get<RangePointer>()) return within(value, **range);
  const auto* list = test.get<List>();
  if (!list || value.get<List>()) {
    const auto same = equal(value, test);
    if (same == Truth(true) || !list) return same;
  }
  Truth result = false;
  for (const auto& element : **list) {
    const auto one = element.get<RangePointer>() ? within(value, **element.get<RangePointer>()) : equal(value, element);
    if (one == Truth(true)) return true;
    if (!one && element.get<RangePointer>()) result = std::nullopt;
  }
  return result;
}

Value from_json(const Json& json) { return from_json_at(json, 0); }

Value date_from_json(const Json& json) {
  if (json.is_string()) {
    const auto date = parse_date(json.get_ref<const std::string&>());
    return date ? Value{*date} : Value{};
  }
  if (!json.is_array()) return {};
  std::vector<Value> elements;
  for (const auto& element : json) elements.push_back(element.is_string() ? date_from_json(element) : Value{});
  return list_of(std::move(elements));
}

Json to_json(const Value& value) { return to_json_at(value, 0); }

}  // namespace lantai::schema::feel
