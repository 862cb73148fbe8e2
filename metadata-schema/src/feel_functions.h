// Which functions do conditions have? Those of DMN 1.3, 10.3.4, that this table names.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "feel_value.h"

namespace lantai::schema::feel {

struct Function {
  std::string_view name;  // may hold a space: `string length`
  std::size_t min_arguments, max_arguments;
  std::vector<Kind> parameters;  // kinds by position, the last for all further ones; any: whatever
  Kind result;
  Value (*apply)(const std::vector<Value>& arguments);  // null for what does not fit
};

const std::vector<Function>& functions();
const Function* find_function(std::string_view name);

}  // namespace lantai::schema::feel
