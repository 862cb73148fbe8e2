// The organisation on a day, standing in for somebody, searching with a purpose and handing over, as a browser does it.
#include <boost/test/unit_test.hpp>

#include "world.h"

using namespace lantai::http;
using namespace lantai::http::test;

namespace {

struct Department {
  Department() {
    department = make("department", {{"name", word}});
    dean = make("person", {{"name", "院长" + word}, {"phone", "13800000000"}});
    clerk = make("person", {{"name", "科员" + word}});
    post = make("appointment", {{"person", dean},
                                {"department", department},
                                {"position", "院长"},
                                {"head", true},
                                {"main", true},
                                {"from", "2020-01-01"}});
    dean_login = account(dean);
    clerk_login = account(clerk);
  }
  std::string make(const std::string& type, Json fields) {
    const auto made = chief.post("/api/v1/records/" + type, {{"fields", std::move(fields)}});
    BOOST_REQUIRE(made.status == 201);
    return made.json()["id"];
  }
  std::string account(const std::string& person) {
    const auto login = unique_word();
    const auto made = chief.post("/api/v1/accounts", {{"login", login},
                                                      {"name", login},
                                                      {"roles", {"staff"}},
                                                      {"clearance", 1},
                                                      {"scope", "own"},
                                                      {"departments_by_post", true},
                                                      {"person", person},
                                                      {"password", World::kPassword},
                                                      {"must_change_password", false}});
    BOOST_REQUIRE(made.status == 201);
    BOOST_TEST(made.json()["person"] == person);
    return login;
  }
  Client browser(const std::string& login) {
    auto client = World::the().anonymous();
    BOOST_REQUIRE(client.sign_in(login, World::kPassword).status == 200);
    return client;
  }
  Json here(Client& client, const std::string& on) {
    const auto answer = client.get("/api/v1/organisation?on=" + on).json();
    for (const auto& one : answer["departments"]) {
      if (one["id"] == department) return one;
    }
    return {};
  }
  Answer delegate(Client& by, Json change = Json::object()) {
    Json body{{"person", clerk}, {"post", post}, {"begins", "2020-01-01"}, {"ends", today()}, {"reason", "休假"}};
    body["begins"] = today();
    body.update(change);
    return by.post("/api/v1/delegations", body);
  }
  static std::string today() { return World::the().app->organisation().today(); }

  std::string word = unique_word();
  Client chief = World::the().as("chief"), staff = World::the().as("staff"), reader = World::the().as("reader");
  std::string department, dean, clerk, post, dean_login, clerk_login;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(organisation_api, Department)

BOOST_AUTO_TEST_CASE(the_organisation_says_who_headed_what_on_a_day) {
  const auto now = here(staff, "2020-01-01");
  BOOST_TEST_REQUIRE(now.is_object());
  BOOST_TEST(now["name"] == word);
  BOOST_TEST_REQUIRE(now["heads"].size() == 1U);
  BOOST_TEST(now["heads"][0]["name"] == "院长" + word);
  BOOST_TEST(now["people"] == 1);
  BOOST_TEST(here(staff, "2019-12-31")["heads"].empty());
  BOOST_TEST(staff.get("/api/v1/organisation?on=gestern").status == 400);
  // Whoever reads no people is told of none.
  const auto read = here(reader, "2020-01-01");
  BOOST_TEST(read["heads"].empty());
  BOOST_TEST(read["people"] == 0);
  BOOST_TEST(reader.get("/api/v1/organisation/posts?department=" + department).status == 403);
}

BOOST_AUTO_TEST_CASE(contact_data_are_for_those_who_keep_people) {
  const auto path = "/api/v1/organisation/posts?department=" + department;
  const auto seen = staff.get(path).json()["posts"];
  BOOST_TEST_REQUIRE(seen.size() == 1U);
  BOOST_TEST(seen[0]["position"] == "院长");
  BOOST_TEST(seen[0]["phone"] == "");
  BOOST_TEST(chief.get(path).json()["posts"][0]["phone"] == "13800000000");
  const auto own = staff.get("/api/v1/organisation/posts?person=" + dean).json()["posts"];
  BOOST_TEST_REQUIRE(own.size() == 1U);
  BOOST_TEST(own[0]["department_name"] == word);
  BOOST_TEST(staff.get("/api/v1/organisation/posts").status == 400);
}

BOOST_AUTO_TEST_CASE(a_substitute_works_in_the_department_and_the_log_says_for_whom) {
  auto archivist = World::the().as("archivist");
  const auto item = archivist.make_item({{"title", word}, {"department", department}, {"access_level", "internal"}});
  auto at_deans = browser(dean_login), at_clerks = browser(clerk_login);
  BOOST_TEST(at_deans.get("/api/v1/session").json()["acting"]["post_name"] == "院长（" + word + "）");
  BOOST_TEST(at_deans.get(path_of(item)).status == 200);
  BOOST_TEST(at_clerks.get(path_of(item)).status == 404);

  const auto given = delegate(at_deans);
  BOOST_TEST_REQUIRE(given.status == 201);
  BOOST_TEST(given.json()["from_name"] == dean_login);
  BOOST_TEST(given.json()["post_name"] == "院长（" + word + "）");
  BOOST_TEST(at_clerks.get(path_of(item)).status == 404);  // not before acting so
  const auto choice = at_clerks.get("/api/v1/session/acting").json();
  BOOST_TEST_REQUIRE(choice["delegations"].size() == 1U);
  BOOST_TEST(at_clerks.put("/api/v1/session/acting", {{"delegation", choice["delegations"][0]["id"]}}).status == 204);
  BOOST_TEST(at_clerks.get("/api/v1/session").json()["acting"]["on_behalf_of_name"] == dean_login);
  BOOST_TEST(at_clerks.get(path_of(item)).status == 200);
  const auto found = at_clerks.search("q=" + word).json()["hits"];
  BOOST_TEST(std::any_of(found.begin(), found.end(), [&](const Json& hit) { return hit["id"] == item["id"]; }));
  const auto made =
      at_clerks.post("/api/v1/records/item", {{"fields", {{"title", word + "代拟"}, {"department", department}}}});
  BOOST_TEST_REQUIRE(made.status == 201);
  const auto entry = World::the().as("auditor").get("/api/v1/audit?action=record.create&subject=item/" +
                                                    made.json()["id"].get<std::string>());
  BOOST_TEST(entry.json()["entries"][0]["detail"]["on_behalf_of"] == given.json()["from"]);
  BOOST_TEST(entry.json()["entries"][0]["detail"]["post"] == post);

  BOOST_TEST(at_deans.remove("/api/v1/delegations/" + given.json()["id"].get<std::string>()).status == 204);
  BOOST_TEST(at_clerks.get(path_of(item)).status == 404);
  const auto left = at_clerks.search("q=" + word).json()["hits"];
  BOOST_TEST(std::none_of(left.begin(), left.end(), [&](const Json& hit) { return hit["id"] == item["id"]; }));
}

BOOST_AUTO_TEST_CASE(delegations_of_others_are_the_security_officers) {
  auto at_deans = browser(dean_login);
  BOOST_TEST(delegate(at_deans).status == 201);
  auto security = World::the().as("security_officer");
  BOOST_TEST(!security.get("/api/v1/delegations?all=1").json()["delegations"].empty());
  BOOST_TEST(staff.get("/api/v1/delegations?all=1").status == 403);
  BOOST_TEST(staff.get("/api/v1/delegations").json()["delegations"].empty());
  BOOST_TEST(delegate(security, {{"from_login", dean_login}}).status == 201);
  BOOST_TEST(delegate(staff, {{"from_login", dean_login}}).status == 403);
  const auto nobody = delegate(at_deans, {{"person", make("person", {{"name", "无账号" + word}})}});
  BOOST_TEST(nobody.status == 422);
  BOOST_TEST(nobody.json()["errors"][0]["field"] == "person");
}

BOOST_AUTO_TEST_CASE(where_the_policy_asks_one_says_what_for_before_searching) {
  const auto ask_of = [&](Json roles) {
    BOOST_TEST(chief.patch("/api/v1/security-policy", {{"purpose_roles", std::move(roles)}}).status == 200);
  };
  ask_of({"staff"});
  auto browser = this->browser(dean_login);
  const auto refused = browser.get("/api/v1/search?q=" + word);
  BOOST_TEST(refused.json()["code"] == "failed_precondition");
  BOOST_TEST(browser.get("/api/v1/completions?q=" + word).status == refused.status);
  BOOST_TEST(browser.get("/api/v1/session").json()["purpose_wanted"] == true);
  BOOST_TEST(reader.get("/api/v1/search?q=" + word).status == 200);  // another role
  BOOST_TEST(browser.put("/api/v1/session/purpose", {{"purpose", "职称评审"}}).status == 204);
  BOOST_TEST(browser.get("/api/v1/search?q=" + word).status == 200);
  BOOST_TEST(staff.get("/api/v1/search?q=" + word).status == refused.status);
  BOOST_TEST(staff.get("/api/v1/search?q=" + word + "&purpose=x").status == 200);  // a program with a token
  auto auditor = World::the().as("auditor");
  const auto entries = auditor.get("/api/v1/audit?action=search").json()["entries"];
  const auto noted = std::find_if(entries.begin(), entries.end(), [&](const Json& one) {
    return one["detail"]["query"] == word && one["detail"]["purpose"] == "职称评审";
  });
  BOOST_TEST((noted != entries.end()));
  ask_of(Json::array());
  BOOST_TEST(staff.get("/api/v1/search?q=" + word).status == 200);
}

BOOST_AUTO_TEST_CASE(an_account_belongs_to_a_person_there_is) {
  const auto refused =
      chief.post("/api/v1/accounts",
                 {{"login", unique_word()}, {"name", "x"}, {"person", "none"}, {"password", World::kPassword}});
  BOOST_TEST(refused.status == 422);
  BOOST_TEST(refused.json()["errors"][0]["field"] == "person");
}

BOOST_AUTO_TEST_CASE(handing_over_takes_an_administrator_and_gives_a_record) {
  const auto path = "/api/v1/people/" + dean + "/hand-over";
  const Json body{{"successor", clerk}, {"pass_on", {post}}, {"date", today()}, {"reason", "退休"}};
  BOOST_TEST(staff.get(path).status == 403);
  BOOST_TEST(staff.post(path, body).status == 403);
  auto administrator = World::the().as("administrator");
  const auto held = administrator.get(path).json()["items"];
  BOOST_TEST(held.size() == 2U);  // the post and the account
  const auto done = administrator.post(path, body);
  BOOST_TEST_REQUIRE(done.status == 201);
  const auto record = administrator.get("/api/v1/records/" + done.json()["record"].get<std::string>()).json();
  BOOST_TEST(record["fields"]["items"].size() == 2U);
  BOOST_TEST(World::the().anonymous().sign_in(dean_login, World::kPassword).status == 401);
  BOOST_TEST(here(staff, "2199-01-01")["heads"][0]["person"] == clerk);
}

// What the personnel office sends: a sheet of people, tried first and then taken in.
BOOST_AUTO_TEST_CASE(people_come_in_from_a_sheet_after_a_trial) {
  const std::string sheet = "姓名,工号,部门,职务,电子邮箱\n甲" + word + ",G1" + word + "," + word + ",讲师,a@b.cn\n乙" +
                            word + ",G2" + word + ",没有的部门,讲师,\n";
  const auto send = [&](const std::string& parameters) {
    return World::the()
        .as("administrator")
        .send("POST", "/api/v1/records/person/import" + parameters, sheet, {{"Content-Type", "text/csv"}});
  };
  const auto tried = send("?dry_run=true");
  BOOST_TEST_MESSAGE(tried.body);
  BOOST_TEST(tried.status == 200);
  BOOST_TEST(staff.get("/api/v1/organisation/posts?department=" + department).json()["posts"].size() == 1U);
  const auto taken = send("");
  BOOST_TEST_MESSAGE(taken.body);
  BOOST_TEST(taken.status == 200);
  const auto posts = staff.get("/api/v1/organisation/posts?department=" + department).json()["posts"];
  BOOST_TEST_REQUIRE(posts.size() == 2U);
  BOOST_TEST(posts[1]["name"] == "甲" + word);
  BOOST_TEST(posts[1]["position"] == "讲师");
}

BOOST_AUTO_TEST_SUITE_END()
