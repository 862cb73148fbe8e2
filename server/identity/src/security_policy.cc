#include "lantai/identity/security_policy.h"

#include <algorithm>

#include "lantai/base/error.h"

namespace lantai::identity {
namespace {

using schema::Json;

[[noreturn]] void wrong_kind(const std::string& member, const char* kind) {
  throw Error("a member of the wrong kind", {FieldProblem{member, "field.wrong_kind", {{"kind", kind}}}});
}

void take(const std::string& member, const Json& value, bool& into) {
  if (!value.is_boolean()) wrong_kind(member, "flag");
  into = value.get<bool>();
}

void take(const std::string& member, const Json& value, unsigned least, unsigned most, unsigned& into) {
  if (!value.is_number_integer()) wrong_kind(member, "number");
  const auto number = value.get<std::int64_t>();
  if (number < least) throw Error("too small", {{member, "field.too_small", {{"min", std::to_string(least)}}}});
  if (number > most) throw Error("too large", {{member, "field.too_large", {{"max", std::to_string(most)}}}});
  into = static_cast<unsigned>(number);
}

void take(const std::string& member, const Json& value, std::set<std::string>& into) {
  if (!value.is_array()) wrong_kind(member, "list");
  std::set<std::string> roles;
  for (const auto& one : value) {
    if (!one.is_string()) wrong_kind(member, "text");
    roles.insert(one.get<std::string>());
  }
  into = std::move(roles);
}

}  // namespace

bool combines_officers(const std::set<std::string>& roles) {
  const auto office = [](const auto& role) { return officer_roles().contains(role); };
  return roles.size() > 1 && std::any_of(roles.begin(), roles.end(), office);
}

Json to_json(const SecurityPolicy& policy) {
  return {{"officers_combined", policy.officers_combined}, {"second_factor_roles", policy.second_factor_roles},
          {"purpose_roles", policy.purpose_roles},         {"password_characters", policy.password_characters},
          {"password_days", policy.password_days},         {"password_history", policy.password_history}};
}

SecurityPolicy amended(SecurityPolicy policy, const Json& change) {
  if (!change.is_object()) throw Error(ErrorCode::invalid_argument, "not an object", "request.bad_json");
  for (const auto& [member, value] : change.items()) {
    if (member == "officers_combined") {
      take(member, value, policy.officers_combined);
    } else if (member == "second_factor_roles") {
      take(member, value, policy.second_factor_roles);
    } else if (member == "purpose_roles") {
      take(member, value, policy.purpose_roles);
    } else if (member == "password_characters") {
      take(member, value, kMinPasswordCharacters, kMaxPasswordCharacters, policy.password_characters);
    } else if (member == "password_days") {
      take(member, value, 0, kMaxPasswordDays, policy.password_days);
    } else if (member == "password_history") {
      take(member, value, 0, kMaxPasswordHistory, policy.password_history);
    } else {
      throw Error("unknown", {{member, "field.unknown", {{"name", member}}}});
    }
  }
  return policy;
}

}  // namespace lantai::identity
