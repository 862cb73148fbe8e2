// Nothing outside what the oracle says somebody may see shows through any door, and nothing inside it is missing.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <regex>

#include "generated_world.h"

using namespace lantai;
using namespace lantai::rights;
using http::test::Answer;
using http::test::Client;
using http::test::encoded;
using http::test::Json;
using http::test::World;

namespace {

constexpr unsigned kSeed = 20261129;
constexpr int kRounds = 300;  // a person drawn at random asks one thing of each kind

GeneratedWorld& world() {
  static GeneratedWorld made(kSeed);
  static const bool searchable = [] {
    auto& app = *World::the().app;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    return app.wait_until_searchable(app.store().changes().last_position(), deadline);
  }();
  BOOST_REQUIRE(searchable);
  return made;
}

struct Caller {
  explicit Caller(const Person& who) : person(who), seen(world().seen_by(who)), client(World::the().anonymous()) {
    client.use_token(who.token);
  }
  bool sees(int holding) const { return seen.contains(holding); }
  // Every answer is looked through for what it must not hold.
  Answer get(const std::string& path) {
    auto answer = client.get(path);
    look_through(path, answer.body);
    return answer;
  }
  void look_through(const std::string& path, const std::string& body) const {
    static const std::regex kToken("qx[0-9]{5}qx");
    for (std::sregex_iterator found(body.begin(), body.end(), kToken), end; found != end; ++found) {
      const auto holding = world().by_token.find(found->str());
      if (holding != world().by_token.end() && !sees(holding->second))
        BOOST_ERROR(person.login << " is told " << found->str() << " by " << path);
    }
  }
  int random_holding() { return world().any(static_cast<int>(world().holdings.size())); }
  const Holding& holding(int number) const { return world().holdings[static_cast<std::size_t>(number)]; }

  const Person& person;
  const std::set<int> seen;
  Client client;
};

const Person& somebody() { return world().people[static_cast<std::size_t>(world().any(200))]; }

std::set<int> numbers_of(const Json& list) {
  std::set<int> numbers;
  for (const auto& one : list) {
    const auto found = world().by_id.find(one["id"].get<std::string>());
    if (found != world().by_id.end()) numbers.insert(found->second);
  }
  return numbers;
}

template <typename F>
std::set<int> those(const Caller& caller, F&& asked) {
  std::set<int> out;
  for (const int number : caller.seen) {
    if (asked(caller.holding(number))) out.insert(number);
  }
  return out;
}

// The same but for the number of the request and what was asked for.
std::string without_request(const Answer& answer) {
  auto json = answer.json();
  json.erase("request_id");
  return json.dump();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rights_of_a_generated_world)

// The oracle itself must not be so narrow, or so wide, that nothing is proved.
BOOST_AUTO_TEST_CASE(people_see_much_and_are_kept_from_much) {
  std::size_t most = 0, some = 0;
  for (const auto& person : world().people) {
    const auto seen = world().seen_by(person).size();
    most = std::max(most, seen);
    some += seen > 300 && seen < 4500 ? 1 : 0;
  }
  BOOST_TEST(most > 4500U);
  BOOST_TEST(some > 100U);
}

BOOST_AUTO_TEST_CASE(search_facets_and_filters_are_of_what_is_seen) {
  for (int round = 0; round < kRounds; ++round) {
    Caller caller(somebody());
    const int topic = world().any(10), year = 2015 + world().any(8);
    const bool filtered = world().chance(50);
    const auto expected = those(caller, [&](const Holding& one) {
      return one.type == "item" && one.topic == topic && (!filtered || one.year == year);
    });
    const auto path = "/api/v1/search?limit=1000&exact_counts=1&facet=access_level&facet=fiscal_year&q=" +
                      encoded("\"" + std::string(kTopics[topic]) + "\"") +
                      (filtered ? "&filter=fiscal_year:" + std::to_string(year) : "");
    const auto found = caller.get(path).json();
    const auto hits = numbers_of(found["hits"]);
    if (hits != expected) {
      for (const int number : hits)
        if (!expected.contains(number)) BOOST_ERROR(caller.person.login << " finds " << caller.holding(number).name());
      for (const int number : expected)
        if (!hits.contains(number)) BOOST_ERROR(caller.person.login << " misses " << caller.holding(number).name());
    }
    BOOST_TEST(found["total"] == expected.size());
    std::map<std::string, std::size_t> levels;
    const char* const names[] = {"public", "internal", "restricted"};
    for (const int number : expected) ++levels[names[world().level_of(caller.holding(number))]];
    std::map<std::string, std::size_t> told;
    for (const auto& facet : found["facets"]) {
      if (facet["field"] != "access_level") continue;
      for (const auto& value : facet["values"]) told[value["value"]] = value["count"];
    }
    BOOST_TEST(told == levels);
  }
}

// By the one word that only the record has.
BOOST_AUTO_TEST_CASE(a_record_is_found_completed_and_explained_by_those_who_see_it_alone) {
  for (int round = 0; round < kRounds; ++round) {
    Caller caller(somebody());
    const int number = caller.random_holding();
    const auto& holding = caller.holding(number);
    const auto found = caller.get("/api/v1/search?q=" + holding.token).json();
    const bool hit = numbers_of(found["hits"]).contains(number);
    BOOST_TEST(hit == caller.sees(number), caller.person.login << " and " << holding.name());
    if (!caller.sees(number)) {
      BOOST_TEST(found["hits"].empty());
      BOOST_TEST(found["hints"].dump().find("qx") == std::string::npos);
    }
    caller.get("/api/v1/completions?limit=50&q=" + encoded("关于" + std::string(kTopics[holding.topic])));
    const auto explained = caller.get("/api/v1/explain?record=" + holding.name() + "&q=" + holding.token);
    BOOST_TEST(explained.status ==
               (caller.sees(number) ? 200
                : caller.person.role == "reader" || caller.person.role == "staff" || caller.person.role == "archivist"
                    ? 404
                    : 403));
  }
}

BOOST_AUTO_TEST_CASE(every_door_of_a_record_opens_for_those_who_see_it_alone) {
  auto& made = world();
  const std::string none = "01a224c5-76b2-76d0-90b8-e60eef816f3c";
  for (int round = 0; round < kRounds; ++round) {
    Caller caller(somebody());
    // Half of the time one with a file.
    const int number = made.chance(50) ? 228 + made.any(120) : caller.random_holding();
    const auto& holding = caller.holding(number);
    const auto at = [&](const std::string& id, const std::string& door) {
      return "/api/v1/records/" + holding.type + "/" + id + door;
    };
    for (const std::string door :
         {"", "/history", "/versions/1", "/files/1", "/files/1/versions/1", "/files/1/text", "/files/1/pages",
          "/files/1/pages/1.png", "/files/1/pages/1/marks?q=x", "/similar", "/suggestions"}) {
      const auto answer = caller.get(at(holding.id, door));
      if (caller.sees(number)) {
        if (door.empty() || door == "/history" || door == "/versions/1") BOOST_TEST(answer.status == 200, door);
        continue;
      }
      BOOST_TEST((answer.status == 404 || answer.status == 403), holding.name()
                                                                     << door << " answers " << answer.status);
      // As if there were none.
      const auto absent = caller.get(at(none, door));
      BOOST_TEST(absent.status == answer.status, door);
      BOOST_TEST(without_request(absent) == without_request(answer), door);
    }
    if (caller.sees(number)) continue;
    const auto printed = caller.client.post(at(holding.id, "/prints"), Json::object());
    BOOST_TEST(without_request(printed) == without_request(caller.client.post(at(none, "/prints"), Json::object())));
    const Client::Fields any{{"If-Match", "*"}};
    const auto change = caller.client.patch(at(holding.id, ""), {{"fields", {{"notes", "x"}}}}, any);
    const auto absent = caller.client.patch(at(none, ""), {{"fields", {{"notes", "x"}}}}, any);
    BOOST_TEST(change.status == absent.status);
    BOOST_TEST(without_request(change) == without_request(absent));
    const auto removed = caller.client.remove(at(holding.id, ""), any);
    BOOST_TEST(removed.status == caller.client.remove(at(none, ""), any).status);
    // Nor may it be named as what something lies in.
    if (holding.type == "volume" && caller.person.role != "reader") {
      const auto link = [&](const std::string& id) {
        return without_request(
            caller.client.post("/api/v1/records/item", {{"fields", {{"title", "x"}, {"volume", id}}}}));
      };
      auto hidden = link(holding.id), missing = link(none);
      BOOST_TEST(std::regex_replace(hidden, std::regex(holding.id), none) == missing);
    }
  }
}

void check_listed(const Caller& given, int year) {
  Caller caller(given.person);
  const auto expected = those(caller, [&](const Holding& one) { return one.type == "item" && one.year == year; });
  const auto page = caller.get("/api/v1/records/item?limit=1000&where%5Bfiscal_year%5D=" + std::to_string(year));
  if (page.status != 403) BOOST_TEST((numbers_of(page.json()["records"]) == expected), caller.person.login);
}

BOOST_AUTO_TEST_CASE(lists_trees_and_exports_hold_what_is_seen) {
  for (int round = 0; round < 60; ++round) {
    Caller caller(somebody());
    for (const std::string type : {"fonds", "class", "volume"}) {
      const auto expected = those(caller, [&](const Holding& one) { return one.type == type; });
      const auto page = caller.get("/api/v1/records/" + type + "?limit=1000");
      if (page.status == 403) {
        BOOST_TEST(expected.empty());
        continue;
      }
      BOOST_TEST((numbers_of(page.json()["records"]) == expected), caller.person.login << " lists " << type);
    }
    check_listed(caller, 2015 + world().any(8));
    const auto tree = caller.get("/api/v1/tree?limit=1000");
    if (tree.status == 200) {
      std::size_t count = 0;
      const auto nodes = tree.json()["nodes"];
      for (const auto& node : nodes) count += node["count"].get<std::size_t>();
      BOOST_TEST(count == those(caller, [](const Holding& one) { return one.type == "item"; }).size());
    }
  }
  for (const auto& person : world().people) {
    if (person.role != "archivist" || world().chance(80)) continue;
    Caller caller(person);
    const auto lines = caller.get("/api/v1/records/item/export?format=jsonl");
    BOOST_TEST(lines.status == 200);
    const auto expected = those(caller, [](const Holding& one) { return one.type == "item"; });
    BOOST_TEST(static_cast<std::size_t>(std::count(lines.body.begin(), lines.body.end(), '\n')) == expected.size());
  }
}

BOOST_AUTO_TEST_CASE(the_feed_and_the_numbers_tell_of_what_is_seen) {
  for (int round = 0; round < 12; ++round) {
    Caller caller(somebody());
    std::set<int> told;
    std::uint64_t position = 0;
    for (int page = 0; page < 100; ++page) {
      const auto changes = caller.get("/api/v1/changes?limit=1000&since=" + std::to_string(position)).json();
      for (const auto& change : changes["changes"]) {
        const auto found = world().by_id.find(change["id"].get<std::string>());
        if (found != world().by_id.end()) told.insert(found->second);
      }
      if (changes["position"] == position) break;
      position = changes["position"];
    }
    BOOST_TEST((told == caller.seen), caller.person.login);
    const auto continuity = caller.get("/api/v1/records/item/continuity");
    const bool all = caller.person.role == "archivist" && caller.person.clearance == 2 && caller.person.scope == "all";
    BOOST_TEST(continuity.status == (all ? 200 : 403));
  }
}

BOOST_AUTO_TEST_CASE(what_the_pages_about_rights_say_is_so) {
  auto security = World::the().as("security_officer"), chief = World::the().as("chief");
  for (int round = 0; round < 20; ++round) {
    const int number = world().any(static_cast<int>(world().holdings.size()));
    const auto& holding = world().holdings[static_cast<std::size_t>(number)];
    for (auto* asker : {&security, &chief}) {
      const auto answer = asker->get("/api/v1/records/" + holding.type + "/" + holding.id + "/access");
      BOOST_TEST_REQUIRE(answer.status == 200);
      std::map<std::string, bool> told;
      const auto people = answer.json()["people"];
      for (const auto& one : people) told[one["login"]] = one["visible"];
      for (const auto& person : world().people)
        BOOST_TEST(told.at(person.login) == world().sees(person, holding), person.login << " and " << holding.name());
      if (asker == &security) BOOST_TEST(answer.body.find(holding.token) == std::string::npos);
    }
    const auto& person = somebody();
    const auto access = security.get("/api/v1/accounts/" + person.id + "/access").json();
    for (const auto& type : access["types"]) {
      if (type["type"] != "item" || type["seen"].is_null()) continue;
      Caller caller(person);
      BOOST_TEST(type["seen"] == those(caller, [](const Holding& one) { return one.type == "item"; }).size());
    }
  }
}

// What somebody finds of one topic, against the oracle.
void check_found(const Person& person, int topic) {
  Caller caller(person);
  const auto found =
      caller.get("/api/v1/search?limit=1000&exact_counts=1&q=" + encoded("\"" + std::string(kTopics[topic]) + "\""))
          .json();
  const auto expected = those(caller, [&](const Holding& one) { return one.type == "item" && one.topic == topic; });
  BOOST_TEST((numbers_of(found["hits"]) == expected), person.login);
  BOOST_TEST(found["total"] == expected.size(), person.login);
}

// The same searches by turns, by somebody who sees everything and by people with scopes of departments; medians.
BOOST_AUTO_TEST_CASE(a_search_costs_ordinary_people_little_more) {
  auto chief = World::the().as("chief");
  std::vector<double> everything, scoped;
  const auto seconds = [](Client& client, const std::string& path) {
    const auto begun = std::chrono::steady_clock::now();
    BOOST_TEST(client.get(path).status == 200);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  };
  for (int round = 0; round < 400; ++round) {
    const auto& person = somebody();
    if (person.scope == "all" || (person.role != "staff" && person.role != "reader")) continue;
    Client client = World::the().anonymous();
    client.use_token(person.token);
    client.get("/api/v1/session");
    // Each time another beginning of time, so that no answer is given again.
    const auto path = "/api/v1/search?limit=20&facet=fiscal_year&q=" + encoded(kTopics[world().any(10)]) +
                      "&made_after=" + std::to_string(1900 + round % 100) + "-01-0" + std::to_string(1 + round / 100) +
                      "T00:00:00Z";
    everything.push_back(seconds(chief, path));
    scoped.push_back(seconds(client, path));
  }
  BOOST_TEST_REQUIRE(scoped.size() > 50U);
  const auto median = [](std::vector<double>& all) {
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
  };
  const double ratio = median(scoped) / median(everything);
  BOOST_TEST_MESSAGE("ordinary to everything: " << ratio << " of " << median(everything) * 1000 << " ms");
  BOOST_TEST(ratio < 1.3);
}

// Without waiting for anything: no document is written again.
BOOST_AUTO_TEST_CASE(another_role_clearance_or_department_holds_at_once) {
  auto& accounts = World::the().app->accounts();
  const auto before = World::the().position();
  for (int round = 0; round < 20; ++round) {
    auto& person = world().people[static_cast<std::size_t>(world().any(200))];
    auto account = accounts.find(person.id).value();
    const char* const scopes[] = {"all", "own", "subtree"};
    person.role = world().chance(50) ? "staff" : "reader";
    person.clearance = world().any(3);
    person.scope = scopes[world().any(3)];
    person.departments = {world().any(60)};
    account.roles = {person.role};
    account.clearance = person.clearance;
    account.scope = *identity::scope_named(person.scope);
    account.departments = {world().departments[static_cast<std::size_t>(person.departments[0])].id};
    accounts.update(identity::operator_principal(), account);
    check_found(person, world().any(10));
  }
  BOOST_TEST(World::the().position() == before);
}

// A container's level and closing date, and the place of a department in the tree: nobody sees what was withdrawn from
// that moment on, and when the index has followed everything is as the oracle says.
BOOST_AUTO_TEST_CASE(what_is_withdrawn_is_gone_at_once_and_the_index_follows) {
  auto& engine = World::the().app->records();
  const auto by = identity::service_principal("test");
  const char* const levels[] = {"public", "internal", "restricted"};
  for (int round = 0; round < 12; ++round) {
    auto& made = world();
    auto& container = made.holdings[static_cast<std::size_t>(round < 4 ? round : 4 + made.any(224))];
    Json fields;
    container.level = made.any(3);
    fields["access_level"] = levels[*container.level];
    if (made.chance(50)) {
      container.closed = made.chance(50);
      fields["closed_until"] = *container.closed ? "2199-01-01" : "2001-01-01";
    }
    engine.update(by, container.type, container.id, 0, fields);
    if (round % 3 == 0) {
      auto& moved = made.departments[static_cast<std::size_t>(30 + made.any(30))];
      moved.parent = made.any(8);
      engine.update(by, "department", moved.id, 0,
                    {{"parent", made.departments[static_cast<std::size_t>(moved.parent)].id}});
    }
    const auto topic = made.any(10);
    Caller at_once(somebody());  // looks through what comes for what must not
    at_once.get("/api/v1/search?limit=1000&q=" + encoded(kTopics[topic]));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    BOOST_TEST_REQUIRE(World::the().app->wait_until_searchable(World::the().position(), deadline));
    for (int person = 0; person < 5; ++person) check_found(somebody(), topic);
  }
}

// What a list met before is not what it shows now.
BOOST_AUTO_TEST_CASE(lists_follow_every_change_at_once) {
  auto& engine = World::the().app->records();
  const auto by = identity::service_principal("test");
  const char* const levels[] = {"public", "internal", "restricted"};
  for (int round = 0; round < 40; ++round) {
    auto& made = world();
    auto& item = made.holdings[static_cast<std::size_t>(228 + made.any(5000))];
    const Caller one(somebody()), other(somebody());
    for (const auto* caller : {&one, &other}) check_listed(*caller, item.year);
    item.level = made.any(3);
    engine.update(by, item.type, item.id, 0, {{"access_level", levels[*item.level]}});
    for (const auto* caller : {&one, &other}) check_listed(*caller, item.year);
  }
}

// Hidden or not there: the time it takes does not tell. Medians of many, asked by turns.
BOOST_AUTO_TEST_CASE(refusals_take_as_long_whether_or_not_there_is_something) {
  const auto reader = std::find_if(world().people.begin(), world().people.end(),
                                   [](const auto& one) { return one.role == "reader" && one.clearance == 0; });
  BOOST_REQUIRE(reader != world().people.end());
  Caller caller(*reader);
  std::vector<double> hidden, missing;
  const auto seconds = [&](const std::string& id) {
    const auto begun = std::chrono::steady_clock::now();
    BOOST_TEST(caller.client.get("/api/v1/records/item/" + id).status == 404);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  };
  for (int round = 0; round < 150; ++round) {
    int number = 0;
    do number = caller.random_holding();
    while (caller.sees(number) || caller.holding(number).type != "item");
    auto absent = caller.holding(number).id;
    std::reverse(absent.end() - 12, absent.end());
    hidden.push_back(seconds(caller.holding(number).id));
    missing.push_back(seconds(absent));
  }
  const auto median = [](std::vector<double>& all) {
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
  };
  const double ratio = median(hidden) / median(missing);
  BOOST_TEST_MESSAGE("hidden to missing: " << ratio);
  BOOST_TEST(ratio < 1.5);
  BOOST_TEST(ratio > 1 / 1.5);
}

BOOST_AUTO_TEST_SUITE_END()
