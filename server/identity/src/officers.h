// Who of the three officers may change what of an account? Pure; thread-safe. Reasons in docs/adr/0059.
#pragma once

#include "lantai/identity/accounts.h"

namespace lantai::identity {

inline constexpr std::size_t kMaxLogin = 64;

bool holds(const records::Principal& by, const char* role);

// May `by` turn `before` (nullptr: there is none yet) into `after`, and set a password with it?
bool may_change(const records::Principal& by, const Account* before, const Account& after, bool password,
                const SecurityPolicy& policy);

// Throws invalid_argument, of the roles a field problem when they are kept apart and differ from those before.
void require_good(const Account& account, const Account* before, const SecurityPolicy& policy,
                  const std::set<std::string>& offices);
// Officers, or one of `offices`; else throws invalid_argument.
void require_known(const std::set<std::string>& roles, const std::set<std::string>& offices);

// What is due before the account's sessions may do anything else.
Duty duty_of(const Account& account, const SecurityPolicy& policy, Timestamp now);

}  // namespace lantai::identity
