#include "lantai/identity/accounts.h"

#include <algorithm>
#include <limits>

#include "account_store.h"
#include "lantai/base/error.h"
#include "lantai/base/id.h"
#include "lantai/base/log.h"
#include "lantai/schema/value.h"
#include "lantai/storage/key_codec.h"
#include "officers.h"
#include "password.h"
#include "password_policy.h"
#include "sign_in_delay.h"

namespace lantai::identity {
namespace {

using records::Principal;
using schema::Json;
using storage::KeySpace;
using storage::Transaction;

constexpr std::size_t kSessionKeyBytes = 32;
constexpr std::size_t kMaxPasswordBytes = 4096;
constexpr std::size_t kMaxAgent = 200;
constexpr std::size_t kSweptAtOnce = 20;
// Failures in the audit log: so many at once, then one in so many seconds.
constexpr unsigned kNotedFailures = 200;
constexpr std::chrono::seconds kNotedFailureEvery{5};

std::string folded(std::string_view login) {
  std::string out(login);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

// `field`: what the caller calls it.
void require_strong(std::string_view password, const Account& account, const SecurityPolicy& policy,
                    const char* field) {
  if (weak_password(password, account.login, account.name, policy.password_characters)) {
    throw Error("the password is weak",
                {FieldProblem{field, "auth.weak_password", {{"min", std::to_string(policy.password_characters)}}}});
  }
}

[[noreturn]] void unknown_account() {
  throw Error(ErrorCode::not_found, "there is no such account", "auth.unknown_account");
}

[[noreturn]] void wrong_code() { throw Error("the code is wrong", {FieldProblem{"code", "auth.bad_code", {}}}); }

template <typename Reader>
StoredAccount known_account(Reader& reader, std::string_view id) {
  auto stored = load_account(reader, id);
  if (!stored) unknown_account();
  return *std::move(stored);
}

bool serves_as(const Account& account, const std::string& role) {
  return !account.disabled && account.roles.contains(role);
}

// Every entry with that beginning, until `look` says it has seen enough.
template <typename Reader, typename F>
void for_each_entry(Reader& reader, const Bytes& prefix, F&& look) {
  storage::ScanRange range{prefix, storage::after_prefix(prefix), 1000, false};
  for (bool more = true; more;) {
    const auto page = reader.scan(KeySpace::accounts, range);
    for (const auto& entry : page.entries) {
      if (!look(entry)) return;
    }
    more = page.more && !page.entries.empty();
    if (more) (range.begin = page.entries.back().key).push_back(0);
  }
}

template <typename Reader, typename F>
void for_each_account(Reader& reader, F&& look) {
  for_each_entry(reader, account_prefix(),
                 [&](const auto& entry) { return look(decode_account(entry.value).account); });
}

void audit(Transaction& transaction, const Principal& by, std::string action, const std::string& account,
           std::string outcome, const Json& detail = nullptr) {
  transaction.append_audit({by.id, std::move(action), account.empty() ? std::string() : "account/" + account,
                            std::move(outcome), by.address, detail.is_null() ? std::string() : detail.dump()});
}

Json rights_of(const Account& account) {
  return {{"roles", account.roles},
          {"clearance", account.clearance},
          {"departments", account.departments},
          {"scope", name_of(account.scope)},
          {"disabled", account.disabled}};
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

void forget_second_factor(Transaction& transaction, const Principal& by, StoredAccount& stored) {
  stored.second_factor.reset();
  ++stored.account.version;
  transaction.put(KeySpace::accounts, account_key(stored.account.id), encode(stored));
  audit(transaction, by, "account.second_factor", stored.account.id, "ok", {{"on", false}});
}

class StoredAccounts final : public Accounts {
 public:
  StoredAccounts(storage::Store& store, const Clock& clock, const AccountsOptions& options)
      : store_(store),
        clock_(clock),
        options_(options),
        hasher_(options.hash_memory_bytes, options.hash_passes),
        delay_(options.failures_before_delay, options.longest_delay, options.failures_per_address) {}

  Account create(const Principal& by, Account account, std::string_view password) override;
  Account update(const Principal& by, const Account& account, std::optional<std::string_view> password) override;
  void set_password(const Principal& by, std::string_view account_id, std::string_view password) override;
  void change_password(const Principal& by, std::string_view old_password, std::string_view password) override;
  std::optional<Account> find(std::string_view account_id) const override;
  std::optional<Account> find_login(std::string_view login) const override;
  std::vector<Account> list() const override;
  Principal principal_of(const Account& account, std::string_view address) const override;
  Grant give_grant(const Principal& by, Grant grant) override;
  void revoke_grant(const Principal& by, std::string_view account_id, std::string_view record) override;
  std::vector<Grant> grants(std::string_view account_id, std::string_view record) const override;
  SecurityPolicy policy() const override;
  SecurityPolicy change_policy(const Principal& by, const Json& change) override;
  Session sign_in(const SignIn& given) override;
  void sign_out(std::string_view session_key) override;
  void verify(const Principal& by, std::string_view session_key, std::string_view password,
              std::string_view code) override;
  std::vector<OpenSession> sessions(const Principal& by, std::string_view session_key) override;
  void end_session(const Principal& by, std::string_view session_id) override;
  std::size_t end_other_sessions(const Principal& by, std::string_view session_key) override;
  SecondFactorState second_factor(const Principal& by) const override;
  Enrolment enrol_second_factor(const Principal& by, std::string_view password) override;
  std::vector<std::string> confirm_second_factor(const Principal& by, std::string_view code) override;
  std::vector<std::string> renew_recovery_codes(const Principal& by, std::string_view code) override;
  void remove_second_factor(const Principal& by, std::string_view password, std::string_view code) override;
  void reset_second_factor(const Principal& by, std::string_view account_id) override;
  Session make_token(const Principal& by, std::string_view account_id, std::string_view label,
                     std::chrono::seconds lifetime, TokenScope scope) override;
  std::vector<Token> tokens(const Principal& by, std::string_view account_id) override;
  void revoke_token(const Principal& by, std::string_view account_id, std::string_view token_id) override;
  std::optional<Authenticated> authenticate(std::string_view session_or_token, std::string_view address) override;

 private:
  [[noreturn]] void refuse(const Principal& by, const char* action, std::string_view account_id);
  void require_others_serve(Transaction& transaction, const Account& before, const Account& after) const;
  void require_not_taken_before(const StoredAccount& stored, std::string_view password);
  StoredAccount require_own_password(const Principal& by, std::string_view password, const char* field,
                                     const char* action);
  void change_with_code(const Principal& by, const std::string& account_id,
                        const std::function<void(Transaction&)>& change, const char* action);
  std::vector<std::pair<Bytes, StoredSession>> good_sessions(const StoredAccount& of, bool tokens) const;
  void replace_password(const Principal& by, const StoredAccount& of, std::string_view password, bool must_change);
  Session open_session(Transaction& transaction, const StoredAccount& of, const std::string& key,
                       const StoredSession& session);
  void sweep_expired(Transaction& transaction) const;
  Timestamp ends(const StoredSession& session) const;
  bool verified_lately(const StoredSession& session) const;
  void note_use(ByteView digest, const StoredSession& session);
  void note_failure(const Principal& by, const char* action, const std::string& account);

  storage::Store& store_;
  const Clock& clock_;
  const AccountsOptions options_;
  PasswordHasher hasher_;
  SignInDelay delay_;
  FailureBudget noted_failures_{kNotedFailures, kNotedFailureEvery};
};

void StoredAccounts::refuse(const Principal& by, const char* action, std::string_view account_id) {
  store_.run_transaction([&](Transaction& t) { audit(t, by, action, std::string(account_id), "denied"); });
  throw Error(ErrorCode::permission_denied, "this is another officer's to do", "auth.forbidden");
}

Account StoredAccounts::create(const Principal& by, Account account, std::string_view password) {
  const auto policy = this->policy();
  account.login = folded(account.login);
  if (!may_change(by, nullptr, account, true, policy)) refuse(by, "account.create", {});
  require_good(account, nullptr, policy);
  require_strong(password, account, policy, "password");
  account.id = make_id(clock_.now());
  account.version = 1;
  account.second_factor = false;
  account.password_set = clock_.now();
  const StoredAccount stored{account, hasher_.hash(password), 1};
  store_.run_transaction([&](Transaction& t) {
    require_good(account, nullptr, load_policy(t));
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
  for (const auto& [role, message] : kLast) {
    if (!serves_as(before, role) || serves_as(after, role)) continue;
    bool found = false;
    for_each_account(transaction, [&](const Account& other) {
      found = other.id != before.id && serves_as(other, role);
      return !found;
    });
    if (!found) {
      throw Error(ErrorCode::failed_precondition, "the last officer stays one", message);
    }
  }
}

Account StoredAccounts::update(const Principal& by, const Account& account, std::optional<std::string_view> password) {
  Account changed = account;
  changed.login = folded(changed.login);
  {
    const auto policy = this->policy();
    const auto before = known_account(*store_.read_view(), account.id).account;
    if (!may_change(by, &before, changed, password.has_value(), policy)) refuse(by, "account.update", account.id);
    require_good(changed, &before, policy);
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
    if (!may_change(by, &before, changed, password.has_value(), policy))
      throw Error(ErrorCode::conflict, "the account has changed since it was read", "record.stale");
    require_good(changed, &before, policy);
    require_others_serve(t, before, changed);
    if (changed.login != before.login) {
      if (t.get(KeySpace::accounts, login_key(changed.login))) {
        throw Error(ErrorCode::already_exists, "the login is taken", "auth.login_taken", {{"login", changed.login}});
      }
      t.erase(KeySpace::accounts, login_key(before.login));
      t.put(KeySpace::accounts, login_key(changed.login), to_bytes(account.id));
    }
    if (password || (changed.disabled && !before.disabled)) ++stored.generation;
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
  if (!may_change(by, &stored.account, stored.account, true, policy)) refuse(by, "account.password", account_id);
  require_strong(password, stored.account, policy, "password");
  replace_password(by, stored, password, !by.service);
}

Principal StoredAccounts::principal_of(const Account& account, std::string_view address) const {
  Principal principal{account.id,          account.name,         account.roles, account.clearance,
                      account.departments, std::string(address), false};
  principal.all_departments = account.scope == DepartmentScope::all;
  if (account.scope == DepartmentScope::subtree && options_.departments_below)
    principal.scope = options_.departments_below(account.departments);
  else if (!principal.all_departments)
    principal.scope = {account.departments.begin(), account.departments.end()};
  for (auto& grant : grants(account.id, {})) principal.lent.insert(std::move(grant.record));
  return principal;
}

Grant StoredAccounts::give_grant(const Principal& by, Grant grant) {
  if (!holds(by, "archivist")) refuse(by, "grant.give", grant.account);
  grant.by = by.id;
  grant.given = clock_.now();
  if (grant.until <= grant.given)
    throw Error("the grant is over already", {FieldProblem{"until", "field.in_the_past", {}}});
  if (grant.reason.empty()) throw Error("a reason is wanted", {FieldProblem{"reason", "field.required", {}}});
  if (grant.reason.size() > kMaxGrantReason)
    throw Error("the reason is long",
                {FieldProblem{"reason", "field.too_long", {{"max", std::to_string(kMaxGrantReason)}}}});
  store_.run_transaction([&](Transaction& t) {
    known_account(t, grant.account);
    t.put(KeySpace::accounts, grant_key(grant.account, grant.record), encode(grant));
    const Json detail{{"account", grant.account}, {"until", format_rfc3339(grant.until)}, {"reason", grant.reason}};
    t.append_audit({by.id, "grant.give", grant.record, "ok", by.address, detail.dump()});
  });
  return grant;
}

void StoredAccounts::revoke_grant(const Principal& by, std::string_view account_id, std::string_view record) {
  if (!holds(by, "archivist") && !holds(by, "security_officer")) refuse(by, "grant.revoke", account_id);
  store_.run_transaction([&](Transaction& t) {
    const auto key = grant_key(account_id, record);
    if (!t.get(KeySpace::accounts, key)) return;
    t.erase(KeySpace::accounts, key);
    const Json detail{{"account", account_id}};
    t.append_audit({by.id, "grant.revoke", std::string(record), "ok", by.address, detail.dump()});
  });
}

std::vector<Grant> StoredAccounts::grants(std::string_view account_id, std::string_view record) const {
  const auto prefix = grant_prefix(account_id);
  const auto view = store_.read_view();
  std::vector<Grant> out;
  for_each_entry(*view, prefix, [&](const storage::Entry& entry) {
    auto grant = decode_grant(entry.value);
    if (grant.until > clock_.now() && (record.empty() || grant.record == record)) out.push_back(std::move(grant));
    return true;
  });
  std::sort(out.begin(), out.end(), [](const Grant& a, const Grant& b) { return a.until < b.until; });
  return out;
}

SecurityPolicy StoredAccounts::policy() const { return load_policy(*store_.read_view()); }

SecurityPolicy StoredAccounts::change_policy(const Principal& by, const Json& change) {
  if (!holds(by, "security_officer")) refuse(by, "policy.update", {});
  SecurityPolicy policy;
  store_.run_transaction([&](Transaction& t) {
    const auto before = load_policy(t);
    policy = amended(before, change);
    require_known(policy.second_factor_roles);
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
  if (password.size() > kMaxPasswordBytes || !hasher_.verify(stored.password, password)) {
    delay_.failed(stored.account.login, by.address, now);
    note_failure(by, action, by.id);
    throw Error("the password is wrong", {FieldProblem{field, "auth.wrong_password", {}}});
  }
  delay_.succeeded(stored.account.login, by.address);
  return stored;
}

void StoredAccounts::change_password(const Principal& by, std::string_view old_password, std::string_view password) {
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

Session StoredAccounts::sign_in(const SignIn& given) {
  const auto login = folded(given.login.substr(0, kMaxLogin + 1));
  const std::string from(given.address);
  const auto now = clock_.now();
  delay_.check(login, from, now);
  const auto stored = load_login(*store_.read_view(), login);
  const auto checked = given.password.substr(0, kMaxPasswordBytes + 1);
  hasher_.prepare();
  const bool right = stored ? hasher_.verify(stored->password, checked) : hasher_.verify_nobody(checked);
  if (!right || stored->account.disabled) {
    delay_.failed(login, from, now);
    // What was typed is not written down: people type passwords into the wrong field.
    note_failure({"anonymous", {}, {}, 0, {}, from, false}, "session.open", stored ? stored->account.id : "");
    throw Error(ErrorCode::unauthenticated, "wrong login or password", "auth.bad_credentials");
  }
  if (stored->account.second_factor && given.code.empty())
    throw Error(ErrorCode::unauthenticated, "a code of the second factor is wanted", "auth.code_required");
  const auto renewed = hasher_.outdated(stored->password) ? hasher_.hash(checked) : std::string();
  const auto key = random_hex(kSessionKeyBytes);
  const auto who = principal_of(stored->account, from);
  Session session;
  const auto open = [&](Transaction& t) {
    auto current = load_account(t, stored->account.id);
    // The password checked must still be the one: it may have changed in between.
    if (!current || current->account.disabled || current->password != stored->password) {
      throw Error(ErrorCode::unauthenticated, "wrong login or password", "auth.bad_credentials");
    }
    Json detail;
    if (current->account.second_factor) {
      const auto taken = take_code(*current->second_factor, given.code, now);
      if (taken == TakenCode::none) throw Error(ErrorCode::unauthenticated, "the code is wrong", "auth.bad_code");
      if (taken == TakenCode::recovery)
        detail = {{"recovery_codes_left", current->second_factor->recovery_digests.size()}};
    }
    if (!renewed.empty()) current->password = renewed;
    if (!renewed.empty() || current->account.second_factor)
      t.put(KeySpace::accounts, account_key(current->account.id), encode(*current));
    const Timestamp expires{now.micros + options_.absolute_timeout.count() * kMicrosPerSecond};
    session = open_session(t, *current, key,
                           {current->account.id,
                            current->generation,
                            false,
                            {},
                            now,
                            now,
                            expires,
                            from,
                            to_valid_utf8(given.agent.substr(0, kMaxAgent)),
                            TokenScope::all,
                            now});
    sweep_expired(t);
    audit(t, who, "session.open", current->account.id, "ok", detail);
  };
  if (stored->account.second_factor)
    change_with_code(who, stored->account.id, open, "session.open");
  else
    store_.run_transaction(open);
  delay_.succeeded(login, from);
  session.csrf_token = csrf_token(key);
  return session;
}

Session StoredAccounts::open_session(Transaction& transaction, const StoredAccount& of, const std::string& key,
                                     const StoredSession& session) {
  transaction.put(KeySpace::sessions, secret_digest(key), encode(session));
  return {key, {}, of.account, ends(session), duty_of(of.account, load_policy(transaction), clock_.now())};
}

// A few at each sign-in, from a place that differs each time, so that old ones go without a clean-up of their own.
void StoredAccounts::sweep_expired(Transaction& transaction) const {
  const auto now = clock_.now();
  const auto page =
      store_.read_view()->scan(KeySpace::sessions, {secret_digest(random_hex(4)), {}, kSweptAtOnce, false});
  for (const auto& entry : page.entries) {
    if (ends(decode_session(entry.value)) <= now) transaction.erase(KeySpace::sessions, entry.key);
  }
}

Timestamp StoredAccounts::ends(const StoredSession& session) const {
  if (session.token) return session.expires;
  return std::min(session.expires, Timestamp{session.used.micros + options_.idle_timeout.count() * kMicrosPerSecond});
}

bool StoredAccounts::verified_lately(const StoredSession& session) const {
  return clock_.now().micros - session.verified.micros < options_.verified_for.count() * kMicrosPerSecond;
}

void StoredAccounts::sign_out(std::string_view session_key) {
  const auto digest = secret_digest(session_key);
  if (!load_session(*store_.read_view(), digest)) return;
  store_.run_transaction([&](Transaction& t) {
    const auto session = load_session(t, digest);
    if (!session) return;
    t.erase(KeySpace::sessions, digest);
    audit(t, {session->account, {}, {}, 0, {}, {}, false}, "session.close", session->account, "ok");
  });
}

void StoredAccounts::verify(const Principal& by, std::string_view session_key, std::string_view password,
                            std::string_view code) {
  require_own_password(by, password, "password", "session.verify");
  const auto digest = secret_digest(session_key);
  const auto note = [&](Transaction& t) {
    auto stored = known_account(t, by.id);
    auto session = load_session(t, digest);
    if (!session || session->token || session->account != by.id)
      throw Error(ErrorCode::unauthenticated, "the session has ended", "auth.required");
    if (stored.account.second_factor) {
      if (take_code(*stored.second_factor, code, clock_.now()) == TakenCode::none) wrong_code();
      t.put(KeySpace::accounts, account_key(by.id), encode(stored));
    }
    session->verified = clock_.now();
    t.put(KeySpace::sessions, digest, encode(*session));
    audit(t, by, "session.verify", by.id, "ok");
  };
  change_with_code(by, by.id, note, "session.verify");
}

Session StoredAccounts::make_token(const Principal& by, std::string_view account_id, std::string_view label,
                                   std::chrono::seconds lifetime, TokenScope scope) {
  if (by.id != account_id && !by.service) refuse(by, "session.token", account_id);
  const auto now = clock_.now();
  const auto key = random_hex(kSessionKeyBytes);
  Session session;
  store_.run_transaction([&](Transaction& t) {
    const auto stored = known_account(t, account_id);
    if (stored.account.disabled) {
      throw Error(ErrorCode::failed_precondition, "the account is disabled", "auth.disabled");
    }
    const Timestamp expires{now.micros + lifetime.count() * kMicrosPerSecond};
    session = open_session(
        t, stored, key,
        {stored.account.id, stored.generation, true, std::string(label), now, now, expires, {}, {}, scope});
    audit(t, by, "session.token", stored.account.id, "ok", {{"label", label}, {"scope", name_of(scope)}});
  });
  return session;
}

std::vector<std::pair<Bytes, StoredSession>> StoredAccounts::good_sessions(const StoredAccount& of, bool tokens) const {
  const auto view = store_.read_view();
  storage::ScanRange range{{}, {}, 1000, false};
  std::vector<std::pair<Bytes, StoredSession>> out;
  for (bool more = true; more;) {
    const auto page = view->scan(KeySpace::sessions, range);
    for (const auto& entry : page.entries) {
      auto one = decode_session(entry.value);
      const bool good = one.generation == of.generation && ends(one) > clock_.now();
      if (one.token == tokens && one.account == of.account.id && good) out.emplace_back(entry.key, std::move(one));
    }
    more = page.more && !page.entries.empty();
    if (more) (range.begin = page.entries.back().key).push_back(0);
  }
  return out;
}

std::vector<Accounts::Token> StoredAccounts::tokens(const Principal& by, std::string_view account_id) {
  if (by.id != account_id && !by.service) refuse(by, "session.tokens", account_id);
  const auto stored = known_account(*store_.read_view(), account_id);
  std::vector<Token> out;
  for (const auto& [digest, one] : good_sessions(stored, true))
    out.push_back({to_hex(digest), one.label, one.scope, one.created, one.expires});
  std::sort(out.begin(), out.end(), [](const Token& a, const Token& b) { return b.created < a.created; });
  return out;
}

std::vector<Accounts::OpenSession> StoredAccounts::sessions(const Principal& by, std::string_view session_key) {
  const auto stored = known_account(*store_.read_view(), by.id);
  const auto current = secret_digest(session_key);
  std::vector<OpenSession> out;
  for (const auto& [digest, one] : good_sessions(stored, false))
    out.push_back({to_hex(digest), one.address, one.agent, one.created, one.used, ends(one), digest == current});
  std::sort(out.begin(), out.end(), [](const OpenSession& a, const OpenSession& b) { return b.used < a.used; });
  return out;
}

void StoredAccounts::end_session(const Principal& by, std::string_view session_id) {
  const auto known = sessions(by, {});
  if (std::none_of(known.begin(), known.end(), [&](const OpenSession& one) { return one.id == session_id; }))
    throw Error(ErrorCode::not_found, "there is no such session", "auth.unknown_session");
  store_.run_transaction([&](Transaction& t) {
    t.erase(KeySpace::sessions, from_hex(session_id));
    audit(t, by, "session.end", by.id, "ok");
  });
}

std::size_t StoredAccounts::end_other_sessions(const Principal& by, std::string_view session_key) {
  auto others = sessions(by, session_key);
  std::erase_if(others, [](const OpenSession& one) { return one.current; });
  if (others.empty()) return 0;
  store_.run_transaction([&](Transaction& t) {
    for (const auto& one : others) t.erase(KeySpace::sessions, from_hex(one.id));
    audit(t, by, "session.end", by.id, "ok", {{"sessions", others.size()}});
  });
  return others.size();
}

// A change that takes a code within its transaction, so that of two with the same code one fails. Only those who know
// the password come so far: whoever gives wrong codes waits whatever the address, and keeps out nobody but the account
// whose password is known already.
void StoredAccounts::change_with_code(const Principal& by, const std::string& account_id,
                                      const std::function<void(Transaction&)>& change, const char* action) {
  static const std::string kOfCodes = "code of the second factor";
  const auto now = clock_.now();
  delay_.check(kOfCodes, account_id, now);
  try {
    store_.run_transaction(change);
  } catch (const Error& error) {
    const bool wrong_code = error.message_id() == "auth.bad_code" || !error.problems().empty();
    if (wrong_code) {
      delay_.failed(kOfCodes, account_id, now);
      note_failure(by, action, account_id);
    }
    throw;
  }
  delay_.succeeded(kOfCodes, account_id);
}

Accounts::SecondFactorState StoredAccounts::second_factor(const Principal& by) const {
  const auto stored = known_account(*store_.read_view(), by.id);
  if (!stored.account.second_factor) return {};
  return {true, stored.second_factor->recovery_digests.size()};
}

Accounts::Enrolment StoredAccounts::enrol_second_factor(const Principal& by, std::string_view password) {
  require_own_password(by, password, "password", "account.second_factor");
  const auto factor = new_second_factor();
  std::string login;
  store_.run_transaction([&](Transaction& t) {
    auto stored = known_account(t, by.id);
    if (stored.account.second_factor)
      throw Error(ErrorCode::failed_precondition, "there is a second factor already", "auth.second_factor_on");
    stored.second_factor = factor;
    login = stored.account.login;
    t.put(KeySpace::accounts, account_key(by.id), encode(stored));
  });
  return {base32(factor.secret), enrolment_uri(factor, login)};
}

std::vector<std::string> StoredAccounts::confirm_second_factor(const Principal& by, std::string_view code) {
  std::vector<std::string> recovery;
  const auto confirm = [&](Transaction& t) {
    auto stored = known_account(t, by.id);
    if (!stored.second_factor || stored.second_factor->confirmed)
      throw Error(ErrorCode::failed_precondition, "no second factor waits for its code", "auth.no_enrolment");
    if (!take_device_code(*stored.second_factor, code, clock_.now())) wrong_code();
    stored.second_factor->confirmed = true;
    recovery = make_recovery_codes(*stored.second_factor);
    ++stored.account.version;
    t.put(KeySpace::accounts, account_key(by.id), encode(stored));
    audit(t, by, "account.second_factor", by.id, "ok", {{"on", true}});
  };
  change_with_code(by, by.id, confirm, "account.second_factor");
  return recovery;
}

std::vector<std::string> StoredAccounts::renew_recovery_codes(const Principal& by, std::string_view code) {
  std::vector<std::string> recovery;
  const auto renew = [&](Transaction& t) {
    auto stored = known_account(t, by.id);
    if (!stored.account.second_factor)
      throw Error(ErrorCode::failed_precondition, "there is no second factor", "auth.no_second_factor");
    if (!take_device_code(*stored.second_factor, code, clock_.now())) wrong_code();
    recovery = make_recovery_codes(*stored.second_factor);
    t.put(KeySpace::accounts, account_key(by.id), encode(stored));
    audit(t, by, "account.recovery_codes", by.id, "ok");
  };
  change_with_code(by, by.id, renew, "account.recovery_codes");
  return recovery;
}

void StoredAccounts::remove_second_factor(const Principal& by, std::string_view password, std::string_view code) {
  require_own_password(by, password, "password", "account.second_factor");
  const auto remove = [&](Transaction& t) {
    auto stored = known_account(t, by.id);
    if (!stored.account.second_factor) return;
    if (take_code(*stored.second_factor, code, clock_.now()) == TakenCode::none) wrong_code();
    forget_second_factor(t, by, stored);
  };
  change_with_code(by, by.id, remove, "account.second_factor");
}

void StoredAccounts::reset_second_factor(const Principal& by, std::string_view account_id) {
  if (!holds(by, "security_officer")) refuse(by, "account.second_factor", account_id);
  store_.run_transaction([&](Transaction& t) {
    auto stored = known_account(t, account_id);
    if (stored.account.second_factor) forget_second_factor(t, by, stored);
  });
}

void StoredAccounts::revoke_token(const Principal& by, std::string_view account_id, std::string_view token_id) {
  const auto known = tokens(by, account_id);
  const auto same = [&](const Token& token) { return token.id == token_id; };
  const auto found = std::find_if(known.begin(), known.end(), same);
  if (found == known.end()) throw Error(ErrorCode::not_found, "there is no such token", "auth.unknown_token");
  store_.run_transaction([&](Transaction& t) {
    t.erase(KeySpace::sessions, from_hex(token_id));
    audit(t, by, "session.revoke", std::string(account_id), "ok", {{"label", found->label}});
  });
}

// One entry for each as long as they are few; then one now and then, with the number of those left out before it.
void StoredAccounts::note_failure(const Principal& by, const char* action, const std::string& account) {
  const auto left_out = noted_failures_.take(clock_.now());
  if (!left_out) return;
  const Json detail = *left_out == 0 ? Json() : Json{{"left_out", *left_out}};
  store_.run_transaction([&](Transaction& t) { audit(t, by, action, account, "failed", detail); });
}

std::optional<Accounts::Authenticated> StoredAccounts::authenticate(std::string_view session_or_token,
                                                                    std::string_view address) {
  const auto digest = secret_digest(session_or_token);
  const auto view = store_.read_view();
  const auto session = load_session(*view, digest);
  if (!session || ends(*session) <= clock_.now()) return std::nullopt;
  const auto stored = load_account(*view, session->account);
  if (!stored || stored->account.disabled || stored->generation != session->generation) return std::nullopt;
  note_use(digest, *session);
  return Authenticated{principal_of(stored->account, address),
                       session->token ? std::string() : csrf_token(session_or_token),
                       ends(*session),
                       session->token ? Duty::none : duty_of(stored->account, load_policy(*view), clock_.now()),
                       session->scope,
                       session->token || verified_lately(*session)};
}

// Written only when the last note is older than a sixteenth of the idle time-out.
void StoredAccounts::note_use(ByteView digest, const StoredSession& session) {
  const auto now = clock_.now();
  if (session.token || now.micros - session.used.micros < options_.idle_timeout.count() * kMicrosPerSecond / 16) return;
  try {
    store_.run_transaction([&](Transaction& t) {
      auto current = load_session(t, digest);
      if (!current) return;
      current->used = std::max(current->used, now);
      t.put(KeySpace::sessions, digest, encode(*current));
    });
  } catch (const Error& error) {
    // Nobody is turned away because a disk is full: the session only ends earlier than it might.
    log::warning("the use of a session cannot be noted: {}", error.message());
  }
}

}  // namespace

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
  for (const auto scope : {DepartmentScope::all, DepartmentScope::own, DepartmentScope::subtree}) {
    if (name_of(scope) == name) return scope;
  }
  return std::nullopt;
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
  for (const auto scope : {TokenScope::read, TokenScope::write, TokenScope::all}) {
    if (name_of(scope) == name) return scope;
  }
  return std::nullopt;
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
