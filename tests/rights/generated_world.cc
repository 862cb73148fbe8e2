#include "generated_world.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <iomanip>
#include <sstream>

namespace lantai::rights {
namespace {

using http::test::Json;
using http::test::World;

constexpr int kDepartments = 60, kFonds = 4, kClasses = 24, kVolumes = 200, kRecords = 5000, kPeople = 200;
constexpr int kWithFile = 120, kGroups = 8;
// Of posts and groups: over, to come, and of today.
struct Term {
  const char *from, *to;
  bool today;
};
constexpr Term kTerms[] = {{"2001-09-01", "2015-08-31", false},
                           {"2199-09-01", nullptr, false},
                           {"2016-09-01", "2199-08-31", true},
                           {"2016-09-01", nullptr, true}};
const char* const kLevels[] = {"public", "internal", "restricted"};

std::string numbered(const char* mark, int number) {
  std::ostringstream text;
  text << mark << std::setw(5) << std::setfill('0') << number << mark;
  return text.str();
}

}  // namespace

GeneratedWorld::GeneratedWorld(unsigned seed) : random(seed) {
  make_departments();
  make_holdings();
  make_people();
  make_groups();
}

void GeneratedWorld::make_departments() {
  auto& engine = World::the().app->records();
  for (int i = 0; i < kDepartments; ++i) {
    Department made;
    if (i >= 8) made.parent = any(i);
    Json fields{{"name", "部门" + std::to_string(i)}};
    if (made.parent >= 0) fields["parent"] = departments[static_cast<std::size_t>(made.parent)].id;
    made.id = engine.create(identity::service_principal("test"), "department", fields).record.id;
    departments.push_back(made);
  }
}

Holding GeneratedWorld::holding(const std::string& type, int number) {
  const bool container = type == "fonds" || type == "class";
  Holding made;
  made.type = type;
  made.token = numbered("qx", number);
  if (chance(container ? 25 : 50)) made.level = any(3);
  if (chance(container ? 10 : 15)) made.closed = chance(50);
  if (!container && chance(50)) made.department = any(kDepartments);
  made.year = 2015 + any(8);
  made.topic = any(static_cast<int>(std::size(kTopics)));
  return made;
}

void GeneratedWorld::make_holdings() {
  const auto pick = [&](int first, int count) { return first + any(count); };
  const int classes = kFonds, volumes = classes + kClasses, items = volumes + kVolumes;
  std::size_t stored = 0;
  const auto store = [&] {
    store_holdings(stored);
    stored = holdings.size();
  };
  for (int i = 0; i < kFonds; ++i) holdings.push_back(holding("fonds", i));
  store();
  for (int i = 0; i < kClasses; ++i) {
    auto made = holding("class", classes + i);
    // A tree is of one fonds.
    const int parent = i < 8 ? -1 : classes + any(i);
    if (parent >= 0) made.lies_in.push_back(parent);
    made.lies_in.push_back(parent >= 0 ? holdings[static_cast<std::size_t>(parent)].lies_in.back() : any(kFonds));
    holdings.push_back(made);
    store();
  }
  for (int i = 0; i < kVolumes; ++i) {
    auto made = holding("volume", volumes + i);
    if (chance(80)) {
      made.lies_in.push_back(pick(classes, kClasses));
      if (chance(70)) made.lies_in.push_back(holdings[static_cast<std::size_t>(made.lies_in[0])].lies_in.back());
    }
    holdings.push_back(made);
  }
  store();
  for (int i = 0; i < kRecords; ++i) {
    auto made = holding("item", items + i);
    if (chance(60)) {
      made.lies_in.push_back(pick(volumes, kVolumes));
    } else if (chance(50)) {
      made.lies_in.push_back(pick(classes, kClasses));
    }
    made.has_file = i < kWithFile;
    holdings.push_back(made);
  }
  store();
  for (std::size_t i = 0; i < holdings.size(); ++i) {
    by_token[holdings[i].token] = static_cast<int>(i);
    by_id[holdings[i].id] = static_cast<int>(i);
  }
}

void GeneratedWorld::store_holdings(std::size_t from) {
  auto& app = *World::the().app;
  std::vector<records::NewRecord> rows;
  for (std::size_t i = from; i < holdings.size(); ++i) {
    const auto& one = holdings[i];
    // What lies in a volume is found by the volume's title, too: only items are about a topic.
    const std::string title =
        (one.type == "item" ? "关于" + std::string(kTopics[one.topic]) + "的通知 " : "馆藏目录 ") + one.token;
    Json fields;
    if (one.type == "item" || one.type == "volume") {
      fields = {{"title", title}, {"notes", "附注 " + one.token}, {"fiscal_year", one.year}};
    } else {
      fields = {{"name", title}, {"code", numbered("C", static_cast<int>(i))}};
      if (one.type == "class") fields["scheme"] = "organ";
    }
    if (one.level) fields["access_level"] = kLevels[*one.level];
    if (one.closed) fields["closed_until"] = *one.closed ? "2199-01-01" : "2001-01-01";
    if (one.department >= 0) fields["department"] = departments[static_cast<std::size_t>(one.department)].id;
    for (const int container : one.lies_in) {
      const auto& other = holdings[static_cast<std::size_t>(container)];
      fields[one.type == "class" && other.type == "class" ? "parent" : other.type] = other.id;
    }
    records::NewRecord row{one.type, std::move(fields), {}, {}};
    if (one.has_file) {
      auto writer = app.store().blobs().create();
      const std::string text = "正文提到" + std::string(kTopics[one.topic]) + "和 " + one.token;
      writer->write(as_bytes(text));
      const auto blob = writer->finish();
      records::NewFile file;
      file.digest = blob.digest;
      file.size = blob.size;
      file.name = "正文.txt";
      file.media_type = "text/plain";
      row.files.push_back(std::move(file));
    }
    rows.push_back(std::move(row));
  }
  for (std::size_t begin = 0; begin < rows.size(); begin += 500) {
    const std::vector<records::NewRecord> some(rows.begin() + static_cast<long>(begin),
                                               rows.begin() + static_cast<long>(std::min(begin + 500, rows.size())));
    const auto made = app.records().create_all(identity::service_principal("test"), some);
    for (std::size_t i = 0; i < made.size(); ++i) {
      if (made[i].error) BOOST_FAIL(made[i].error->message());
      holdings[from + begin + i].id = made[i].written->record.id;
    }
  }
}

void GeneratedWorld::make_people() {
  auto& accounts = World::the().app->accounts();
  const auto by = identity::operator_principal();
  const char* const roles[] = {"reader", "staff", "archivist", "administrator", "security_officer", "auditor"};
  auto lender = World::the().app->accounts().find_login("chief").value();
  for (int i = 0; i < kPeople; ++i) {
    Person person;
    person.login = "person" + std::to_string(i);
    person.role = roles[chance(90) ? any(3) : any(6)];
    person.clearance = any(3);
    const char* const scopes[] = {"all", "own", "subtree"};
    person.scope = scopes[any(3)];
    for (int n = any(3); n >= 0; --n) person.departments.push_back(any(kDepartments));
    identity::Account account;
    account.login = account.name = person.login;
    account.roles = {person.role};
    account.clearance = person.clearance;
    account.scope = *identity::scope_named(person.scope);
    for (const int department : person.departments)
      account.departments.push_back(departments[static_cast<std::size_t>(department)].id);
    if (chance(40)) appoint(person);
    account.person = person.record;
    account.departments_by_post = chance(75);
    if (!account.departments_by_post) person.of_posts.clear();
    person.id = accounts.create(by, account, World::kPassword).id;
    person.token = accounts.make_token(by, person.id, "test", std::chrono::hours(2)).key;
    if (chance(30)) {
      for (int n = any(3); n >= 0; --n) {
        const int lent = any(static_cast<int>(holdings.size()));
        identity::Grant grant;
        grant.account = person.id;
        grant.record = holdings[static_cast<std::size_t>(lent)].name();
        grant.until = Timestamp{World::the().app->clock().now().micros + 3600 * kMicrosPerSecond};
        grant.reason = "查阅";
        accounts.give_grant(accounts.principal_of(lender), grant);
        person.borrowed.insert(lent);
      }
    }
    people.push_back(std::move(person));
  }
}

void GeneratedWorld::appoint(Person& person) {
  auto& engine = World::the().app->records();
  const auto by = identity::service_principal("test");
  person.record = engine.create(by, "person", {{"name", person.login}}).record.id;
  for (int n = any(3); n >= 0; --n) {
    const int department = any(kDepartments);
    const auto& term = kTerms[any(static_cast<int>(std::size(kTerms)))];
    Json fields{{"position", "科员"}, {"person", person.record}, {"from", term.from}};
    fields["department"] = departments[static_cast<std::size_t>(department)].id;
    if (term.to != nullptr) fields["to"] = term.to;
    engine.create(by, "appointment", fields);
    if (term.today) person.of_posts.push_back(department);
  }
}

void GeneratedWorld::make_groups() {
  auto& app = *World::the().app;
  const auto lender = app.accounts().find_login("chief").value();
  for (int i = 0; i < kGroups; ++i) {
    const auto& term = kTerms[any(static_cast<int>(std::size(kTerms)))];
    Json fields{{"name", "群组" + std::to_string(i)}, {"effective_from", term.from}, {"members", Json::array()}};
    if (term.to != nullptr) fields["effective_to"] = term.to;
    std::vector<Person*> members;
    for (auto& person : people) {
      if (person.record.empty() || !chance(15)) continue;
      fields["members"].push_back(person.record);
      members.push_back(&person);
    }
    const auto group = app.records().create(identity::service_principal("test"), "group", fields).record.id;
    for (int n = 0; n < 3; ++n) {
      const int lent = any(static_cast<int>(holdings.size()));
      identity::Grant grant;
      grant.account = "group/" + group;
      grant.record = holdings[static_cast<std::size_t>(lent)].name();
      grant.until = Timestamp{app.clock().now().micros + 3600 * kMicrosPerSecond};
      grant.reason = "编史";
      app.accounts().give_grant(app.accounts().principal_of(lender), grant);
      if (!term.today) continue;
      for (auto* member : members) member->borrowed.insert(lent);
    }
  }
}

int GeneratedWorld::level_of(const Holding& holding) const {
  const auto said = nearest(holding, [](const Holding& one) { return one.level; });
  return said.value_or(holding.type == "item" || holding.type == "volume" ? 1 : 0);
}

bool GeneratedWorld::lies_in(const Holding& holding, int other) const {
  return std::any_of(holding.lies_in.begin(), holding.lies_in.end(), [&](int container) {
    return container == other || lies_in(holdings[static_cast<std::size_t>(container)], other);
  });
}

bool GeneratedWorld::below(int department, int other) const {
  for (; department >= 0; department = departments[static_cast<std::size_t>(department)].parent) {
    if (department == other) return true;
  }
  return false;
}

bool GeneratedWorld::sees(const Person& person, const Holding& holding) const {
  if (person.role != "reader" && person.role != "staff" && person.role != "archivist") return false;
  for (const int lent : person.borrowed) {
    if (by_id.at(holding.id) == lent || lies_in(holding, lent)) return true;
  }
  const int level = level_of(holding);
  if (level > person.clearance) return false;
  const auto closed = nearest(holding, [](const Holding& one) { return one.closed; });
  if (closed.value_or(false) && person.role != "archivist") return false;
  if (level == 0 || person.scope == "all") return true;
  const auto department = nearest(holding, [](const Holding& one) {
    return one.department < 0 ? std::optional<int>() : std::optional(one.department);
  });
  const auto in_scope = [&](int own) { return person.scope == "own" ? own == *department : below(*department, own); };
  return department && (std::any_of(person.departments.begin(), person.departments.end(), in_scope) ||
                        std::any_of(person.of_posts.begin(), person.of_posts.end(), in_scope));
}

std::set<int> GeneratedWorld::seen_by(const Person& person) const {
  std::set<int> seen;
  for (std::size_t i = 0; i < holdings.size(); ++i) {
    if (sees(person, holdings[i])) seen.insert(static_cast<int>(i));
  }
  return seen;
}

}  // namespace lantai::rights
