#include "officers.h"
#include "stored_accounts.h"

namespace lantai::identity {
namespace {

void forget_second_factor(Transaction& transaction, const Principal& by, StoredAccount& stored) {
  stored.second_factor.reset();
  ++stored.account.version;
  transaction.put(KeySpace::accounts, account_key(stored.account.id), encode(stored));
  audit(transaction, by, "account.second_factor", stored.account.id, "ok", {{"on", false}});
}

}  // namespace

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

}  // namespace lantai::identity
