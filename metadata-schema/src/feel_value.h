// What does a FEEL expression compute with? Values that cost little to copy: null, boolean, number, text, date, list,
// range, context (an object of the record). Comparison is three-valued as in DMN 1.3, tables 42 and 53.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lantai/base/time.h"
#include "lantai/schema/feel.h"

namespace lantai::schema::feel {

struct Value;
using List = std::shared_ptr<const std::vector<Value>>;
using Context = std::shared_ptr<const Json>;

struct RangeValue;
using RangePointer = std::shared_ptr<const RangeValue>;

struct Value {
  std::variant<std::monostate, bool, double, std::string, Date, List, RangePointer, Context> data;

  bool is_null() const { return data.index() == 0; }
  template <typename T>
  const T* get() const {
    return std::get_if<T>(&data);
  }
};

// A missing end is unbounded: the test `> 5` is the range (5..).
struct RangeValue {
  Value low, high;
  bool low_closed = true, high_closed = true;
  bool has_low = true, has_high = true;
};

using Truth = std::optional<bool>;  // nullopt: null

Value list_of(std::vector<Value> elements);
Value number(double value);  // rounded to 15 significant digits; null when not finite
Value truth(Truth value);
Truth as_truth(const Value& value);  // null for what is not boolean

Truth equal(const Value& a, const Value& b);
// a < b, a = b, a > b as -1, 0, 1; nullopt: not comparable.
std::optional<int> compare(const Value& a, const Value& b);
Truth within(const Value& value, const RangeValue& range);
// `value in test`: equal to it, within it, or in one of its elements.
Truth satisfies(const Value& value, const Value& test);

Value from_json(const Json& json);
Value date_from_json(const Json& json);  // texts that are dates become dates, in lists too; other texts null
Json to_json(const Value& value);

}  // namespace lantai::schema::feel
