// What does a form show of fields that somebody is still typing? Pure; thread-safe; O(fields and rows).
// Used in tests/schema/validate.cc.
#pragma once

#include <string>
#include <vector>

#include "lantai/schema/declaration.h"

namespace lantai::schema {

// Paths as in FieldProblem: `holder`, `checks[1].reason`.
struct FormState {
  std::vector<std::string> hidden;    // do not apply: `visible_if` does not hold
  std::vector<std::string> required;  // must be filled in: `required`, or `required_if` holds
};

// Of fields as `validate` left them, complete or not: what it refused counts as absent.
FormState form_state(const TypeDecl& type, const Json& fields);

}  // namespace lantai::schema
