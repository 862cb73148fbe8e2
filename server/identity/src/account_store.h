// How are accounts and sessions kept in the store? Keys and CBOR values (docs/formats/records.md). Pure but for the
// transaction or view they are given; thread-safe.
//
//   accounts  "account" (id)      → account with the hash of its password
//   accounts  "login" (login)     → id
//   accounts  "subject" (issuer and subject) → id, of who signs in by the provider
//   accounts  "delegation" (id)   → who stands in for whom, from when to when
//   accounts  "seal" (purpose)    → key (sealer.h)
//   accounts  "grant" (account) (record) → until when it may be read, by whom and why
//   accounts  "policy"            → what is asked of whoever signs in
//   sessions  digest of the key   → session or token
#pragma once

#include <optional>
#include <string>

#include "lantai/identity/accounts.h"
#include "lantai/storage/store.h"
#include "one_time_code.h"

namespace lantai::identity {

struct StoredAccount {
  Account account;
  std::string password;          // Argon2id, encoded
  std::uint64_t generation = 0;  // grows when sessions and tokens made before are no longer good
  std::optional<StoredSecondFactor> second_factor = std::nullopt;
  std::string subject = {};                        // as whom the provider knows it; empty: it did not come yet
  std::vector<std::string> former_passwords = {};  // hashed as password is, the latest first
};

struct StoredSession {
  std::string account;
  std::uint64_t generation = 0;
  bool token = false;  // for a program: no idle time-out, no CSRF
  std::string label;
  Timestamp created, used, expires;
  std::string address = {}, agent = {};    // of a session, where it was opened
  TokenScope scope = TokenScope::all;      // of a token
  Timestamp verified = {};                 // of a session, when its owner last gave password and code
  std::string post = {}, delegation = {};  // of a session, how it acts
  std::string purpose = {};                // what its owner looks for records for
};

Bytes account_key(std::string_view id);
Bytes account_prefix();
Bytes login_key(std::string_view login);
Bytes subject_key(std::string_view subject);  // of who signs in by the provider: its value is the account
Bytes sealing_key(std::string_view purpose);
Bytes policy_key();
// The store's key of 32 bytes for `purpose`, made when it is first asked for. Where it cannot be kept (no room on the
// disk), one that lasts as long as the caller keeps it.
Bytes stored_key(storage::Store& store, std::string_view purpose);
Bytes grant_key(std::string_view account, std::string_view record);
Bytes grant_prefix(std::string_view account);  // empty: of all

Bytes encode(const StoredAccount& account);
StoredAccount decode_account(ByteView bytes);  // throws data_loss
Bytes encode(const StoredSession& session);
StoredSession decode_session(ByteView bytes);  // throws data_loss

Bytes encode(const SecurityPolicy& policy);
Bytes encode(const Grant& grant);
Grant decode_grant(ByteView bytes);  // throws data_loss
Bytes delegation_key(std::string_view id);
Bytes delegation_prefix();
Bytes encode(const Delegation& delegation);
Delegation decode_delegation(ByteView bytes);  // throws data_loss
SecurityPolicy decode_policy(ByteView bytes);  // throws data_loss

template <typename Reader>
SecurityPolicy load_policy(Reader& reader) {
  const auto value = reader.get(storage::KeySpace::accounts, policy_key());
  return value ? decode_policy(*value) : SecurityPolicy{};
}

template <typename Reader>
std::optional<StoredAccount> load_account(Reader& reader, std::string_view id) {
  const auto value = reader.get(storage::KeySpace::accounts, account_key(id));
  if (!value) return std::nullopt;
  return decode_account(*value);
}

template <typename Reader>
std::optional<StoredAccount> load_login(Reader& reader, std::string_view login) {
  const auto id = reader.get(storage::KeySpace::accounts, login_key(login));
  if (!id) return std::nullopt;
  return load_account(reader, as_chars(*id));
}

template <typename Reader>
std::optional<StoredSession> load_session(Reader& reader, ByteView digest) {
  const auto value = reader.get(storage::KeySpace::sessions, digest);
  if (!value) return std::nullopt;
  return decode_session(*value);
}

}  // namespace lantai::identity
