// What does the office ask of whoever signs in, and may one person hold what is kept apart? One policy for the whole
// store, set by the security officer, each change audited with what was before. Values; the rules are kept by Accounts.
// `amended` throws with field problems, naming the member.
// Used in tests/identity/officers_test.cc; reasons in docs/adr/0059.
#pragma once

#include <set>
#include <string>

#include "lantai/schema/value.h"

namespace lantai::identity {

// The three officers 三员 (档办发〔2017〕3号; GB/T 39784-2021): who runs the system does not read holdings, who grants
// rights does not run it, and who reads the audit log does nothing else. The rest are roles of the office.
inline const std::set<std::string>& officer_roles() {
  static const std::set<std::string> roles{"administrator", "security_officer", "auditor"};
  return roles;
}
// Does one person with these roles hold what is kept apart: two officers, or an officer and a role of the office?
bool combines_officers(const std::set<std::string>& roles);

inline constexpr unsigned kMinPasswordCharacters = 10;
inline constexpr unsigned kMaxPasswordCharacters = 64;  // that may be asked for
inline constexpr unsigned kMaxPasswordDays = 3650;
inline constexpr unsigned kMaxPasswordHistory = 10;

struct SecurityPolicy {
  // A small school may let one person be several officers; until it says so, no account can be made to be.
  bool officers_combined = false;
  std::set<std::string> second_factor_roles;  // whoever holds one of them works only with a second factor
  unsigned password_characters = kMinPasswordCharacters;
  unsigned password_days = 0;           // after so many days another one is chosen; 0: never
  std::set<std::string> purpose_roles;  // whoever holds one of them says what for before searching, and it is audited
  unsigned password_history = 1;        // one's last passwords, the present one included, that are not taken again
  friend bool operator==(const SecurityPolicy&, const SecurityPolicy&) = default;
};

schema::Json to_json(const SecurityPolicy& policy);
// What `change` says; what it does not say stays.
SecurityPolicy amended(SecurityPolicy policy, const schema::Json& change);

}  // namespace lantai::identity
