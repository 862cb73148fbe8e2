// An office with accounts in a store whose clock stands still.
#pragma once

#include <memory>
#include <string>

#include "lantai/base/error.h"
#include "lantai/identity/accounts.h"
#include "support/backends.h"
#include "support/temporary_directory.h"

namespace lantai::identity {

inline constexpr std::int64_t kSecond = 1'000'000;
inline const char* const kGood = "correct horse battery";

// Accounts with cheap hashes: what is tested is what they decide, not what they cost.
struct Office {
  explicit Office(Backend backend = Backend::memory) {
    storage::StoreOptions store_options;
    store_options.clock = &clock;
    store = open_store(backend, directory.path() / "store", store_options);
    options.hash_memory_bytes = 1U << 13U;
    options.hash_passes = 1;
    accounts = Accounts::make(*store, clock, options);
    admin = accounts->create(operator_principal(), make("admin", "administrator"), kGood);
    security = accounts->create(operator_principal(), make("security", "security_officer"), kGood);
  }
  static Account make(const std::string& login, const std::string& role) {
    Account account;
    account.login = login;
    account.name = "某人";
    account.roles = {role};
    account.clearance = 1;
    return account;
  }
  records::Principal as(const Account& account) const {
    return {account.id, account.name, account.roles, account.clearance, {}, "10.0.0.7", false};
  }
  Account add(const std::string& login) { return accounts->create(operator_principal(), make(login, "staff"), kGood); }
  std::string sign_in(const std::string& login, const std::string& password = kGood) {
    return accounts->sign_in({login, password, "10.0.0.7"}).key;
  }
  bool open(const std::string& key) { return accounts->authenticate(key, "10.0.0.7").has_value(); }
  storage::AuditEntry last_audit() { return store->audit().read_backwards(UINT64_MAX, 1).at(0); }

  TemporaryDirectory directory;
  ManualClock clock{Timestamp{1'700'000'000'000'000}};
  std::unique_ptr<storage::Store> store;
  AccountsOptions options;
  std::unique_ptr<Accounts> accounts;
  Account admin, security;
};

template <typename F>
Error error_of(F&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::internal, "nothing was thrown");
}

}  // namespace lantai::identity
