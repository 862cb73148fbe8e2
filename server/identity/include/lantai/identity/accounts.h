// Who is calling? Accounts with a local password (Argon2id), that of the school's directory, or a sign-in provider;
// sessions for browsers and bearer tokens for programs; both are stored only as digests of their secret. Every sign-in
// and change is audited, without any secret; failures too, one by one up to a rate at which nobody can fill the disk
// with them, beyond it by their number.
//
// Thread-safe. Changes are durable on return and hold from the next call on: a disabled account, a new password or
// fewer rights take effect at once on open sessions and tokens. Cost: sign_in, change_password and set_password one
// Argon2id each (tens of milliseconds, `hash_memory_bytes` of memory; at most four at the same time), authenticate two
// point reads and now and then one commit. Used in tests/identity/accounts_test.cc; reasons in docs/adr/0053.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/time.h"
#include "lantai/identity/directory.h"
#include "lantai/identity/provider.h"
#include "lantai/identity/security_policy.h"
#include "lantai/records/principal.h"
#include "lantai/storage/store.h"

namespace lantai::identity {

enum class DepartmentScope { all, own, subtree };
std::string_view name_of(DepartmentScope scope);  // "all", "own", "subtree"
std::optional<DepartmentScope> scope_named(std::string_view name);

// Where an account shows who it is: by a password kept here, by the directory's, or at the sign-in provider.
enum class SignsInBy { password, directory, provider };
std::string_view name_of(SignsInBy by);  // "password", "directory", "provider"
std::optional<SignsInBy> signs_in_by_named(std::string_view name);

struct Account {
  std::string id;
  std::string login;  // unique, folded to lower case
  std::string name;
  std::set<std::string> roles;
  int clearance = 0;
  std::vector<std::string> departments;
  bool disabled = false;
  bool must_change_password = false;
  Timestamp password_set;      // as read; the beginning of time: not known, made by an earlier version
  bool second_factor = false;  // signing in takes a code, too; as read, update leaves it
  std::uint64_t version = 0;   // as read; update throws conflict when it has changed, 0: whatever is there
  // Which departments' records it sees, of those that are not open to all: every one's, its own, or its own and those
  // below them.
  DepartmentScope scope = DepartmentScope::all;
  std::string person;  // id of the record of the person it belongs to; empty: nobody in particular
  SignsInBy signs_in_by = SignsInBy::password;
  bool departments_by_post = false;  // besides `departments` also those of the appointments the person holds
};

// What is due before anything else is done. Never of tokens: none is made before.
enum class Duty { none, change_password, set_up_second_factor };

struct Session {
  std::string key;         // secret: the cookie, or the bearer token; shown once
  std::string csrf_token;  // browsers send it back in X-CSRF-Token
  Account account;
  Timestamp expires;
  Duty duty = Duty::none;
};

// What a token serves for, beyond what its account may do: reading; also writing records and files; everything, such as
// accounts and rights.
enum class TokenScope { read, write, all };
std::string_view name_of(TokenScope scope);  // "read", "write", "all"
std::optional<TokenScope> token_scope_named(std::string_view name);

// A record that somebody may read for a time, whatever level, department and closing date it has, with what lies in it.
struct Grant {
  std::string account;  // or, for all who are in it, `group/…`
  std::string record;   // `item/…`, `volume/…`
  Timestamp until;
  std::string reason;
  std::string by;  // who gave it
  Timestamp given;
};
inline constexpr std::size_t kMaxGrantReason = 500;

// Somebody may act for somebody else from one day to another (委托代理). The substitute brings their own roles and
// clearance and, while acting so, sees also the departments of the posts they stand in for.
struct Delegation {
  std::string id;
  std::string from, to;      // accounts: who is stood in for, who stands in
  std::string post;          // the one appointment it is about; empty: all that `from` does
  std::string begins, ends;  // days of the office, both included: `2021-03-05`
  std::string reason;
  std::string by;  // who gave it
  Timestamp given;
};
inline constexpr std::size_t kMaxDelegationReason = 500;
inline constexpr int kMaxDelegationDays = 366;
inline constexpr std::size_t kMaxPurpose = 200;  // bytes

struct HeldPost {
  std::string id, department;
};

struct SignIn {
  std::string_view login, password, address;
  std::string_view code = {};   // of the second factor, or a recovery code
  std::string_view agent = {};  // what the browser calls itself, so that its owner knows it again
};

struct AccountsOptions {
  std::chrono::seconds idle_timeout{8 * 3600};  // measured to a sixteenth of it
  std::chrono::seconds absolute_timeout{24 * 3600};
  std::chrono::seconds verified_for{10 * 60};   // grave acts take a session whose owner gave the password since
  unsigned failures_before_delay = 5;           // per login and address
  unsigned failures_per_address = 100;          // at once, whatever the logins; then one in five seconds
  std::chrono::seconds longest_delay{15 * 60};  // doubles from one second up to this
  std::size_t hash_memory_bytes = 64U << 20U;   // Argon2id; older hashes are renewed at sign-in
  unsigned hash_passes = 3;
  // What an account may be besides one of the three officers: the terms of the vocabulary `role`.
  std::set<std::string> roles{"archivist", "staff", "reader"};
  // The following three tell what is in the store: what they say changes by a commit, or with the day.
  // The departments with all that are below them; without it a scope of subtree is as one of own. Thread-safe.
  std::function<std::set<std::string>(const std::vector<std::string>&)> departments_below{};
  // The appointments a person holds today, the main one first; without it nobody holds any. Thread-safe.
  std::function<std::vector<HeldPost>(const std::string& person)> posts_of{};
  // The groups a person is in today; without it nobody is in any. Thread-safe.
  std::function<std::vector<std::string>(const std::string& person)> groups_of{};
  std::shared_ptr<const Directory> directory{};  // none: accounts of the directory cannot sign in
  // Whoever the directory or the provider knows and has no account yet gets one at the first sign-in, without any
  // right.
  bool make_accounts = false;
};

class Accounts {
 public:
  static std::unique_ptr<Accounts> make(storage::Store& store, const Clock& clock, const AccountsOptions& options = {});
  virtual ~Accounts() = default;

  // `by`: who does it. An administrator makes accounts, names and disables them and sets passwords; roles, clearance
  // and departments the security officer grants, who may disable them, too. Else permission_denied, audited; also for
  // one's own rights and, by an administrator, an officer's password, unless officers are combined. The operator at the
  // machine does all of it. Throws already_exists on a taken login; invalid_argument on a bad login or an unknown role;
  // with a field problem on a weak password and on roles that are kept apart. The last enabled holder of an officer's
  // role cannot be disabled or lose it: failed_precondition.
  virtual Account create(const records::Principal& by, Account account, std::string_view password) = 0;
  // `password`: a new one, as by set_password. Both in one commit, or neither.
  virtual Account update(const records::Principal& by, const Account& account,
                         std::optional<std::string_view> password = std::nullopt) = 0;
  // Ends the account's sessions and tokens; it must change the password again unless `by` is the operator.
  virtual void set_password(const records::Principal& by, std::string_view account_id, std::string_view password) = 0;
  // One's own. Ends every session and token of the account, also the one this came through. A wrong old password is a
  // field problem of `old`: the session goes on. Of a password kept elsewhere failed_precondition
  // (`auth.password_elsewhere`), as of every call here that would set or, at the provider, ask for one.
  virtual void change_password(const records::Principal& by, std::string_view old_password,
                               std::string_view password) = 0;
  virtual std::optional<Account> find(std::string_view account_id) const = 0;
  virtual std::optional<Account> find_login(std::string_view login) const = 0;
  virtual std::vector<Account> list() const = 0;

  // What an account may do, when it is not signed in itself: who asks on behalf of whom is the caller's to check.
  virtual records::Principal principal_of(const Account& account, std::string_view address = {}) const = 0;

  // By an archivist, who must be able to see the record: that is for the caller to check. In place of an earlier one
  // for the same record and account. Throws with field problems of `until` (not in the future) and `reason` (missing,
  // or longer than kMaxGrantReason).
  virtual Grant give_grant(const records::Principal& by, Grant grant) = 0;
  // By an archivist or the security officer; nothing when there is none.
  virtual void revoke_grant(const records::Principal& by, std::string_view account_id, std::string_view record) = 0;
  // In force now, the first to end first; of one account or group (not what is lent to groups an account is in) or
  // record, when they are named.
  virtual std::vector<Grant> grants(std::string_view account_id, std::string_view record) const = 0;
  // All that is lent to an account, by itself or as one of a group.
  virtual std::vector<Grant> grants_of(const Account& account) const = 0;

  // By whoever is stood in for, or the security officer; not by who acts for somebody else at that moment. Throws with
  // field problems of `login` (oneself, nobody, disabled), `post` (not held by them), `begins`, `ends` (over, before it
  // begins, longer than kMaxDelegationDays), `reason`.
  virtual Delegation give_delegation(const records::Principal& by, Delegation delegation) = 0;
  // By either of the two or the security officer. Throws not_found.
  virtual void revoke_delegation(const records::Principal& by, std::string_view delegation_id) = 0;
  // Not over yet, the first to begin first; from or to that account, or all.
  virtual std::vector<Delegation> delegations(std::string_view account_id) const = 0;
  // Those by which that account may act for somebody now.
  virtual std::vector<Delegation> stood_in_for(std::string_view account_id) const = 0;

  // As which post of one's own, or for whom by a delegation that is in force, the one with that key acts from now on;
  // both empty: as the main post. When the post or the delegation ends, so does acting so. Throws with a field problem
  // of `post` or `delegation`; failed_precondition for a token.
  virtual void act_as(const records::Principal& by, std::string_view session_key, std::string_view post,
                      std::string_view delegation_id) = 0;
  // What one looks for records for, from now on; empty: nothing. Field problem of `purpose` when long.
  virtual void state_purpose(const records::Principal& by, std::string_view session_key, std::string_view purpose) = 0;

  virtual SecurityPolicy policy() const = 0;
  // By the security officer; `change` as amended takes it. Throws with field problems; failed_precondition when
  // officers are to be kept apart and an account combines them. Holds from the next call on, in open sessions too.
  virtual SecurityPolicy change_policy(const records::Principal& by, const schema::Json& change) = 0;

  // Throws unauthenticated, with the same message and cost whether or not the login exists; with `auth.code_required`
  // when the password is right and a code is wanted, `auth.bad_code` when it is wrong or was taken before;
  // resource_exhausted with a wait when there were too many failures from that address for that login, or too many
  // wrong codes for that account, which only those who know its password can give.
  virtual Session sign_in(const SignIn& given) = 0;
  // Of somebody the provider has vouched for: the account that signed in as that subject before, else the one with that
  // login that signs in by the provider and never did, else, where accounts are made, a new one. Throws unauthenticated
  // (`auth.no_account`).
  virtual Session sign_in_provided(const ProvidedIdentity& identity, std::string_view address,
                                   std::string_view agent) = 0;
  virtual void sign_out(std::string_view session_key) = 0;  // also revokes a token; nothing when it is unknown

  // Whoever is signed in shows that it is still them. Errors as of the second factor below.
  virtual void verify(const records::Principal& by, std::string_view session_key, std::string_view password,
                      std::string_view code) = 0;

  struct OpenSession {
    std::string id;       // not the secret
    std::string address;  // where it was opened
    std::string agent;
    Timestamp opened, used, expires;  // used: to a sixteenth of the idle time-out
    bool current = false;             // the one that `session_key` belongs to
  };
  // One's own sessions that are still good, the latest used first.
  virtual std::vector<OpenSession> sessions(const records::Principal& by, std::string_view session_key) = 0;
  // One's own. Throws not_found.
  virtual void end_session(const records::Principal& by, std::string_view session_id) = 0;
  // All of one's own but the one of `session_key`; how many. Tokens go on.
  virtual std::size_t end_other_sessions(const records::Principal& by, std::string_view session_key) = 0;

  struct SecondFactorState {
    bool on = false;
    std::size_t recovery_codes_left = 0;
  };
  struct Enrolment {
    std::string secret;  // base 32, to be typed; shown once
    std::string uri;     // the same for a QR code
  };
  // One's own second factor. A wrong password or code is a field problem of `password` or `code` and delays the next
  // attempt as at signing in. Enrolling while it is on: failed_precondition. Until confirmed it is not asked for.
  virtual SecondFactorState second_factor(const records::Principal& by) const = 0;
  virtual Enrolment enrol_second_factor(const records::Principal& by, std::string_view password) = 0;
  // Gives the recovery codes, shown once; each is good for one sign-in without the device.
  virtual std::vector<std::string> confirm_second_factor(const records::Principal& by, std::string_view code) = 0;
  virtual void remove_second_factor(const records::Principal& by, std::string_view password, std::string_view code) = 0;
  // Other recovery codes in place of those left.
  virtual std::vector<std::string> renew_recovery_codes(const records::Principal& by, std::string_view code) = 0;
  // Of somebody who lost device and codes, by the security officer: who sets passwords does not take this away.
  // Nothing happens when there is none.
  virtual void reset_second_factor(const records::Principal& by, std::string_view account_id) = 0;

  // For oneself or, as the operator, for others. No idle time-out.
  virtual Session make_token(const records::Principal& by, std::string_view account_id, std::string_view label,
                             std::chrono::seconds lifetime, TokenScope scope = TokenScope::all) = 0;

  struct Token {
    std::string id;  // not the secret
    std::string label;
    TokenScope scope = TokenScope::all;
    Timestamp created, expires;
  };
  // Tokens that are still good, newest first. For oneself or, as the operator, for others.
  virtual std::vector<Token> tokens(const records::Principal& by, std::string_view account_id) = 0;
  virtual void revoke_token(const records::Principal& by, std::string_view account_id, std::string_view token_id) = 0;

  struct Authenticated {
    records::Principal principal;
    std::string csrf_token;  // empty for bearer tokens
    Timestamp expires{};     // unless used before then
    Duty duty = Duty::none;
    TokenScope scope = TokenScope::all;  // a session: everything
    bool verified = true;      // a session: password and code were given within `verified_for`; a token always
    std::string delegation{};  // by which it acts for somebody else; empty: by none
  };
  virtual std::optional<Authenticated> authenticate(std::string_view session_or_token, std::string_view address) = 0;
};

// The operator at the machine, acting through the command line on the store itself.
records::Principal operator_principal();
records::Principal service_principal(std::string_view name);

}  // namespace lantai::identity
