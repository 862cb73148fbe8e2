#include <algorithm>

#include "lantai/base/id.h"
#include "lantai/records/policy.h"
#include "officers.h"
#include "stored_accounts.h"

namespace lantai::identity {
namespace {

[[noreturn]] void problem(const char* field, const char* rule, std::map<std::string, std::string> params = {}) {
  throw Error("a member of the request does not hold", {FieldProblem{field, rule, std::move(params)}});
}

Date day_of(const std::string& text, const char* field) {
  const auto day = parse_date(text);
  if (!day) problem(field, "field.wrong_kind", {{"kind", "2021-03-05"}});
  return *day;
}

Json detail_of(const Delegation& delegation) {
  Json detail{
      {"from", delegation.from}, {"to", delegation.to}, {"begins", delegation.begins}, {"ends", delegation.ends}};
  if (!delegation.post.empty()) detail["of_post"] = delegation.post;
  if (!delegation.reason.empty()) detail["why"] = delegation.reason;
  return detail;
}

}  // namespace

std::string StoredAccounts::today() const { return format_date(records::office_day(clock_.now())); }

std::vector<HeldPost> StoredAccounts::posts_of(const Account& account) const {
  if (account.person.empty() || !options_.posts_of) return {};
  return options_.posts_of(account.person);
}

std::set<std::string> StoredAccounts::departments_of(const Account& account, const std::vector<HeldPost>& posts) const {
  auto named = account.departments;
  if (account.departments_by_post) {
    for (const auto& post : posts) named.push_back(post.department);
  }
  if (account.scope == DepartmentScope::subtree && options_.departments_below) return options_.departments_below(named);
  return {named.begin(), named.end()};
}

Delegation StoredAccounts::give_delegation(const Principal& by, Delegation delegation) {
  if (by.id != delegation.from && !holds(by, "security_officer")) refuse(by, "delegation.give", delegation.from);
  if (!by.behalf.empty())
    throw Error(ErrorCode::failed_precondition, "a substitute does not delegate", "auth.not_delegable");
  const auto from = known_account(*store_.read_view(), delegation.from).account;
  const auto to = load_account(*store_.read_view(), delegation.to);
  if (!to) problem("login", "auth.unknown_account");
  if (delegation.from == delegation.to) problem("login", "auth.substitute_oneself");
  if (to->account.disabled) problem("login", "auth.disabled");
  const auto held = posts_of(from);
  const auto is_it = [&](const HeldPost& post) { return post.id == delegation.post; };
  if (!delegation.post.empty() && std::none_of(held.begin(), held.end(), is_it)) problem("post", "auth.no_such_post");
  const auto begins = day_of(delegation.begins, "begins"), ends = day_of(delegation.ends, "ends");
  if (ends < begins) problem("ends", "field.ends_before", {{"begins", delegation.begins}});
  if (delegation.ends < today()) problem("ends", "field.in_the_past");
  if (day_number(ends) - day_number(begins) >= kMaxDelegationDays)
    problem("ends", "auth.delegation_long", {{"days", std::to_string(kMaxDelegationDays)}});
  require_reason(delegation.reason, kMaxDelegationReason);
  delegation.id = make_id(clock_.now());
  delegation.by = by.id;
  delegation.given = clock_.now();
  store_.run_transaction([&](Transaction& t) {
    known_account(t, delegation.from);
    known_account(t, delegation.to);
    t.put(KeySpace::accounts, delegation_key(delegation.id), encode(delegation));
    audit(t, by, "delegation.give", delegation.to, "ok", detail_of(delegation));
  });
  return delegation;
}

void StoredAccounts::revoke_delegation(const Principal& by, std::string_view delegation_id) {
  const auto key = delegation_key(delegation_id);
  const auto unknown = [] {
    throw Error(ErrorCode::not_found, "there is no such delegation", "auth.unknown_delegation");
  };
  const auto stored = store_.read_view()->get(KeySpace::accounts, key);
  if (!stored) unknown();
  const auto delegation = decode_delegation(*stored);
  if (by.id != delegation.from && by.id != delegation.to && !holds(by, "security_officer"))
    refuse(by, "delegation.revoke", delegation.to);
  store_.run_transaction([&](Transaction& t) {
    if (!t.get(KeySpace::accounts, key)) unknown();
    t.erase(KeySpace::accounts, key);
    audit(t, by, "delegation.revoke", delegation.to, "ok", detail_of(delegation));
  });
}

std::vector<Delegation> StoredAccounts::delegations(std::string_view account_id) const {
  const auto view = store_.read_view();
  const auto day = today();
  std::vector<Delegation> out;
  for_each_entry(*view, delegation_prefix(), [&](const storage::Entry& entry) {
    auto one = decode_delegation(entry.value);
    const bool concerns = account_id.empty() || one.from == account_id || one.to == account_id;
    if (concerns && one.ends >= day) out.push_back(std::move(one));
    return true;
  });
  std::sort(out.begin(), out.end(), [](const Delegation& a, const Delegation& b) { return a.begins < b.begins; });
  return out;
}

bool StoredAccounts::in_force(const Delegation& delegation) const {
  const auto day = today();
  if (day < delegation.begins || day > delegation.ends) return false;
  const auto from = load_account(*store_.read_view(), delegation.from);
  if (!from || from->account.disabled) return false;
  const auto held = posts_of(from->account);
  return delegation.post.empty() ||
         std::any_of(held.begin(), held.end(), [&](const auto& post) { return post.id == delegation.post; });
}

std::vector<Delegation> StoredAccounts::stood_in_for(std::string_view account_id) const {
  auto out = delegations(account_id);
  std::erase_if(out, [&](const Delegation& one) { return one.to != account_id || !in_force(one); });
  return out;
}

std::optional<Delegation> StoredAccounts::delegation_in_force(std::string_view id, const Account& to) const {
  const auto stored = store_.read_view()->get(KeySpace::accounts, delegation_key(id));
  if (!stored) return std::nullopt;
  auto delegation = decode_delegation(*stored);
  return delegation.to == to.id && in_force(delegation) ? std::optional(std::move(delegation)) : std::nullopt;
}

// The substitute's own roles and clearance, and the departments of what they stand in for, too.
void StoredAccounts::stand_in(const Delegation& delegation, Principal& principal) const {
  const auto from = known_account(*store_.read_view(), delegation.from).account;
  auto posts = posts_of(from);
  if (!delegation.post.empty()) std::erase_if(posts, [&](const HeldPost& post) { return post.id != delegation.post; });
  principal.behalf = delegation.from;
  principal.post = posts.empty() ? std::string() : posts.front().id;
  if (principal.all_departments) return;
  auto as_given = from;
  if (!delegation.post.empty()) as_given.departments.clear();
  principal.scope.merge(departments_of(as_given, posts));
}

std::string StoredAccounts::act(const StoredSession& session, const Account& account, Principal& principal) const {
  principal.purpose = session.purpose;
  if (const auto given = session.delegation.empty() ? std::nullopt : delegation_in_force(session.delegation, account)) {
    stand_in(*given, principal);
    return given->id;
  }
  const auto held = session.post.empty() ? std::vector<HeldPost>() : posts_of(account);
  const auto chosen =
      std::find_if(held.begin(), held.end(), [&](const HeldPost& post) { return post.id == session.post; });
  if (chosen != held.end()) principal.post = chosen->id;
  return {};
}

void StoredAccounts::change_session(const Principal& by, std::string_view session_key,
                                    const std::function<void(Transaction&, StoredSession&)>& change) {
  const auto digest = secret_digest(session_key);
  store_.run_transaction([&](Transaction& t) {
    auto session = load_session(t, digest);
    if (!session || session->account != by.id)
      throw Error(ErrorCode::unauthenticated, "the session has ended", "auth.required");
    if (session->token)
      throw Error(ErrorCode::failed_precondition, "a token acts as its account only", "auth.not_for_tokens");
    change(t, *session);
    t.put(KeySpace::sessions, digest, encode(*session));
  });
}

void StoredAccounts::act_as(const Principal& by, std::string_view session_key, std::string_view post,
                            std::string_view delegation_id) {
  const auto account = known_account(*store_.read_view(), by.id).account;
  const auto held = posts_of(account);
  if (!post.empty() && std::none_of(held.begin(), held.end(), [&](const HeldPost& one) { return one.id == post; }))
    problem("post", "auth.no_such_post");
  const auto given = delegation_id.empty() ? std::nullopt : delegation_in_force(delegation_id, account);
  if (!delegation_id.empty() && !given) problem("delegation", "auth.delegation_over");
  change_session(by, session_key, [&](Transaction& t, StoredSession& session) {
    session.post = post;
    session.delegation = delegation_id;
    Json detail{{"as_post", post}};
    if (given) detail = {{"for", given->from}, {"delegation", given->id}};
    audit(t, by, "session.act_as", by.id, "ok", detail);
  });
}

void StoredAccounts::state_purpose(const Principal& by, std::string_view session_key, std::string_view purpose) {
  if (purpose.size() > kMaxPurpose) problem("purpose", "field.too_long", {{"max", std::to_string(kMaxPurpose)}});
  change_session(by, session_key, [&](Transaction&, StoredSession& session) { session.purpose = purpose; });
}

}  // namespace lantai::identity
