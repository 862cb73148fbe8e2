#include "lantai/identity/accounts.h"

#include <algorithm>
#include <limits>

#include "lantai/base/id.h"
#include "officers.h"
#include "password_policy.h"
#include "stored_accounts.h"

namespace lantai::identity {
namespace {

// `field`: what the caller calls it.
void require_strong(std::string_view password, const Account& account, const SecurityPolicy& policy,
                    const char* field) {
  if (weak_password(password, account.login, account.name, policy.password_characters)) {
    throw Error("the password is weak",
                {FieldProblem{field, "auth.weak_password", {{"min", std::to_string(policy.password_characters)}}}});
  }
}

bool serves_as(const Account& account, const std::string& role) {
  return !account.disabled && account.roles.contains(role);
}

Json rights_of(const Account& account) {
  return {{"roles", account.roles},
          {"clearance", account.clearance},
          {"departments", account.departments},
          {"scope", name_of(account.scope)},
          {"departments_by_post", account.departments_by_post},
          {"person", account.person},
          {"signs_in_by", name_of(account.signs_in_by)},
          {"disabled", account.disabled}};
}

template <typename T>
std::optional<T> named(std::initializer_list<T> all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](T one) { return name_of(one) == name; });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

void take_password(StoredAccount& stored, const std::string& hash, bool must_change, const SecurityPolicy& policy,
                   Timestamp now) {
  auto& former = stored.former_passwords;
  former.insert(former.begin(), stored.password);
  former.resize(std::min<std::size_t>(former.size(), std::max(policy.password_history, 1U) - 1));
  stored.password = hash;
  stored.account.must_change_password = must_change;
  stored.account.password_set = now;
}

}  // namespace

std::string folded(std::string_view login) {
  std::string out(login);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

void unknown_account() { throw Error(ErrorCode::not_found, "there is no such account", "auth.unknown_account"); }

void wrong_code() { throw Error("the code is wrong", {FieldProblem{"code", "auth.bad_code", {}}}); }

void require_reason(const std::string& reason, std::size_t most) {
  if (reason.empty()) throw Error("a reason is wanted", {FieldProblem{"reason", "field.required", {}}});
  if (reason.size() > most)
    throw Error("the reason is long", {FieldProblem{"reason", "field.too_long", {{"max", std::to_string(most)}}}});
}

void require_password_here(const Account& account) {
  if (account.signs_in_by != SignsInBy::password)
    throw Error(ErrorCode::failed_precondition, "the password is kept elsewhere", "auth.password_elsewhere");
}

void audit(Transaction& transaction, const Principal& by, std::string action, const std::string& account,
           std::string outcome, const Json& detail) {
  transaction.append_audit(records::audited(by, std::move(action), account.empty() ? account : "account/" + account,
                                            std::move(outcome), detail));
}

void StoredAccounts::refuse(const Principal& by, const char* action, std::string_view account_id) {
  store_.run_transaction([&](Transaction& t) { audit(t, by, action, std::string(account_id), "denied"); });
  throw Error(ErrorCode::permission_denied, "this is another officer's to do", "auth.forbidden");
}

Account StoredAccounts::create(const Principal& by, Account account, std::string_view password) {
  const auto policy = this->policy();
  account.login = folded(account.login);
  if (!may_change(by, nullptr, account, true, policy)) refuse(by, "account.create", {});
  require_good(account, nullptr, policy, options_.roles);
  const bool kept_here = account.signs_in_by == SignsInBy::password;
  if (kept_here) require_strong(password, account, policy, "password");
  account.id = make_id(clock_.now());
  account.version = 1;
  account.second_factor = false;
  account.password_set = clock_.now();
  const StoredAccount stored{account, kept_here ? hasher_.hash(password) : std::string(), 1};
  store_.run_transaction([&](Transaction& t) {
    require_good(account, nullptr, load_policy(t), options_.roles);
    if (t.get(KeySpace::accounts, login_key(account.login))) {
      throw Error(ErrorCode::already_exists, "the login is taken", "auth.login_taken", {{"login", account.login}});
    }
    t.put(KeySpace::accounts, login_key(account.login), to_bytes(account.id));
    t.put(KeySpace::accounts, account_key(account.id), encode(stored));
    audit(t, by, "account.create", account.id, "ok", {{"login", account.login}, {"after", rights_of(account)}});
  });
  return account;
}

// Of two officers that take each other's role one is asked again, for each reads all others here.
void StoredAccounts::require_others_serve(Transaction& transaction, const Account& before, const Account& after) const {
  static const std::map<std::string, const char*> kLast{{"administrator", "auth.last_administrator"},
                                                        {"security_officer", "auth.last_security_officer"},
                                                        {"auditor", "auth.last_auditor"}};
  for (const auto& last : kLast) {
    const auto& role = last.first;
    if (!serves_as(before, role) || serves_as(after, role)) continue;
    bool found = false;
    for_each_account(transaction, [&](const Account& other) {
      found = other.id != before.id && serves_as(other, role);
      return !found;
    });
    if (!found) {
      throw Error(ErrorCode::failed_precondition, "the last officer stays one", last.second);
    }
  }
}

Account StoredAccounts::update(const Principal& by, const Account& account, std::optional<std::string_view> password) {
  Account changed = account;
  changed.login = folded(changed.login);
  {
    const auto policy = this->policy();
    const auto before = known_account(*store_.read_view(), account.id).account;
    // Whoever says where an account shows who it is can become it as much as who sets its password.
    const bool other_way = before.signs_in_by != changed.signs_in_by;
    if (password) require_password_here(changed);
    if (other_way && changed.signs_in_by == SignsInBy::password && !password)
      throw Error("a password is wanted", {FieldProblem{"password", "field.required", {}}});
    if (!may_change(by, &before, changed, password.has_value() || other_way, policy))
      refuse(by, "account.update", account.id);
    require_good(changed, &before, policy, options_.roles);
    if (password) require_strong(*password, changed, policy, "password");
  }
  const auto hash = password ? hasher_.hash(*password) : std::string();
  store_.run_transaction([&](Transaction& t) {
    auto stored = known_account(t, account.id);
    const Account before = stored.account;
    if (account.version != 0 && account.version != before.version) {
      throw Error(ErrorCode::conflict, "the account has changed since it was read", "record.stale");
    }
    // What was allowed of the account as it was read above may not be of what it has become since.
    const auto policy = load_policy(t);
    const bool other_way = before.signs_in_by != changed.signs_in_by;
    if (!may_change(by, &before, changed, password.has_value() || other_way, policy))
      throw Error(ErrorCode::conflict, "the account has changed since it was read", "record.stale");
    require_good(changed, &before, policy, options_.roles);
    require_others_serve(t, before, changed);
    if (changed.login != before.login) {
      if (t.get(KeySpace::accounts, login_key(changed.login))) {
        throw Error(ErrorCode::already_exists, "the login is taken", "auth.login_taken", {{"login", changed.login}});
      }
      t.erase(KeySpace::accounts, login_key(before.login));
      t.put(KeySpace::accounts, login_key(changed.login), to_bytes(account.id));
    }
    if (password || other_way || (changed.disabled && !before.disabled)) ++stored.generation;
    if (other_way) {
      if (!stored.subject.empty()) t.erase(KeySpace::accounts, subject_key(stored.subject));
      stored.subject.clear();
      stored.password.clear();
      stored.former_passwords.clear();
    }
    changed.version = before.version + 1;
    changed.second_factor = before.second_factor;
    changed.password_set = before.password_set;
    stored.account = changed;
    if (password) take_password(stored, hash, !by.service, policy, clock_.now());
    changed = stored.account;
    t.put(KeySpace::accounts, account_key(account.id), encode(stored));
    audit(t, by, "account.update", account.id, "ok", {{"before", rights_of(before)}, {"after", rights_of(changed)}});
    if (password) audit(t, by, "account.password", account.id, "ok");
  });
  return changed;
}

void StoredAccounts::replace_password(const Principal& by, const StoredAccount& of, std::string_view password,
                                      bool must_change) {
  const auto hash = hasher_.hash(password);
  store_.run_transaction([&](Transaction& t) {
    auto stored = known_account(t, of.account.id);
    take_password(stored, hash, must_change, load_policy(t), clock_.now());
    ++stored.account.version;
    ++stored.generation;
    t.put(KeySpace::accounts, account_key(of.account.id), encode(stored));
    audit(t, by, "account.password", of.account.id, "ok");
  });
}

void StoredAccounts::set_password(const Principal& by, std::string_view account_id, std::string_view password) {
  const auto policy = this->policy();
  if (!holds(by, "administrator")) refuse(by, "account.password", account_id);
  const auto stored = known_account(*store_.read_view(), account_id);
  require_password_here(stored.account);
  if (!may_change(by, &stored.account, stored.account, true, policy)) refuse(by, "account.password", account_id);
  require_strong(password, stored.account, policy, "password");
  replace_password(by, stored, password, !by.service);
}

Principal StoredAccounts::principal_of(const Account& account, std::string_view address) const {
  Principal principal{account.id,          account.name,         account.roles, account.clearance,
                      account.departments, std::string(address), false};
  principal.all_departments = account.scope == DepartmentScope::all;
  const auto posts = posts_of(account);
  if (!posts.empty()) principal.post = posts.front().id;
  if (!principal.all_departments) principal.scope = departments_of(account, posts);
  for (auto& grant : grants_of(account)) principal.lent.insert(std::move(grant.record));
  return principal;
}

SecurityPolicy StoredAccounts::policy() const { return load_policy(*store_.read_view()); }

SecurityPolicy StoredAccounts::change_policy(const Principal& by, const Json& change) {
  if (!holds(by, "security_officer")) refuse(by, "policy.update", {});
  SecurityPolicy policy;
  store_.run_transaction([&](Transaction& t) {
    const auto before = load_policy(t);
    policy = amended(before, change);
    require_known(policy.second_factor_roles, options_.roles);
    require_known(policy.purpose_roles, options_.roles);
    if (policy == before) return;
    if (!policy.officers_combined) {
      for_each_account(t, [&](const Account& account) {
        if (!combines_officers(account.roles)) return true;
        throw Error(ErrorCode::failed_precondition, "an account combines officers", "auth.officers_combined",
                    {{"login", account.login}});
      });
    }
    t.put(KeySpace::accounts, policy_key(), encode(policy));
    audit(t, by, "policy.update", {}, "ok", {{"before", to_json(before)}, {"after", to_json(policy)}});
  });
  return policy;
}

// Whoever finds a browser signed in still does not change how its owner signs in.
StoredAccount StoredAccounts::require_own_password(const Principal& by, std::string_view password, const char* field,
                                                   const char* action) {
  auto stored = known_account(*store_.read_view(), by.id);
  const auto now = clock_.now();
  delay_.check(stored.account.login, by.address, now);
  if (stored.account.signs_in_by == SignsInBy::provider)
    throw Error(ErrorCode::failed_precondition, "the provider asks for it", "auth.verify_at_provider");
  const bool of_directory = stored.account.signs_in_by == SignsInBy::directory;
  const auto right = [&] {
    if (!of_directory) return hasher_.verify(stored.password, password);
    return options_.directory && options_.directory->check(stored.account.login, password);
  };
  if (password.size() > kMaxPasswordBytes || !right()) {
    delay_.failed(stored.account.login, by.address, now);
    note_failure(by, action, by.id);
    throw Error("the password is wrong", {FieldProblem{field, "auth.wrong_password", {}}});
  }
  delay_.succeeded(stored.account.login, by.address);
  return stored;
}

void StoredAccounts::change_password(const Principal& by, std::string_view old_password, std::string_view password) {
  require_password_here(known_account(*store_.read_view(), by.id).account);
  const auto stored = require_own_password(by, old_password, "old", "account.password");
  require_strong(password, stored.account, policy(), "new");
  require_not_taken_before(stored, password);
  replace_password(by, stored, password, false);
}

void StoredAccounts::require_not_taken_before(const StoredAccount& stored, std::string_view password) {
  auto hashes = stored.former_passwords;
  hashes.insert(hashes.begin(), stored.password);
  hashes.resize(std::min<std::size_t>(hashes.size(), policy().password_history));
  if (std::any_of(hashes.begin(), hashes.end(), [&](const auto& hash) { return hasher_.verify(hash, password); }))
    throw Error("the password was taken before", {FieldProblem{"new", "auth.password_taken_before", {}}});
}

std::optional<Account> StoredAccounts::find(std::string_view account_id) const {
  const auto stored = load_account(*store_.read_view(), account_id);
  return stored ? std::optional(stored->account) : std::nullopt;
}

std::optional<Account> StoredAccounts::find_login(std::string_view login) const {
  const auto stored = load_login(*store_.read_view(), folded(login));
  return stored ? std::optional(stored->account) : std::nullopt;
}

std::vector<Account> StoredAccounts::list() const {
  std::vector<Account> out;
  for_each_account(*store_.read_view(), [&](const Account& account) {
    out.push_back(account);
    return true;
  });
  return out;
}

// One entry for each as long as they are few; then one now and then, with the number of those left out before it.
void StoredAccounts::note_failure(const Principal& by, const char* action, const std::string& account) {
  const auto left_out = noted_failures_.take(clock_.now());
  if (!left_out) return;
  const Json detail = *left_out == 0 ? Json() : Json{{"left_out", *left_out}};
  store_.run_transaction([&](Transaction& t) { audit(t, by, action, account, "failed", detail); });
}

std::unique_ptr<Accounts> Accounts::make(storage::Store& store, const Clock& clock, const AccountsOptions& options) {
  return std::make_unique<StoredAccounts>(store, clock, options);
}

std::string_view name_of(DepartmentScope scope) {
  switch (scope) {
    case DepartmentScope::own:
      return "own";
    case DepartmentScope::subtree:
      return "subtree";
    case DepartmentScope::all:
      break;
  }
  return "all";
}

std::optional<DepartmentScope> scope_named(std::string_view name) {
  return named({DepartmentScope::all, DepartmentScope::own, DepartmentScope::subtree}, name);
}

std::string_view name_of(SignsInBy by) {
  switch (by) {
    case SignsInBy::directory:
      return "directory";
    case SignsInBy::provider:
      return "provider";
    case SignsInBy::password:
      break;
  }
  return "password";
}

std::optional<SignsInBy> signs_in_by_named(std::string_view name) {
  return named({SignsInBy::password, SignsInBy::directory, SignsInBy::provider}, name);
}

std::string_view name_of(TokenScope scope) {
  switch (scope) {
    case TokenScope::read:
      return "read";
    case TokenScope::write:
      return "write";
    case TokenScope::all:
      break;
  }
  return "all";
}

std::optional<TokenScope> token_scope_named(std::string_view name) {
  return named({TokenScope::read, TokenScope::write, TokenScope::all}, name);
}

Principal operator_principal() {
  Principal principal = service_principal("operator");
  principal.roles = {"administrator", "security_officer", "archivist"};
  return principal;
}

Principal service_principal(std::string_view name) {
  Principal principal;
  principal.id = "service:" + std::string(name);
  principal.name = principal.id;
  principal.clearance = std::numeric_limits<int>::max();
  principal.service = true;
  return principal;
}

}  // namespace lantai::identity
