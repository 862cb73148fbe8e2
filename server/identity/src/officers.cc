#include "officers.h"

#include <algorithm>

#include "lantai/base/error.h"

namespace lantai::identity {
namespace {

bool good_login(std::string_view login) {
  return !login.empty() && login.size() <= kMaxLogin && std::all_of(login.begin(), login.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

bool any_of(const std::set<std::string>& roles, const std::set<std::string>& wanted) {
  return std::any_of(roles.begin(), roles.end(), [&](const auto& role) { return wanted.contains(role); });
}

bool same_rights(const Account& one, const Account& other) {
  return one.roles == other.roles && one.clearance == other.clearance && one.departments == other.departments &&
         one.scope == other.scope && one.departments_by_post == other.departments_by_post;
}

// The security officer, too, may shut somebody out.
bool same_person(const Account& after, const Account& before) {
  return after.login == before.login && after.name == before.name && after.person == before.person &&
         after.signs_in_by == before.signs_in_by && after.must_change_password == before.must_change_password &&
         after.disabled >= before.disabled;
}

}  // namespace

bool holds(const records::Principal& by, const char* role) { return by.service || by.roles.contains(role); }

bool may_change(const records::Principal& by, const Account* before, const Account& after, bool password,
                const SecurityPolicy& policy) {
  static const Account kNobody;
  const auto& was = before == nullptr ? kNobody : *before;
  const bool apart = !policy.officers_combined && !by.service;
  const bool administers = holds(by, "administrator"), grants = holds(by, "security_officer");
  if (!administers && !grants) return false;
  if (!administers && (before == nullptr || password || !same_person(after, was))) return false;
  if (!same_rights(was, after) && (!grants || (apart && by.id == after.id))) return false;
  const bool of_other_officer = any_of(was.roles, officer_roles()) && by.id != after.id;
  return !(password && apart && of_other_officer);
}

void require_known(const std::set<std::string>& roles, const std::set<std::string>& offices) {
  for (const auto& role : roles) {
    if (!officer_roles().contains(role) && !offices.contains(role)) {
      throw Error(ErrorCode::invalid_argument, "there is no such role", "auth.unknown_role", {{"role", role}});
    }
  }
}

void require_good(const Account& account, const Account* before, const SecurityPolicy& policy,
                  const std::set<std::string>& offices) {
  if (!good_login(account.login)) {
    throw Error(ErrorCode::invalid_argument, "the login has other characters than it may", "auth.bad_login");
  }
  require_known(account.roles, offices);
  const bool new_roles = before == nullptr || before->roles != account.roles;
  if (new_roles && !policy.officers_combined && combines_officers(account.roles)) {
    throw Error("officers are kept apart", {FieldProblem{"roles", "auth.officers_apart", {}}});
  }
}

Duty duty_of(const Account& account, const SecurityPolicy& policy, Timestamp now) {
  const auto lifetime = std::int64_t{policy.password_days} * 24 * 3600 * kMicrosPerSecond;
  const bool expired = lifetime != 0 && account.password_set.micros + lifetime <= now.micros;
  const bool kept_here = account.signs_in_by == SignsInBy::password;
  if (kept_here && (account.must_change_password || expired)) return Duty::change_password;
  // The provider asks for whatever it asks for.
  if (account.signs_in_by != SignsInBy::provider && !account.second_factor &&
      any_of(account.roles, policy.second_factor_roles))
    return Duty::set_up_second_factor;
  return Duty::none;
}

}  // namespace lantai::identity
