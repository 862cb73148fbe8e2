#include "feel_functions.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "fold.h"

namespace lantai::schema::feel {
namespace {

using Arguments = std::vector<Value>;

const std::string* text(const Arguments& a, std::size_t i) { return i < a.size() ? a[i].get<std::string>() : nullptr; }
const double* amount(const Arguments& a, std::size_t i) { return i < a.size() ? a[i].get<double>() : nullptr; }

// min(1, 2) and min([1, 2]) mean the same.
std::vector<Value> elements(const Arguments& a) {
  if (a.size() == 1)
    if (const auto* list = a[0].get<List>()) return **list;
  return a;
}

// FEEL takes a single value where a list is wanted as a list of one.
std::vector<Value> as_list(const Value& value) {
  if (const auto* list = value.get<List>()) return **list;
  return {value};
}

Value negation(const Arguments& a) {
  const auto value = as_truth(a[0]);
  return value ? Value{!*value} : Value{};
}

Value to_date(const Arguments& a) {
  if (a.size() == 1) {
    if (a[0].get<Date>()) return a[0];
    const auto date = text(a, 0) ? parse_date(*text(a, 0)) : std::nullopt;
    return date ? Value{*date} : Value{};
  }
  if (a.size() != 3 || !amount(a, 0) || !amount(a, 1) || !amount(a, 2)) return {};
  const auto whole = [](double d, double low, double high) { return d >= low && d <= high && d == std::floor(d); };
  if (!whole(*amount(a, 0), 1, 9999) || !whole(*amount(a, 1), 1, 12) || !whole(*amount(a, 2), 1, 31)) return {};
  const auto date =
      parse_date(format_date({static_cast<std::int16_t>(*amount(a, 0)), static_cast<std::uint8_t>(*amount(a, 1)),
                              static_cast<std::uint8_t>(*amount(a, 2))}));
  return date ? Value{*date} : Value{};
}

Value to_text(const Arguments& a) {
  if (a[0].is_null()) return {};
  if (a[0].get<std::string>()) return a[0];
  const auto json = to_json(a[0]);
  return {json.is_string() ? json.get<std::string>() : json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

Value to_number(const Arguments& a) {
  if (amount(a, 0)) return a[0];
  if (!text(a, 0) || text(a, 0)->empty()) return {};
  const auto& digits = *text(a, 0);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && end == digits.data() + digits.size() ? number(value) : Value{};
}

Value string_length(const Arguments& a) {
  return text(a, 0) ? number(static_cast<double>(code_points(*text(a, 0)).size())) : Value{};
}

std::string from_points(const std::vector<char32_t>& points, std::size_t first, std::size_t last) {
  std::string result;
  for (; first < last; ++first) append_utf8(result, points[first]);
  return result;
}

// Positions count from 1, negative ones from the end.
Value substring(const Arguments& a) {
  if (!text(a, 0) || !amount(a, 1) || (a.size() == 3 && !amount(a, 2))) return {};
  const auto points = code_points(*text(a, 0));
  const auto size = static_cast<double>(points.size());
  const auto start = std::trunc(*amount(a, 1));
  if (start == 0 || std::abs(start) > size) return {};
  const auto first = start > 0 ? start - 1 : size + start;
  const auto count = a.size() == 3 ? std::trunc(*amount(a, 2)) : size;
  if (count < 1) return {};
  return {
      from_points(points, static_cast<std::size_t>(first), static_cast<std::size_t>(std::min(size, first + count)))};
}

template <typename F>
Value cased(const Arguments& a, F change) {
  if (!text(a, 0)) return {};
  auto result = *text(a, 0);
  std::transform(result.begin(), result.end(), result.begin(), change);
  return {std::move(result)};
}

Value upper_case(const Arguments& a) {
  return cased(a, [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
}

Value lower_case(const Arguments& a) {
  return cased(a, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
}

template <typename F>
Value both_texts(const Arguments& a, F test) {
  return text(a, 0) && text(a, 1) ? test(*text(a, 0), *text(a, 1)) : Value{};
}

Value contains(const Arguments& a) {
  return both_texts(a, [](const auto& s, const auto& part) { return Value{s.find(part) != std::string::npos}; });
}

Value starts_with(const Arguments& a) {
  return both_texts(a, [](const auto& s, const auto& part) { return Value{s.starts_with(part)}; });
}

Value ends_with(const Arguments& a) {
  return both_texts(a, [](const auto& s, const auto& part) { return Value{s.ends_with(part)}; });
}

Value substring_before(const Arguments& a) {
  return both_texts(a, [](const auto& s, const auto& part) {
    const auto at = s.find(part);
    return Value{at == std::string::npos ? std::string{} : s.substr(0, at)};
  });
}

Value substring_after(const Arguments& a) {
  return both_texts(a, [](const auto& s, const auto& part) {
    const auto at = s.find(part);
    return Value{at == std::string::npos ? std::string{} : s.substr(at + part.size())};
  });
}

Value list_contains(const Arguments& a) {
  for (const auto& element : as_list(a[0]))
    if (equal(element, a[1]) == Truth(true)) return {true};
  return {false};
}

Value count(const Arguments& a) { return a[0].is_null() ? Value{} : number(static_cast<double>(as_list(a[0]).size())); }

Value extreme(const Arguments& a, int wanted) {
  const auto values = elements(a);
  if (values.empty()) return {};
  auto best = values[0];
  for (const auto& value : values) {
    const auto order = compare(value, best);
    if (!order) return {};
    if (*order == wanted) best = value;
  }
  return best;
}

Value minimum(const Arguments& a) { return extreme(a, -1); }
Value maximum(const Arguments& a) { return extreme(a, 1); }

Value sum(const Arguments& a) {
  const auto values = elements(a);
  double total = 0;
  for (const auto& value : values) {
    const auto* one = value.get<double>();
    if (!one) return {};
    total += *one;
  }
  return values.empty() ? Value{} : number(total);
}

Value mean(const Arguments& a) {
  const auto total = sum(a);
  const auto* value = total.get<double>();
  return value ? number(*value / static_cast<double>(elements(a).size())) : Value{};
}

// all: false when one is false, true when every one is true (so of none), otherwise null; any: the mirror image.
Value quantified(const Arguments& a, bool decisive) {
  bool unknown = false;
  for (const auto& value : elements(a)) {
    const auto one = as_truth(value);
    if (one == Truth(decisive)) return {decisive};
    unknown = unknown || !one;
  }
  return unknown ? Value{} : Value{!decisive};
}

Value all_of(const Arguments& a) { return quantified(a, false); }
Value any_of(const Arguments& a) { return quantified(a, true); }

Value append(const Arguments& a) {
  auto result = as_list(a[0]);
  result.insert(result.end(), a.begin() + 1, a.end());
  return list_of(std::move(result));
}

Value concatenate(const Arguments& a) {
  std::vector<Value> result;
  for (const auto& argument : a)
    for (auto& element : as_list(argument)) result.push_back(std::move(element));
  return list_of(std::move(result));
}

Value distinct_values(const Arguments& a) {
  std::vector<Value> result;
  for (const auto& element : as_list(a[0])) {
    const auto same = [&](const Value& other) { return equal(element, other) == Truth(true); };
    if (result.size() > 1000) return {};  // comparison is pairwise
    if (std::none_of(result.begin(), result.end(), same)) result.push_back(element);
  }
  return list_of(std::move(result));
}

Value index_of(const Arguments& a) {
  std::vector<Value> result;
  const auto list = as_list(a[0]);
  for (std::size_t i = 0; i < list.size(); ++i)
    if (equal(list[i], a[1]) == Truth(true)) result.push_back(number(static_cast<double>(i + 1)));
  return list_of(std::move(result));
}

Value reversed(const Arguments& a) {
  auto result = as_list(a[0]);
  std::reverse(result.begin(), result.end());
  return list_of(std::move(result));
}

Value absolute(const Arguments& a) { return amount(a, 0) ? number(std::abs(*amount(a, 0))) : Value{}; }
Value floored(const Arguments& a) { return amount(a, 0) ? number(std::floor(*amount(a, 0))) : Value{}; }
Value ceiled(const Arguments& a) { return amount(a, 0) ? number(std::ceil(*amount(a, 0))) : Value{}; }

// The result has the sign of the divisor: modulo(-12, 5) = 3.
Value modulo(const Arguments& a) {
  if (!amount(a, 0) || !amount(a, 1) || *amount(a, 1) == 0) return {};
  return number(*amount(a, 0) - *amount(a, 1) * std::floor(*amount(a, 0) / *amount(a, 1)));
}

}  // namespace

const std::vector<Function>& functions() {
  constexpr auto kMany = std::size_t{100};
  constexpr auto any = Kind::any, flag = Kind::boolean, num = Kind::number, str = Kind::text, lst = Kind::list;
  static const std::vector<Function> table{
      {"not", 1, 1, {flag}, flag, negation},
      {"date", 1, 3, {any, num, num}, Kind::date, to_date},
      {"string", 1, 1, {any}, str, to_text},
      {"number", 1, 1, {any}, num, to_number},
      {"string length", 1, 1, {str}, num, string_length},
      {"substring", 2, 3, {str, num, num}, str, substring},
      {"upper case", 1, 1, {str}, str, upper_case},
      {"lower case", 1, 1, {str}, str, lower_case},
      {"contains", 2, 2, {str, str}, flag, contains},
      {"starts with", 2, 2, {str, str}, flag, starts_with},
      {"ends with", 2, 2, {str, str}, flag, ends_with},
      {"substring before", 2, 2, {str, str}, str, substring_before},
      {"substring after", 2, 2, {str, str}, str, substring_after},
      {"list contains", 2, 2, {any, any}, flag, list_contains},
      {"count", 1, 1, {any}, num, count},
      {"min", 1, kMany, {any}, any, minimum},
      {"max", 1, kMany, {any}, any, maximum},
      {"sum", 1, kMany, {any}, num, sum},
      {"mean", 1, kMany, {any}, num, mean},
      {"all", 1, kMany, {any}, flag, all_of},
      {"any", 1, kMany, {any}, flag, any_of},
      {"append", 2, kMany, {any}, lst, append},
      {"concatenate", 1, kMany, {any}, lst, concatenate},
      {"distinct values", 1, 1, {any}, lst, distinct_values},
      {"index of", 2, 2, {any, any}, lst, index_of},
      {"reverse", 1, 1, {any}, lst, reversed},
      {"abs", 1, 1, {num}, num, absolute},
      {"floor", 1, 1, {num}, num, floored},
      {"ceiling", 1, 1, {num}, num, ceiled},
      {"modulo", 2, 2, {num, num}, num, modulo},
  };
  return table;
}

const Function* find_function(std::string_view name) {
  const auto& table = functions();
  const auto at = std::find_if(table.begin(), table.end(), [&](const auto& f) { return f.name == name; });
  return at == table.end() ? nullptr : &*at;
}

}  // namespace lantai::schema::feel
