#include <algorithm>
#include <iterator>

#include "officers.h"
#include "stored_accounts.h"

namespace lantai::identity {
namespace {

constexpr const char* kGroup = "group/";

}  // namespace

Grant StoredAccounts::give_grant(const Principal& by, Grant grant) {
  if (!holds(by, "archivist")) refuse(by, "grant.give", grant.account);
  grant.by = by.id;
  grant.given = clock_.now();
  if (grant.until <= grant.given)
    throw Error("the grant is over already", {FieldProblem{"until", "field.in_the_past", {}}});
  require_reason(grant.reason, kMaxGrantReason);
  store_.run_transaction([&](Transaction& t) {
    if (!grant.account.starts_with(kGroup)) known_account(t, grant.account);
    t.put(KeySpace::accounts, grant_key(grant.account, grant.record), encode(grant));
    const Json detail{{"account", grant.account}, {"until", format_rfc3339(grant.until)}, {"reason", grant.reason}};
    t.append_audit(records::audited(by, "grant.give", grant.record, "ok", detail));
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
    t.append_audit(records::audited(by, "grant.revoke", std::string(record), "ok", detail));
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

std::vector<Grant> StoredAccounts::grants_of(const Account& account) const {
  auto out = grants(account.id, {});
  if (account.person.empty() || !options_.groups_of) return out;
  for (const auto& group : options_.groups_of(account.person)) {
    auto theirs = grants(kGroup + group, {});
    std::move(theirs.begin(), theirs.end(), std::back_inserter(out));
  }
  return out;
}

}  // namespace lantai::identity
