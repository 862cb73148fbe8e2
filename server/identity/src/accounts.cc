#include "lantai/identity/accounts.h"

#include <algorithm>
#include <limits>

#include "account_store.h"
#include "lantai/base/error.h"
#include "lantai/base/id.h"
#include "lantai/base/log.h"
#include "lantai/schema/value.h"
#include "lantai/storage/key_codec.h"
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
constexpr std::size_t kMaxLogin = 64;
constexpr std::size_t kSweptAtOnce = 20;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;
// Failures in the audit log: so many at once, then one in so many seconds.
constexpr unsigned kNotedFailures = 200;
constexpr std::chrono::seconds kNotedFailureEvery{5};

std::string folded(std::string_view login) {
  std::string out(login);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

bool good_login(std::string_view login) {
  return !login.empty() && login.size() <= kMaxLogin && std::all_of(login.begin(), login.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

void require_good(const Account& account) {
  if (!good_login(account.login)) {
    throw Error(ErrorCode::invalid_argument, "the login has other characters than it may", "auth.bad_login");
  }
  static const std::set<std::string> kRoles{"administrator", "archivist", "staff", "reader"};
  for (const auto& role : account.roles) {
    if (!kRoles.contains(role)) {
      throw Error(ErrorCode::invalid_argument, "there is no such role", "auth.unknown_role", {{"role", role}});
    }
  }
}

// `field`: what the caller calls it.
void require_strong(std::string_view password, const Account& account, const char* field) {
  if (weak_password(password, account.login, account.name)) {
    throw Error("the password is weak",
                {FieldProblem{field, "auth.weak_password", {{"min", std::to_string(kMinPasswordCharacters)}}}});
  }
}

[[noreturn]] void unknown_account() {
  throw Error(ErrorCode::not_found, "there is no such account", "auth.unknown_account");
}

bool is_administrator(const Account& account) { return !account.disabled && account.roles.contains("administrator"); }

void audit(Transaction& transaction, const Principal& by, std::string action, const std::string& account,
           std::string outcome, const Json& detail = nullptr) {
  transaction.append_audit({by.id, std::move(action), account.empty() ? std::string() : "account/" + account,
                            std::move(outcome), by.address, detail.is_null() ? std::string() : detail.dump()});
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
  Session sign_in(std::string_view login, std::string_view password, std::string_view address) override;
  void sign_out(std::string_view session_key) override;
  Session make_token(const Principal& by, std::string_view account_id, std::string_view label,
                     std::chrono::seconds lifetime) override;
  std::vector<Token> tokens(const Principal& by, std::string_view account_id) override;
  void revoke_token(const Principal& by, std::string_view account_id, std::string_view token_id) override;
  std::optional<Authenticated> authenticate(std::string_view session_or_token, std::string_view address) override;

 private:
  void require_administrator(const Principal& by, const char* action, std::string_view account_id);
  void require_another_administrator(Transaction& transaction, const Account& account) const;
  void replace_password(const Principal& by, const StoredAccount& of, std::string_view password, bool must_change);
  Session open_session(Transaction& transaction, const StoredAccount& of, const std::string& key,
                       const StoredSession& session);
  void sweep_expired(Transaction& transaction) const;
  Timestamp ends(const StoredSession& session) const;
  void note_use(ByteView digest, const StoredSession& session);
  void note_failure(const Principal& by, const char* action, const std::string& account);

  storage::Store& store_;
  const Clock& clock_;
  const AccountsOptions options_;
  PasswordHasher hasher_;
  SignInDelay delay_;
  FailureBudget noted_failures_{kNotedFailures, kNotedFailureEvery};
};

void StoredAccounts::require_administrator(const Principal& by, const char* action, std::string_view account_id) {
  if (by.service || by.roles.contains("administrator")) return;
  store_.run_transaction([&](Transaction& t) { audit(t, by, action, std::string(account_id), "denied"); });
  throw Error(ErrorCode::permission_denied, "only an administrator may do this", "auth.forbidden");
}

Account StoredAccounts::create(const Principal& by, Account account, std::string_view password) {
  require_administrator(by, "account.create", {});
  account.login = folded(account.login);
  require_good(account);
  require_strong(password, account, "password");
  account.id = make_id(clock_.now());
  account.version = 1;
  const StoredAccount stored{account, hasher_.hash(password), 1};
  store_.run_transaction([&](Transaction& t) {
    if (t.get(KeySpace::accounts, login_key(account.login))) {
      throw Error(ErrorCode::already_exists, "the login is taken", "auth.login_taken", {{"login", account.login}});
    }
    t.put(KeySpace::accounts, login_key(account.login), to_bytes(account.id));
    t.put(KeySpace::accounts, account_key(account.id), encode(stored));
    audit(t, by, "account.create", account.id, "ok", {{"login", account.login}, {"roles", account.roles}});
  });
  return account;
}

// Administrators each read all others here, so of two that demote each other one is asked again.
void StoredAccounts::require_another_administrator(Transaction& transaction, const Account& account) const {
  const auto prefix = account_prefix();
  storage::ScanRange range{prefix, storage::after_prefix(prefix), 1000, false};
  for (bool more = true; more;) {
    const auto page = transaction.scan(KeySpace::accounts, range);
    for (const auto& entry : page.entries) {
      const auto other = decode_account(entry.value).account;
      if (other.id != account.id && is_administrator(other)) return;
    }
    more = page.more && !page.entries.empty();
    if (more) (range.begin = page.entries.back().key).push_back(0);
  }
  throw Error(ErrorCode::failed_precondition, "the last administrator stays one", "auth.last_administrator");
}

Account StoredAccounts::update(const Principal& by, const Account& account, std::optional<std::string_view> password) {
  require_administrator(by, "account.update", account.id);
  Account changed = account;
  changed.login = folded(changed.login);
  require_good(changed);
  if (password) require_strong(*password, changed, "password");
  const auto hash = password ? hasher_.hash(*password) : std::string();
  store_.run_transaction([&](Transaction& t) {
    auto stored = load_account(t, account.id);
    if (!stored) unknown_account();
    if (account.version != 0 && account.version != stored->account.version) {
      throw Error(ErrorCode::conflict, "the account has changed since it was read", "record.stale");
    }
    if (is_administrator(stored->account) && !is_administrator(changed)) require_another_administrator(t, account);
    if (changed.login != stored->account.login) {
      if (t.get(KeySpace::accounts, login_key(changed.login))) {
        throw Error(ErrorCode::already_exists, "the login is taken", "auth.login_taken", {{"login", changed.login}});
      }
      t.erase(KeySpace::accounts, login_key(stored->account.login));
      t.put(KeySpace::accounts, login_key(changed.login), to_bytes(account.id));
    }
    if (password || (changed.disabled && !stored->account.disabled)) ++stored->generation;
    if (password) {
      stored->password = hash;
      changed.must_change_password = !by.service;
    }
    changed.version = stored->account.version + 1;
    stored->account = changed;
    t.put(KeySpace::accounts, account_key(account.id), encode(*stored));
    audit(t, by, "account.update", account.id, "ok",
          {{"roles", changed.roles}, {"clearance", changed.clearance}, {"disabled", changed.disabled}});
    if (password) audit(t, by, "account.password", account.id, "ok");
  });
  return changed;
}

void StoredAccounts::replace_password(const Principal& by, const StoredAccount& of, std::string_view password,
                                      bool must_change) {
  const auto hash = hasher_.hash(password);
  store_.run_transaction([&](Transaction& t) {
    auto stored = load_account(t, of.account.id);
    if (!stored) unknown_account();
    stored->password = hash;
    stored->account.must_change_password = must_change;
    ++stored->account.version;
    ++stored->generation;
    t.put(KeySpace::accounts, account_key(of.account.id), encode(*stored));
    audit(t, by, "account.password", of.account.id, "ok");
  });
}

void StoredAccounts::set_password(const Principal& by, std::string_view account_id, std::string_view password) {
  require_administrator(by, "account.password", account_id);
  const auto stored = load_account(*store_.read_view(), account_id);
  if (!stored) unknown_account();
  require_strong(password, stored->account, "password");
  replace_password(by, *stored, password, !by.service);
}

void StoredAccounts::change_password(const Principal& by, std::string_view old_password, std::string_view password) {
  const auto stored = load_account(*store_.read_view(), by.id);
  if (!stored) unknown_account();
  const auto now = clock_.now();
  delay_.check(stored->account.login, by.address, now);
  if (old_password.size() > kMaxPasswordBytes || !hasher_.verify(stored->password, old_password)) {
    delay_.failed(stored->account.login, by.address, now);
    note_failure(by, "account.password", by.id);
    throw Error("the old password is wrong", {FieldProblem{"old", "auth.wrong_password", {}}});
  }
  delay_.succeeded(stored->account.login, by.address);
  require_strong(password, stored->account, "new");
  replace_password(by, *stored, password, false);
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
  const auto prefix = account_prefix();
  const auto view = store_.read_view();
  storage::ScanRange range{prefix, storage::after_prefix(prefix), 1000, false};
  std::vector<Account> out;
  for (bool more = true; more;) {
    const auto page = view->scan(KeySpace::accounts, range);
    for (const auto& entry : page.entries) out.push_back(decode_account(entry.value).account);
    more = page.more && !page.entries.empty();
    if (more) (range.begin = page.entries.back().key).push_back(0);
  }
  return out;
}

Session StoredAccounts::sign_in(std::string_view login_given, std::string_view password, std::string_view address) {
  const auto login = folded(login_given.substr(0, kMaxLogin + 1));
  const std::string from(address);
  const auto now = clock_.now();
  delay_.check(login, from, now);
  const auto stored = load_login(*store_.read_view(), login);
  const auto checked = password.substr(0, kMaxPasswordBytes + 1);
  hasher_.prepare();
  const bool right = stored ? hasher_.verify(stored->password, checked) : hasher_.verify_nobody(checked);
  if (!right || stored->account.disabled) {
    delay_.failed(login, from, now);
    // What was typed is not written down: people type passwords into the wrong field.
    note_failure({"anonymous", {}, {}, 0, {}, from, false}, "session.open", stored ? stored->account.id : "");
    throw Error(ErrorCode::unauthenticated, "wrong login or password", "auth.bad_credentials");
  }
  delay_.succeeded(login, from);
  const auto renewed = hasher_.outdated(stored->password) ? hasher_.hash(checked) : std::string();
  const auto key = random_hex(kSessionKeyBytes);
  Session session;
  store_.run_transaction([&](Transaction& t) {
    auto current = load_account(t, stored->account.id);
    // The password checked must still be the one: it may have changed in between.
    if (!current || current->account.disabled || current->password != stored->password) {
      throw Error(ErrorCode::unauthenticated, "wrong login or password", "auth.bad_credentials");
    }
    if (!renewed.empty()) {
      current->password = renewed;
      t.put(KeySpace::accounts, account_key(current->account.id), encode(*current));
    }
    const Timestamp expires{now.micros + options_.absolute_timeout.count() * kMicrosPerSecond};
    session = open_session(t, *current, key, {current->account.id, current->generation, false, {}, now, now, expires});
    sweep_expired(t);
    audit(t, principal_of(current->account, from), "session.open", current->account.id, "ok");
  });
  session.csrf_token = csrf_token(key);
  return session;
}

Session StoredAccounts::open_session(Transaction& transaction, const StoredAccount& of, const std::string& key,
                                     const StoredSession& session) {
  transaction.put(KeySpace::sessions, secret_digest(key), encode(session));
  return {key, {}, of.account, ends(session)};
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

Session StoredAccounts::make_token(const Principal& by, std::string_view account_id, std::string_view label,
                                   std::chrono::seconds lifetime) {
  if (by.id != account_id) require_administrator(by, "session.token", account_id);
  const auto now = clock_.now();
  const auto key = random_hex(kSessionKeyBytes);
  Session session;
  store_.run_transaction([&](Transaction& t) {
    const auto stored = load_account(t, account_id);
    if (!stored) unknown_account();
    if (stored->account.disabled) {
      throw Error(ErrorCode::failed_precondition, "the account is disabled", "auth.disabled");
    }
    const Timestamp expires{now.micros + lifetime.count() * kMicrosPerSecond};
    session = open_session(t, *stored, key,
                           {stored->account.id, stored->generation, true, std::string(label), now, now, expires});
    audit(t, by, "session.token", stored->account.id, "ok", {{"label", label}});
  });
  return session;
}

std::vector<Accounts::Token> StoredAccounts::tokens(const Principal& by, std::string_view account_id) {
  if (by.id != account_id) require_administrator(by, "session.tokens", account_id);
  const auto view = store_.read_view();
  const auto stored = load_account(*view, account_id);
  if (!stored) unknown_account();
  storage::ScanRange range{{}, {}, 1000, false};
  std::vector<Token> out;
  for (bool more = true; more;) {
    const auto page = view->scan(KeySpace::sessions, range);
    for (const auto& entry : page.entries) {
      const auto one = decode_session(entry.value);
      const bool good = one.generation == stored->generation && ends(one) > clock_.now();
      if (one.token && one.account == account_id && good) {
        out.push_back({to_hex(entry.key), one.label, one.created, one.expires});
      }
    }
    more = page.more && !page.entries.empty();
    if (more) (range.begin = page.entries.back().key).push_back(0);
  }
  std::sort(out.begin(), out.end(), [](const Token& a, const Token& b) { return b.created < a.created; });
  return out;
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
                       session->token ? std::string() : csrf_token(session_or_token), ends(*session),
                       stored->account.must_change_password && !session->token};
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

Principal principal_of(const Account& account, std::string_view address) {
  return {account.id, account.name, account.roles, account.clearance, account.departments, std::string(address), false};
}

Principal operator_principal() {
  Principal principal = service_principal("operator");
  principal.roles = {"administrator", "archivist"};
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
