// How are accounts kept and told apart? The one implementation of `Accounts`, over several files: accounts.cc
// (accounts, passwords, policy), sessions.cc (signing in, sessions, tokens), second_factor.cc, grants.cc,
// delegations.cc.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "account_store.h"
#include "lantai/base/error.h"
#include "lantai/records/audited.h"
#include "lantai/schema/value.h"
#include "lantai/storage/key_codec.h"
#include "password.h"
#include "sign_in_delay.h"

namespace lantai::identity {

using records::Principal;
using schema::Json;
using storage::KeySpace;
using storage::Transaction;

inline constexpr std::size_t kMaxPasswordBytes = 4096;

std::string folded(std::string_view login);
[[noreturn]] void unknown_account();
[[noreturn]] void wrong_code();
// Field problems of `reason`.
void require_reason(const std::string& reason, std::size_t most);
// Of an account whose password is kept elsewhere.
void require_password_here(const Account& account);

template <typename Reader>
StoredAccount known_account(Reader& reader, std::string_view id) {
  auto stored = load_account(reader, id);
  if (!stored) unknown_account();
  return *std::move(stored);
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
           std::string outcome, const Json& detail = nullptr);

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
  Delegation give_delegation(const Principal& by, Delegation delegation) override;
  void revoke_delegation(const Principal& by, std::string_view delegation_id) override;
  std::vector<Delegation> delegations(std::string_view account_id) const override;
  std::vector<Delegation> stood_in_for(std::string_view account_id) const override;
  void act_as(const Principal& by, std::string_view session_key, std::string_view post,
              std::string_view delegation_id) override;
  void state_purpose(const Principal& by, std::string_view session_key, std::string_view purpose) override;
  std::vector<Grant> grants_of(const Account& account) const override;
  SecurityPolicy policy() const override;
  SecurityPolicy change_policy(const Principal& by, const Json& change) override;
  Session sign_in(const SignIn& given) override;
  Session sign_in_provided(const ProvidedIdentity& identity, std::string_view address, std::string_view agent) override;
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
  struct Seen {
    std::uint64_t commits = 0;
    Timestamp at{};
    Authenticated who;
  };
  std::optional<Authenticated> look_up(std::string_view session_or_token, ByteView digest, std::string_view address);
  std::string today() const;
  std::vector<HeldPost> posts_of(const Account& account) const;
  std::set<std::string> departments_of(const Account& account, const std::vector<HeldPost>& posts) const;
  bool in_force(const Delegation& delegation) const;
  std::optional<Delegation> delegation_in_force(std::string_view id, const Account& to) const;
  void stand_in(const Delegation& delegation, Principal& principal) const;
  std::string act(const StoredSession& session, const Account& account, Principal& principal) const;
  void change_session(const Principal& by, std::string_view session_key,
                      const std::function<void(Transaction&, StoredSession&)>& change);
  [[noreturn]] void refuse(const Principal& by, const char* action, std::string_view account_id);
  void require_others_serve(Transaction& transaction, const Account& before, const Account& after) const;
  void require_not_taken_before(const StoredAccount& stored, std::string_view password);
  StoredAccount require_own_password(const Principal& by, std::string_view password, const char* field,
                                     const char* action);
  void change_with_code(const Principal& by, const std::string& account_id,
                        const std::function<void(Transaction&)>& change, const char* action);
  std::vector<std::pair<Bytes, StoredSession>> good_sessions(const StoredAccount& of, bool tokens) const;
  void replace_password(const Principal& by, const StoredAccount& of, std::string_view password, bool must_change);
  StoredAccount make_account(const std::string& login, const std::string& name, SignsInBy by,
                             const std::string& subject);
  Session begin_session(const StoredAccount& stored, const SignIn& given, const std::string& renewed,
                        Timestamp verified);
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
  // Failures in the audit log: so many at once, then one in so many seconds.
  static constexpr unsigned kNotedFailures = 200;
  static constexpr std::chrono::seconds kNotedFailureEvery{5};
  FailureBudget noted_failures_{kNotedFailures, kNotedFailureEvery};
  static constexpr std::int64_t kSeenFor = kMicrosPerSecond;
  static constexpr std::size_t kMostSeen = 2'000;
  std::mutex seen_mutex_;
  std::map<std::pair<Bytes, std::string>, Seen> seen_;  // by digest of the secret, and address
};

}  // namespace lantai::identity
