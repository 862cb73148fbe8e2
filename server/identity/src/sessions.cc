#include <algorithm>

#include "lantai/base/id.h"
#include "lantai/base/log.h"
#include "officers.h"
#include "stored_accounts.h"

namespace lantai::identity {
namespace {

constexpr std::size_t kSessionKeyBytes = 32;
constexpr std::size_t kMaxAgent = 200;
constexpr std::size_t kSweptAtOnce = 20;

}  // namespace

Session StoredAccounts::sign_in(const SignIn& given) {
  const auto login = folded(given.login.substr(0, kMaxLogin + 1));
  const std::string from(given.address);
  const auto now = clock_.now();
  delay_.check(login, from, now);
  auto stored = load_login(*store_.read_view(), login);
  const auto checked = given.password.substr(0, kMaxPasswordBytes + 1);
  hasher_.prepare();
  const bool kept_here = stored && stored->account.signs_in_by == SignsInBy::password;
  bool right = kept_here ? hasher_.verify(stored->password, checked) : hasher_.verify_nobody(checked);
  std::optional<DirectoryEntry> entry;
  if (options_.directory && (stored ? stored->account.signs_in_by == SignsInBy::directory : options_.make_accounts)) {
    entry = options_.directory->check(login, checked);
    right = entry.has_value();
  }
  if (!right || (stored && stored->account.disabled)) {
    delay_.failed(login, from, now);
    // What was typed is not written down: people type passwords into the wrong field.
    note_failure({"anonymous", {}, {}, 0, {}, from, false}, "session.open", stored ? stored->account.id : "");
    throw Error(ErrorCode::unauthenticated, "wrong login or password", "auth.bad_credentials");
  }
  if (!stored) stored = make_account(login, entry->name, SignsInBy::directory, {});
  if (stored->account.second_factor && given.code.empty())
    throw Error(ErrorCode::unauthenticated, "a code of the second factor is wanted", "auth.code_required");
  const auto renewed = kept_here && hasher_.outdated(stored->password) ? hasher_.hash(checked) : std::string();
  auto session = begin_session(*stored, given, renewed, now);
  delay_.succeeded(login, from);
  return session;
}

Session StoredAccounts::sign_in_provided(const ProvidedIdentity& identity, std::string_view address,
                                         std::string_view agent) {
  const SignIn given{identity.login, {}, address, {}, agent};
  const auto view = store_.read_view();
  const auto known = view->get(KeySpace::accounts, subject_key(identity.subject));
  auto stored = known ? load_account(*view, as_chars(*known)) : load_login(*view, folded(identity.login));
  const bool theirs = stored && stored->account.signs_in_by == SignsInBy::provider && !stored->account.disabled &&
                      (stored->subject.empty() || stored->subject == identity.subject);
  if (stored ? !theirs : !options_.make_accounts) {
    note_failure({"anonymous", {}, {}, 0, {}, std::string(address), false}, "session.open",
                 stored ? stored->account.id : "");
    throw Error(ErrorCode::unauthenticated, "the provider's person has no account", "auth.no_account",
                {{"login", identity.login}});
  }
  if (!stored) stored = make_account(folded(identity.login), identity.name, SignsInBy::provider, identity.subject);
  if (stored->subject.empty()) {
    store_.run_transaction([&](Transaction& t) {
      auto current = known_account(t, stored->account.id);
      if (!current.subject.empty() && current.subject != identity.subject)
        throw Error(ErrorCode::unauthenticated, "another person came first", "auth.no_account",
                    {{"login", identity.login}});
      current.subject = identity.subject;
      t.put(KeySpace::accounts, account_key(current.account.id), encode(current));
      t.put(KeySpace::accounts, subject_key(identity.subject), to_bytes(current.account.id));
      stored = current;
    });
  }
  return begin_session(*stored, given, {}, std::min(identity.authenticated, clock_.now()));
}

// Of somebody the directory or the provider vouches for. It may do nothing until the security officer says so.
StoredAccount StoredAccounts::make_account(const std::string& login, const std::string& name, SignsInBy by,
                                           const std::string& subject) {
  StoredAccount made;
  auto& account = made.account;
  account.login = login;
  account.name = to_valid_utf8(name.empty() ? login : name);
  account.signs_in_by = by;
  require_good(account, nullptr, policy(), options_.roles);
  account.id = make_id(clock_.now());
  account.version = 1;
  made.generation = 1;
  made.subject = subject;
  store_.run_transaction([&](Transaction& t) {
    // Of two first sign-ins at the same time the later finds what the earlier made.
    if (auto other = load_login(t, login)) {
      if (other->account.signs_in_by != by || other->subject != subject)
        throw Error(ErrorCode::unauthenticated, "the login is somebody else's", "auth.no_account", {{"login", login}});
      made = *std::move(other);
      return;
    }
    t.put(KeySpace::accounts, login_key(login), to_bytes(made.account.id));
    t.put(KeySpace::accounts, account_key(made.account.id), encode(made));
    if (!subject.empty()) t.put(KeySpace::accounts, subject_key(subject), to_bytes(made.account.id));
    audit(t, service_principal(name_of(by)), "account.create", made.account.id, "ok", {{"login", login}});
  });
  return made;
}

Session StoredAccounts::begin_session(const StoredAccount& stored, const SignIn& given, const std::string& renewed,
                                      Timestamp verified) {
  const std::string from(given.address);
  const auto now = clock_.now();
  const auto key = random_hex(kSessionKeyBytes);
  const auto who = principal_of(stored.account, from);
  const bool takes_code = stored.account.second_factor && stored.account.signs_in_by != SignsInBy::provider;
  Session session;
  const auto open = [&](Transaction& t) {
    auto current = load_account(t, stored.account.id);
    // The password checked must still be the one: it may have changed in between.
    if (!current || current->account.disabled || current->password != stored.password ||
        current->account.signs_in_by != stored.account.signs_in_by) {
      throw Error(ErrorCode::unauthenticated, "wrong login or password", "auth.bad_credentials");
    }
    Json detail;
    if (stored.account.signs_in_by != SignsInBy::password) detail["by"] = name_of(stored.account.signs_in_by);
    // As it is now: it may have been set up or taken away since.
    const bool coded = current->account.second_factor && stored.account.signs_in_by != SignsInBy::provider;
    if (coded) {
      const auto taken = take_code(*current->second_factor, given.code, now);
      if (taken == TakenCode::none) throw Error(ErrorCode::unauthenticated, "the code is wrong", "auth.bad_code");
      if (taken == TakenCode::recovery) detail["recovery_codes_left"] = current->second_factor->recovery_digests.size();
    }
    if (!renewed.empty()) current->password = renewed;
    if (!renewed.empty() || coded) t.put(KeySpace::accounts, account_key(current->account.id), encode(*current));
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
                            verified});
    sweep_expired(t);
    audit(t, who, "session.open", current->account.id, "ok", detail);
  };
  if (takes_code)
    change_with_code(who, stored.account.id, open, "session.open");
  else
    store_.run_transaction(open);
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

// Who asks again within a second, while nothing at all has been committed, is who it was.
std::optional<Accounts::Authenticated> StoredAccounts::authenticate(std::string_view session_or_token,
                                                                    std::string_view address) {
  const auto digest = secret_digest(session_or_token);
  const std::pair key(digest, std::string(address));
  const auto now = clock_.now();
  const std::uint64_t commits = store_.commits();
  {
    std::lock_guard lock(seen_mutex_);
    const auto seen = seen_.find(key);
    if (seen != seen_.end() && seen->second.commits == commits && seen->second.at <= now &&
        now.micros - seen->second.at.micros < kSeenFor && now < seen->second.who.expires)
      return seen->second.who;
  }
  auto who = look_up(session_or_token, digest, address);
  std::lock_guard lock(seen_mutex_);
  if (seen_.size() >= kMostSeen) seen_.clear();
  if (who) seen_.insert_or_assign(key, Seen{commits, now, *who});
  return who;
}

std::optional<Accounts::Authenticated> StoredAccounts::look_up(std::string_view session_or_token, ByteView digest,
                                                               std::string_view address) {
  const auto view = store_.read_view();
  const auto session = load_session(*view, digest);
  if (!session || ends(*session) <= clock_.now()) return std::nullopt;
  const auto stored = load_account(*view, session->account);
  if (!stored || stored->account.disabled || stored->generation != session->generation) return std::nullopt;
  note_use(digest, *session);
  auto principal = principal_of(stored->account, address);
  auto delegation = act(*session, stored->account, principal);
  return Authenticated{
      std::move(principal), session->token ? std::string() : csrf_token(session_or_token),
      ends(*session),       session->token ? Duty::none : duty_of(stored->account, load_policy(*view), clock_.now()),
      session->scope,       session->token || verified_lately(*session),
      std::move(delegation)};
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

}  // namespace lantai::identity
