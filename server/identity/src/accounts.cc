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

[[noreturn]] void wrong_code() { throw Error("the code is wrong", {FieldProblem{"code", "auth.bad_code", {}}}); }

bool is_administrator(const Account& account) { return !account.disabled && account.roles.contains("administrator"); }

void audit(Transaction& transaction, const Principal& by, std::string action, const std::string& account,
           std::string outcome, const Json& detail = nullptr) {
  transaction.append_audit({by.id, std::move(action), account.empty() ? std::string() : "account/" + account,
                            std::move(outcome), by.address, detail.is_null() ? std::string() : detail.dump()});
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
  Session sign_in(const SignIn& given) override;
  void sign_out(std::string_view session_key) override;
  std::vector<OpenSession> sessions(const Principal& by, std::string_view session_key) override;
  void end_session(const Principal& by, std::string_view session_id) override;
  std::size_t end_other_sessions(const Principal& by, std::string_view session_key) override;
  SecondFactorState second_factor(const Principal& by) const override;
  Enrolment enrol_second_factor(const Principal& by, std::string_view password) override;
  std::vector<std::string> confirm_second_factor(const Principal& by, std::string_view code) override;
  void remove_second_factor(const Principal& by, std::string_view password, std::string_view code) override;
  void reset_second_factor(const Principal& by, std::string_view account_id) override;
  Session make_token(const Principal& by, std::string_view account_id, std::string_view label,
                     std::chrono::seconds lifetime) override;
  std::vector<Token> tokens(const Principal& by, std::string_view account_id) override;
  void revoke_token(const Principal& by, std::string_view account_id, std::string_view token_id) override;
  std::optional<Authenticated> authenticate(std::string_view session_or_token, std::string_view address) override;

 private:
  void require_administrator(const Principal& by, const char* action, std::string_view account_id);
  void require_another_administrator(Transaction& transaction, const Account& account) const;
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
  account.second_factor = false;
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
    changed.second_factor = stored->account.second_factor;
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

// Whoever finds a browser signed in still does not change how its owner signs in.
StoredAccount StoredAccounts::require_own_password(const Principal& by, std::string_view password, const char* field,
                                                   const char* action) {
  auto stored = load_account(*store_.read_view(), by.id);
  if (!stored) unknown_account();
  const auto now = clock_.now();
  delay_.check(stored->account.login, by.address, now);
  if (password.size() > kMaxPasswordBytes || !hasher_.verify(stored->password, password)) {
    delay_.failed(stored->account.login, by.address, now);
    note_failure(by, action, by.id);
    throw Error("the password is wrong", {FieldProblem{field, "auth.wrong_password", {}}});
  }
  delay_.succeeded(stored->account.login, by.address);
  return *std::move(stored);
}

void StoredAccounts::change_password(const Principal& by, std::string_view old_password, std::string_view password) {
  const auto stored = require_own_password(by, old_password, "old", "account.password");
  require_strong(password, stored.account, "new");
  replace_password(by, stored, password, false);
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
                            to_valid_utf8(given.agent.substr(0, kMaxAgent))});
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
  if (by.id != account_id) require_administrator(by, "session.tokens", account_id);
  const auto stored = load_account(*store_.read_view(), account_id);
  if (!stored) unknown_account();
  std::vector<Token> out;
  for (const auto& [digest, one] : good_sessions(*stored, true))
    out.push_back({to_hex(digest), one.label, one.created, one.expires});
  std::sort(out.begin(), out.end(), [](const Token& a, const Token& b) { return b.created < a.created; });
  return out;
}

std::vector<Accounts::OpenSession> StoredAccounts::sessions(const Principal& by, std::string_view session_key) {
  const auto stored = load_account(*store_.read_view(), by.id);
  if (!stored) unknown_account();
  const auto current = secret_digest(session_key);
  std::vector<OpenSession> out;
  for (const auto& [digest, one] : good_sessions(*stored, false))
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
  const auto stored = load_account(*store_.read_view(), by.id);
  if (!stored) unknown_account();
  if (!stored->account.second_factor) return {};
  return {true, stored->second_factor->recovery_digests.size()};
}

Accounts::Enrolment StoredAccounts::enrol_second_factor(const Principal& by, std::string_view password) {
  require_own_password(by, password, "password", "account.second_factor");
  const auto factor = new_second_factor();
  std::string login;
  store_.run_transaction([&](Transaction& t) {
    auto stored = load_account(t, by.id);
    if (!stored) unknown_account();
    if (stored->account.second_factor)
      throw Error(ErrorCode::failed_precondition, "there is a second factor already", "auth.second_factor_on");
    stored->second_factor = factor;
    login = stored->account.login;
    t.put(KeySpace::accounts, account_key(by.id), encode(*stored));
  });
  return {base32(factor.secret), enrolment_uri(factor, login)};
}

std::vector<std::string> StoredAccounts::confirm_second_factor(const Principal& by, std::string_view code) {
  std::vector<std::string> recovery;
  const auto confirm = [&](Transaction& t) {
    auto stored = load_account(t, by.id);
    if (!stored) unknown_account();
    if (!stored->second_factor || stored->second_factor->confirmed)
      throw Error(ErrorCode::failed_precondition, "no second factor waits for its code", "auth.no_enrolment");
    if (!take_device_code(*stored->second_factor, code, clock_.now())) wrong_code();
    stored->second_factor->confirmed = true;
    recovery = make_recovery_codes(*stored->second_factor);
    ++stored->account.version;
    t.put(KeySpace::accounts, account_key(by.id), encode(*stored));
    audit(t, by, "account.second_factor", by.id, "ok", {{"on", true}});
  };
  change_with_code(by, by.id, confirm, "account.second_factor");
  return recovery;
}

void StoredAccounts::remove_second_factor(const Principal& by, std::string_view password, std::string_view code) {
  require_own_password(by, password, "password", "account.second_factor");
  const auto remove = [&](Transaction& t) {
    auto stored = load_account(t, by.id);
    if (!stored) unknown_account();
    if (!stored->account.second_factor) return;
    if (take_code(*stored->second_factor, code, clock_.now()) == TakenCode::none) wrong_code();
    forget_second_factor(t, by, *stored);
  };
  change_with_code(by, by.id, remove, "account.second_factor");
}

void StoredAccounts::reset_second_factor(const Principal& by, std::string_view account_id) {
  require_administrator(by, "account.second_factor", account_id);
  store_.run_transaction([&](Transaction& t) {
    auto stored = load_account(t, account_id);
    if (!stored) unknown_account();
    if (stored->account.second_factor) forget_second_factor(t, by, *stored);
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
