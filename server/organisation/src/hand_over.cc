#include "lantai/organisation/hand_over.h"

#include <algorithm>

#include "lantai/records/audited.h"

namespace lantai::organisation {
namespace {

using records::Principal;
using records::Record;
using schema::Json;

constexpr std::size_t kMaxReason = 500;

[[noreturn]] void problem(const char* field, const char* rule, std::map<std::string, std::string> params = {}) {
  throw Error("the hand-over does not hold", {FieldProblem{field, rule, std::move(params)}});
}

// Records of others and what officers keep apart are moved on behalf of the administrator who may hand over.
Principal mover() { return identity::service_principal("hand-over"); }

std::string title(const schema::Schema& schema, const Record& record) {
  const auto& type = schema.type(record.type);
  return record.fields.value(type.title_field, record.id);
}

std::string day_after(const std::string& day) { return format_date(date_of_day(day_number(*parse_date(day)) + 1)); }

template <typename F>
void for_each_of(const records::RecordEngine& engine, const char* type, const char* field, const std::string& value,
                 F&& look) {
  records::ListRequest request;
  request.where.push_back({field, Json(value), {}, {}});
  request.limit = 1000;
  do {
    auto page = engine.list(mover(), type, request);
    for (auto& record : page.records) look(record);
    request.page_token = std::move(page.next_page_token);
  } while (!request.page_token.empty());
}

}  // namespace

// Everything there is, read before anything is changed.
struct HandOver::Leaving {
  Record person;
  std::vector<Post> posts;
  std::vector<Record> headed;  // departments
  std::vector<Record> owned;
  std::vector<identity::Account> accounts;
  std::vector<identity::Grant> grants;
  std::vector<identity::Delegation> delegations;
};

HandOver::Leaving HandOver::leaving(const Principal& by, const std::string& person) const {
  Leaving out;
  out.person = engine_.get(by, "person", person);
  out.posts = organisation_.appointments_of(person, organisation_.today());
  for_each_of(engine_, "department", "head", person, [&](Record& one) { out.headed.push_back(std::move(one)); });
  for (auto& account : accounts_.list()) {
    if (account.person != person) continue;
    for (const auto& type : engine_.schema().types()) {
      if (type.owner_field.empty()) continue;
      for_each_of(engine_, type.name.c_str(), type.owner_field.c_str(), account.id,
                  [&](Record& one) { out.owned.push_back(std::move(one)); });
    }
    for (auto& grant : accounts_.grants(account.id, {})) out.grants.push_back(std::move(grant));
    for (auto& one : accounts_.delegations(account.id)) {
      // Between two accounts of theirs it is one.
      const auto same = [&](const identity::Delegation& known) { return known.id == one.id; };
      if (std::none_of(out.delegations.begin(), out.delegations.end(), same)) out.delegations.push_back(std::move(one));
    }
    out.accounts.push_back(std::move(account));
  }
  return out;
}

namespace {

// A row of the record: what, and what becomes of it.
Json row(const char* kind, const std::string& what, const std::string& record, bool passed_on) {
  return {{"kind", kind}, {"what", what}, {"record", record}, {"outcome", passed_on ? "passed_on" : "ended"}};
}

}  // namespace

std::vector<Held> HandOver::held(const Principal& by, const std::string& person) const {
  if (!records::allowed(engine_.schema(), by, records::Action::update, engine_.schema().type("person")))
    throw Error(ErrorCode::permission_denied, "of who keeps people", "auth.forbidden");
  const auto all = leaving(by, person);
  std::vector<Held> out;
  for (const auto& post : all.posts) out.push_back({"appointment", post.position, "appointment/" + post.id});
  for (const auto& one : all.headed) out.push_back({"headship", title(engine_.schema(), one), "department/" + one.id});
  for (const auto& one : all.owned) out.push_back({"owned", title(engine_.schema(), one), one.type + "/" + one.id});
  for (const auto& one : all.grants) out.push_back({"grant", one.reason, one.record});
  for (const auto& one : all.delegations) out.push_back({"delegation", one.reason, one.id});
  for (const auto& account : all.accounts) {
    if (!account.disabled) out.push_back({"account", account.login, "account/" + account.id});
  }
  return out;
}

void HandOver::check(const Principal& by, const Leaving& leaving, const HandOverRequest& request) const {
  if (request.reason.empty()) problem("reason", "field.required");
  if (request.reason.size() > kMaxReason) problem("reason", "field.too_long", {{"max", std::to_string(kMaxReason)}});
  if (!parse_date(request.date)) problem("date", "field.wrong_kind", {{"kind", "2021-03-05"}});
  if (request.date > organisation_.today()) problem("date", "handover.not_yet");
  for (const auto& post : leaving.posts) {
    if (request.date < post.from.substr(0, request.date.size()))
      problem("date", "handover.before_post", {{"begins", post.from}});
  }
  if (request.successor == request.person) problem("successor", "handover.same_person");
  if (!request.successor.empty() && !engine_.find(by, "person", request.successor))
    problem("successor", "field.no_such_record", {{"value", request.successor}});
  for (const auto& id : request.pass_on) {
    if (std::none_of(leaving.posts.begin(), leaving.posts.end(), [&](const Post& post) { return post.id == id; }))
      problem("pass_on", "handover.not_held");
  }
  if (!request.pass_on.empty() && request.successor.empty()) problem("successor", "handover.no_successor");
  const auto own = [&](const identity::Account& account) { return account.id == by.id; };
  if (std::any_of(leaving.accounts.begin(), leaving.accounts.end(), own))
    throw Error(ErrorCode::failed_precondition, "one's own account is not shut", "handover.own_account");
}

void HandOver::shut(const Principal& by, const Leaving& leaving) {
  for (auto account : leaving.accounts) {
    if (account.disabled) continue;
    account.disabled = true;
    accounts_.update(by, account);
  }
}

Record HandOver::write_down(const Leaving& leaving, const HandOverRequest& request, bool taken) {
  const bool someone = !request.successor.empty();
  Json items = Json::array();
  for (const auto& post : leaving.posts) {
    const bool passed = std::count(request.pass_on.begin(), request.pass_on.end(), post.id) > 0;
    items.push_back(row("appointment", post.position, "appointment/" + post.id, passed));
  }
  for (const auto& one : leaving.headed)
    items.push_back(row("headship", title(engine_.schema(), one), "department/" + one.id, someone));
  if (taken) {
    for (const auto& one : leaving.owned)
      items.push_back(row("owned", title(engine_.schema(), one), one.type + "/" + one.id, true));
  }
  for (const auto& one : leaving.grants) items.push_back(row("grant", one.reason, one.record, false));
  for (const auto& one : leaving.delegations) items.push_back(row("delegation", one.reason, one.id, false));
  for (const auto& account : leaving.accounts)
    items.push_back(row("account", account.login, "account/" + account.id, false));
  const auto name = title(engine_.schema(), leaving.person);
  Json fields{{"name", name + " " + request.date},
              {"person", request.person},
              {"date", request.date},
              {"reason", request.reason},
              {"items", std::move(items)}};
  if (someone) fields["successor"] = request.successor;
  return engine_.create(mover(), "handover", std::move(fields)).record;
}

Record HandOver::run(const Principal& by, const HandOverRequest& request) {
  const auto& appointments = engine_.schema().type("appointment");
  for (const auto action : {records::Action::update, records::Action::create}) {
    if (!records::allowed(engine_.schema(), by, action, appointments))
      throw Error(ErrorCode::permission_denied, "of an administrator", "auth.forbidden");
  }
  const auto leaving = this->leaving(by, request.person);
  check(by, leaving, request);
  shut(by, leaving);
  std::optional<identity::Account> taker;
  for (auto& account : accounts_.list()) {
    if (!request.successor.empty() && account.person == request.successor) taker = std::move(account);
  }
  auto record = write_down(leaving, request, taker.has_value());
  store_.run_transaction([&](storage::Transaction& t) {
    t.append_audit(records::audited(by, "person.hand_over", "person/" + request.person, "ok",
                                    {{"handover", record.id}, {"successor", request.successor}}));
  });
  bool main =
      !request.successor.empty() && organisation_.appointments_of(request.successor, organisation_.today()).empty();
  for (const auto& post : leaving.posts) {
    engine_.update(by, "appointment", post.id, 0, {{"to", request.date}});
    if (std::count(request.pass_on.begin(), request.pass_on.end(), post.id) == 0) continue;
    engine_.create(by, "appointment",
                   {{"position", post.position},
                    {"person", request.successor},
                    {"department", post.department},
                    {"head", post.head},
                    {"main", std::exchange(main, false)},
                    {"from", day_after(request.date)}});
  }
  for (const auto& one : leaving.headed)
    engine_.update(by, "department", one.id, 0,
                   {{"head", request.successor.empty() ? Json(nullptr) : Json(request.successor)}});
  if (taker) {
    for (const auto& one : leaving.owned)
      engine_.update(mover(), one.type, one.id, 0, {{engine_.schema().type(one.type).owner_field, taker->id}});
  }
  for (const auto& one : leaving.grants) accounts_.revoke_grant(mover(), one.account, one.record);
  for (const auto& one : leaving.delegations) accounts_.revoke_delegation(mover(), one.id);
  engine_.update(by, "person", request.person, 0, {{"active_to", request.date}});
  return record;
}

}  // namespace lantai::organisation
