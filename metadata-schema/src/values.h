// What is one value of a field, however a person wrote it? normalise_value gives the kept form or the rule it breaks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "lantai/base/error.h"
#include "lantai/schema/schema.h"

namespace lantai::schema {

std::optional<FieldKind> find_kind(std::string_view name);
std::string_view kind_name(FieldKind kind);

// nullptr: not a regular expression.
std::shared_ptr<const CompiledPattern> compile_pattern(const std::string& pattern);
bool matches(const CompiledPattern& pattern, const std::string& text);

// The value of one field, not of its list; never a table. `problem.field` is left to the caller.
std::variant<Json, FieldProblem> normalise_value(const Schema& schema, const FieldDecl& field, const Json& value,
                                                 std::string_view scheme = {});

}  // namespace lantai::schema
