// Signing in, who may do what, and in which language one is told so.
#include <boost/test/unit_test.hpp>

#include "world.h"

using namespace lantai::http;
using namespace lantai::http::test;

namespace {

// An account of its own, so that tests do not disturb one another.
std::string make_account(const std::string& role) {
  const auto login = unique_word();
  const auto made = World::the().as("chief").post("/api/v1/accounts", {{"login", login},
                                                                       {"name", "乙"},
                                                                       {"roles", {role}},
                                                                       {"clearance", 1},
                                                                       {"password", World::kPassword},
                                                                       {"must_change_password", false}});
  BOOST_REQUIRE(made.status == 201);
  return login;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sessions)

BOOST_AUTO_TEST_CASE(a_browser_signs_in_works_and_signs_out) {
  auto browser = World::the().anonymous();
  BOOST_TEST(browser.get("/api/v1/session").status == 401);
  const auto signed_in = browser.sign_in("staff", World::kPassword);
  BOOST_REQUIRE(signed_in.status == 200);
  const auto cookie = signed_in.header("set-cookie");
  BOOST_TEST(cookie.find("HttpOnly") != std::string::npos);
  BOOST_TEST(cookie.find("SameSite=Strict") != std::string::npos);
  BOOST_TEST(cookie.find("Secure") == std::string::npos);
  BOOST_TEST(signed_in.header("cache-control") == "no-store");
  BOOST_TEST(signed_in.json()["account"]["roles"] == Json({"staff"}));
  const auto session = browser.get("/api/v1/session");
  BOOST_TEST(session.status == 200);
  BOOST_TEST(session.json()["account"]["login"] == "staff");
  BOOST_TEST(session.json()["password_characters"] == 10);
  BOOST_TEST(session.json()["csrf_token"] == signed_in.json()["csrf_token"]);
  const auto signed_out = browser.remove("/api/v1/session");
  BOOST_TEST(signed_out.status == 204);
  BOOST_TEST(signed_out.header("set-cookie").find("Max-Age=0") != std::string::npos);
  BOOST_TEST(browser.get("/api/v1/session").status == 401);
}

BOOST_AUTO_TEST_CASE(a_wrong_password_and_an_unknown_login_are_told_apart_by_nobody) {
  auto client = World::the().anonymous();
  const auto wrong = client.sign_in("reader", "not the password");
  const auto unknown = client.sign_in(unique_word(), "not the password");
  BOOST_TEST(wrong.status == 401);
  BOOST_TEST(unknown.status == 401);
  BOOST_TEST(wrong.json()["detail"] == unknown.json()["detail"]);
}

BOOST_AUTO_TEST_CASE(guessing_passwords_is_slowed_down) {
  const auto login = make_account("reader");
  auto client = World::the().anonymous();
  Answer last;
  for (int i = 0; i < 12 && last.status != 429; ++i) last = client.sign_in(login, "guess");
  BOOST_TEST(last.status == 429);
  BOOST_TEST(std::stoi(last.header("retry-after")) >= 1);
}

BOOST_AUTO_TEST_CASE(a_cookie_alone_changes_nothing_a_cross_site_page_even_less) {
  auto browser = World::the().anonymous();
  BOOST_REQUIRE(browser.sign_in("archivist", World::kPassword).status == 200);
  const Json item{{"fields", {{"title", "题名"}}}};
  BOOST_TEST(browser.post("/api/v1/records/item", item).status == 201);
  const auto without = browser.post("/api/v1/records/item", item, {{"X-CSRF-Token", ""}});
  BOOST_TEST(without.status == 403);
  BOOST_TEST(without.json()["message_id"] == "auth.csrf");
  BOOST_TEST(browser.post("/api/v1/records/item", item, {{"X-CSRF-Token", std::string(64, 'a')}}).status == 403);
  BOOST_TEST(browser.post("/api/v1/records/item", item, {{"Sec-Fetch-Site", "cross-site"}}).status == 403);
  BOOST_TEST(browser.get("/api/v1/records/item", {{"X-CSRF-Token", ""}}).status == 200);
}

BOOST_AUTO_TEST_CASE(a_program_works_with_a_token_until_it_is_given_up) {
  auto browser = World::the().anonymous();
  BOOST_REQUIRE(browser.sign_in(make_account("staff"), World::kPassword).status == 200);
  const auto made = browser.post("/api/v1/tokens", {{"label", "扫描仪"}, {"days", 30}});
  BOOST_REQUIRE(made.status == 201);
  auto program = World::the().anonymous();
  program.use_token(made.json()["token"]);
  BOOST_TEST(program.get("/api/v1/session").status == 200);
  BOOST_TEST(program.post("/api/v1/records/item", {{"fields", {{"title", "题名"}}}}).status == 201);
  BOOST_TEST(program.remove("/api/v1/session").status == 204);
  BOOST_TEST(program.get("/api/v1/session").status == 401);
  BOOST_TEST(browser.post("/api/v1/tokens", {{"label", "x"}, {"days", 0}}).status == 422);
  program.use_token("no such token");
  BOOST_TEST(program.get("/api/v1/session").status == 401);
}

BOOST_AUTO_TEST_CASE(a_changed_password_ends_the_sessions) {
  const auto login = make_account("staff");
  auto browser = World::the().anonymous();
  browser.sign_in(login, World::kPassword);
  const auto wrong = browser.put("/api/v1/session/password", {{"old", "wrong"}, {"new", "another 密码 of mine"}});
  BOOST_TEST(wrong.status == 422);
  BOOST_TEST(wrong.json()["errors"][0]["field"] == "old");
  BOOST_TEST(browser.get("/api/v1/session").status == 200);
  const auto weak = browser.put("/api/v1/session/password", {{"old", World::kPassword}, {"new", "weak"}});
  BOOST_TEST(weak.status == 422);
  BOOST_TEST(weak.json()["errors"][0]["field"] == "new");
  BOOST_TEST(weak.json()["errors"][0]["rule"] == "auth.weak_password");
  BOOST_TEST(
      browser.put("/api/v1/session/password", {{"old", World::kPassword}, {"new", "another 密码 of mine"}}).status ==
      204);
  BOOST_TEST(browser.get("/api/v1/session").status == 401);
  BOOST_TEST(browser.sign_in(login, "another 密码 of mine").status == 200);
}

BOOST_AUTO_TEST_CASE(whoever_has_a_session_already_may_sign_in_without_its_token) {
  const auto login = make_account("staff");
  auto browser = World::the().anonymous();
  BOOST_REQUIRE(browser.sign_in(login, World::kPassword).status == 200);
  browser.standing_.erase("X-CSRF-Token");
  BOOST_TEST(browser.sign_in(login, World::kPassword).status == 200);
  browser.standing_["Sec-Fetch-Site"] = "cross-site";
  BOOST_TEST(browser.sign_in(login, World::kPassword).status == 403);
}

BOOST_AUTO_TEST_CASE(bodies_that_never_come_keep_nobody_from_signing_in) {
  const auto login = make_account("reader");
  std::vector<RawClient> stalled;
  for (int i = 0; i < 12; ++i) {
    stalled.emplace_back(World::the().server->port());
    stalled.back().send(
        "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        "Content-Length: 60\r\n\r\n{\"login\"");
  }
  for (int i = 0; i < 6; ++i) {
    BOOST_TEST(World::the().anonymous().sign_in(login, World::kPassword).status == 200);
  }
}

BOOST_AUTO_TEST_CASE(tokens_are_listed_without_their_secret_and_revoked_one_by_one) {
  const auto login = make_account("staff");
  auto browser = World::the().anonymous();
  browser.sign_in(login, World::kPassword);
  const std::string first = browser.post("/api/v1/tokens", {{"label", "scanner"}, {"days", 3}}).json()["token"];
  const std::string second = browser.post("/api/v1/tokens", {{"label", "backup"}, {"days", 3}}).json()["token"];
  const auto listed = browser.get("/api/v1/tokens");
  BOOST_REQUIRE(listed.status == 200);
  BOOST_TEST(listed.body.find(first) == std::string::npos);
  const auto tokens = listed.json()["tokens"];
  BOOST_REQUIRE_EQUAL(tokens.size(), 2U);
  std::string id;
  for (const auto& token : tokens) {
    if (token["label"] == "scanner") id = token["id"];
  }
  auto other = World::the().as("staff");
  BOOST_TEST(other.remove("/api/v1/tokens/" + id).status == 404);
  BOOST_TEST(browser.remove("/api/v1/tokens/" + id).status == 204);
  BOOST_TEST(browser.remove("/api/v1/tokens/" + id).status == 404);
  auto program = World::the().anonymous();
  program.use_token(first);
  BOOST_TEST(program.get("/api/v1/session").status == 401);
  program = World::the().anonymous();
  program.use_token(second);
  BOOST_TEST(program.get("/api/v1/session").status == 200);
}

BOOST_AUTO_TEST_CASE(a_weak_password_changes_nothing_else_of_an_account) {
  auto admin = World::the().as("chief");
  const auto made =
      admin.post("/api/v1/accounts",
                 {{"login", unique_word()}, {"name", "丙"}, {"roles", {"reader"}}, {"password", World::kPassword}});
  BOOST_REQUIRE(made.status == 201);
  BOOST_TEST(made.json()["must_change_password"] == true);
  const auto path = "/api/v1/accounts/" + made.json()["id"].get<std::string>();
  BOOST_TEST(admin.patch(path, {{"name", "丁"}, {"password", "weak"}}).status == 422);
  const auto accounts = admin.get("/api/v1/accounts").json()["accounts"];
  for (const auto& account : accounts) {
    if (account["id"] == made.json()["id"]) BOOST_TEST(account["name"] == "丙");
  }
  const auto changed = admin.patch(path, {{"name", "丁"}, {"password", "another 密码 of mine"}});
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.json()["name"] == "丁");
  BOOST_TEST(changed.json()["must_change_password"] == true);
}

BOOST_AUTO_TEST_CASE(an_initial_password_only_serves_to_change_it) {
  const auto login = unique_word();
  auto admin = World::the().as("chief");
  const auto made = admin.post("/api/v1/accounts", {{"login", login},
                                                    {"name", "新人"},
                                                    {"roles", {"archivist"}},
                                                    {"password", World::kPassword},
                                                    {"must_change_password", true}});
  BOOST_REQUIRE(made.status == 201);
  auto browser = World::the().anonymous();
  const auto signed_in = browser.sign_in(login, World::kPassword);
  BOOST_REQUIRE(signed_in.status == 200);
  BOOST_TEST(signed_in.json()["account"]["must_change_password"] == true);
  for (const auto* path : {"/api/v1/search?q=x", "/api/v1/records/item", "/api/v1/schema", "/api/v1/accounts"}) {
    const auto refused = browser.get(path);
    BOOST_TEST(refused.status == 403, path);
    BOOST_TEST(refused.json()["message_id"] == "auth.must_change_password", path);
  }
  BOOST_TEST(browser.post("/api/v1/tokens", {{"label", "x"}}).status == 403);
  // Nor does it help to send the session as if it were a token.
  auto program = World::the().anonymous();
  program.use_token(browser.standing_["Cookie"].substr(browser.standing_["Cookie"].find('=') + 1));
  BOOST_TEST(program.get("/api/v1/records/item").status == 403);
  BOOST_TEST(browser.get("/api/v1/session").status == 200);
  BOOST_TEST(
      browser.put("/api/v1/session/password", {{"old", World::kPassword}, {"new", "another 密码 of mine"}}).status ==
      204);
  auto again = World::the().anonymous();
  BOOST_TEST(again.sign_in(login, "another 密码 of mine").json()["account"]["must_change_password"] == false);
  BOOST_TEST(again.get("/api/v1/records/item").status == 200);
  BOOST_TEST(again.remove("/api/v1/session").status == 204);
}

BOOST_AUTO_TEST_CASE(officers_keep_the_accounts) {
  auto admin = World::the().as("chief");
  const auto login = make_account("reader");
  const auto accounts = admin.get("/api/v1/accounts").json()["accounts"];
  const auto found =
      std::find_if(accounts.begin(), accounts.end(), [&](const Json& one) { return one["login"] == login; });
  BOOST_REQUIRE(found != accounts.end());
  const auto path = "/api/v1/accounts/" + (*found)["id"].get<std::string>();
  const auto changed = admin.patch(path, {{"name", "丙"}, {"roles", {"staff"}}, {"disabled", true}});
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.json()["name"] == "丙");
  BOOST_TEST(World::the().anonymous().sign_in(login, World::kPassword).status == 401);
  BOOST_TEST(admin.patch(path, {{"disabled", false}, {"password", "next 密码 for this one"}}).status == 200);
  BOOST_TEST(World::the().anonymous().sign_in(login, "next 密码 for this one").status == 200);
  BOOST_TEST(admin.patch(path, {{"roles", "staff"}}).status == 422);
  BOOST_TEST(admin.patch(path, {{"rules", {"staff"}}}).status == 422);
  BOOST_TEST(admin.patch("/api/v1/accounts/none", {{"name", "x"}}).status == 404);
  const Json taken{{"login", login}, {"name", "x"}, {"roles", {"reader"}}, {"password", World::kPassword}};
  BOOST_TEST(admin.post("/api/v1/accounts", taken).status == 409);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rights)

BOOST_AUTO_TEST_CASE(each_role_may_do_what_its_permissions_say) {
  const auto item = World::the().as("archivist").make_item({{"title", "权限表"}, {"access_level", "public"}});
  const auto path = path_of(item);
  struct Row {
    const char* role;
    int read, create, update, remove, audit, accounts;
  };
  const Row table[] = {{"chief", 200, 201, 200, 204, 200, 200},
                       {"administrator", 403, 403, 403, 403, 403, 200},
                       {"security_officer", 403, 403, 403, 403, 403, 200},
                       {"auditor", 403, 403, 403, 403, 200, 200},
                       {"archivist", 200, 201, 200, 0, 403, 403},
                       {"staff", 200, 201, 0, 403, 403, 403},
                       {"reader", 200, 403, 403, 403, 403, 403}};
  for (const auto& row : table) {
    BOOST_TEST_CONTEXT(row.role) {
      auto client = World::the().as(row.role);
      BOOST_TEST(client.get(path).status == row.read);
      BOOST_TEST(client.post("/api/v1/records/item", {{"fields", {{"title", "新"}}}}).status == row.create);
      const auto mine = World::the().as("archivist").make_item({{"title", "待改"}, {"access_level", "public"}});
      const auto updated = client.patch(path_of(mine), {{"fields", {{"title", "改"}}}}, {{"If-Match", "\"1\""}});
      if (row.update != 0) BOOST_TEST(updated.status == row.update);
      const auto removed = client.remove(path_of(mine), {{"If-Match", "*"}});
      if (row.remove != 0) BOOST_TEST(removed.status == row.remove);
      BOOST_TEST(client.get("/api/v1/audit").status == row.audit);
      BOOST_TEST(client.get("/api/v1/accounts").status == row.accounts);
    }
  }
}

BOOST_AUTO_TEST_CASE(without_signing_in_there_is_nothing_but_health_and_the_api_description) {
  auto nobody = World::the().anonymous();
  const auto document = nobody.get("/api/v1/openapi.json").json();
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (operation["security"].empty() || path == "/metrics") continue;
      auto concrete = path;
      for (auto brace = concrete.find('{'); brace != std::string::npos; brace = concrete.find('{')) {
        concrete.replace(brace, concrete.find('}') - brace + 1, "1");
      }
      auto verb = method;
      for (char& c : verb) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      BOOST_TEST_CONTEXT(verb << " " << concrete) BOOST_TEST(nobody.send(verb, concrete, {}).status == 401);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(languages)

BOOST_AUTO_TEST_CASE(errors_speak_the_callers_language) {
  auto client = World::the().as("archivist");
  const Json nameless{{"fields", Json::object()}};
  const auto hans = client.post("/api/v1/records/item", nameless);
  BOOST_TEST(hans.status == 422);
  BOOST_TEST(hans.header("content-type").starts_with("application/problem+json"));
  BOOST_TEST(hans.json()["errors"][0]["field"] == "title");
  BOOST_TEST(hans.json()["errors"][0]["message"] == "必须填写");
  const auto hant = client.post("/api/v1/records/item", nameless, {{"Accept-Language", "zh-TW,zh;q=0.9"}});
  BOOST_TEST(hant.json()["errors"][0]["message"] == "必須填寫");
  const auto en = client.post("/api/v1/records/item?lang=en", nameless, {{"Accept-Language", "zh-TW"}});
  BOOST_TEST(en.json()["errors"][0]["message"] == "Required");
  BOOST_TEST(en.header("content-language") == "en");
}

BOOST_AUTO_TEST_CASE(no_error_reaches_a_person_as_a_bare_id) {
  auto client = World::the().as("chief");
  const std::string paths[] = {"/api/v1/nothing",
                               "/api/v1/records/none",
                               "/api/v1/records/item/none",
                               "/api/v1/records/item?limit=0",
                               "/api/v1/records/item?wrong=1",
                               "/api/v1/search?sort=size",
                               "/api/v1/search?filter=x",
                               "/api/v1/records/item?page_token=zz",
                               "/api/v1/imports/none",
                               "/api/v1/uploads/none"};
  for (const auto& path : paths) {
    const auto answer = client.get(path, {{"Accept-Language", "en"}});
    BOOST_TEST_CONTEXT(path << " " << answer.body) {
      BOOST_TEST(answer.status >= 400);
      BOOST_TEST(answer.status < 500);
      const auto problem = answer.json();
      BOOST_TEST(problem["status"] == answer.status);
      BOOST_TEST(problem["detail"].get<std::string>().find(' ') != std::string::npos);
      BOOST_TEST(problem["request_id"] == answer.header("x-request-id"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_second_factor_is_set_up_asked_for_and_taken_away_when_the_device_is_lost) {
  const auto login = make_account("staff");
  auto browser = World::the().anonymous();
  const auto account = browser.sign_in(login, World::kPassword).json()["account"];
  BOOST_TEST(account["second_factor"] == false);
  const std::string path = "/api/v1/session/second-factor";
  BOOST_TEST(browser.post(path, {{"password", "wrong"}}).status == 422);
  const auto secret = browser.post(path, {{"password", World::kPassword}}).json()["secret"].get<std::string>();
  const auto confirmed = browser.put(path, {{"code", code_now(secret)}});
  BOOST_TEST_REQUIRE(confirmed.status == 200);
  BOOST_TEST(browser.get(path).json() == Json({{"on", true}, {"recovery_codes_left", 10}}));

  auto thief = World::the().anonymous();
  const auto asked = thief.sign_in(login, World::kPassword);
  BOOST_TEST(asked.status == 401);
  BOOST_TEST(asked.json()["message_id"] == "auth.code_required");
  BOOST_TEST(thief.sign_in(login, World::kPassword, "12345x").json()["message_id"] == "auth.bad_code");
  BOOST_TEST(thief.get("/api/v1/session").status == 401);
  const auto recovery = confirmed.json()["recovery_codes"][0].get<std::string>();
  BOOST_TEST(World::the().anonymous().sign_in(login, World::kPassword, recovery).status == 200);
  BOOST_TEST(browser.get(path).json()["recovery_codes_left"] == 9);

  const auto reset = "/api/v1/accounts/" + account["id"].get<std::string>() + "/second-factor";
  BOOST_TEST(browser.remove(reset).status == 403);
  BOOST_TEST(World::the().as("chief").remove(reset).status == 204);
  BOOST_TEST(World::the().anonymous().sign_in(login, World::kPassword).status == 200);
}

// Whoever put a session of their own choice into somebody's browser beforehand has nothing of it.
BOOST_AUTO_TEST_CASE(signing_in_makes_a_session_of_its_own_whatever_cookie_was_there) {
  const auto login = make_account("reader");
  for (const auto& planted : {std::string(64, 'a'), std::string("x")}) {
    auto browser = World::the().anonymous();
    browser.standing_["Cookie"] = "lantai_session=" + planted;
    const auto signed_in = browser.sign_in(login, World::kPassword);
    BOOST_TEST_REQUIRE(signed_in.status == 200);
    BOOST_TEST(browser.standing_["Cookie"] != "lantai_session=" + planted);
    auto thief = World::the().anonymous();
    thief.standing_["Cookie"] = "lantai_session=" + planted;
    BOOST_TEST(thief.get("/api/v1/session").status == 401);
  }
  auto first = World::the().anonymous(), second = World::the().anonymous();
  first.sign_in(login, World::kPassword);
  second.standing_ = first.standing_;
  second.sign_in(login, World::kPassword);
  BOOST_TEST(second.standing_["Cookie"] != first.standing_["Cookie"]);
}

BOOST_AUTO_TEST_CASE(a_token_serves_for_what_it_was_made_for) {
  const auto login = make_account("archivist");
  auto browser = World::the().anonymous();
  browser.sign_in(login, World::kPassword);
  struct Row {
    const char* scope;
    int read, write, grant;
  };
  for (const Row& row : {Row{"read", 200, 403, 403}, {"write", 200, 201, 403}, {"all", 200, 201, 201}}) {
    BOOST_TEST_CONTEXT(row.scope) {
      auto program = World::the().anonymous();
      program.use_token(browser.post("/api/v1/tokens", {{"label", "x"}, {"scope", row.scope}}).json()["token"]);
      BOOST_TEST(program.get("/api/v1/records/item").status == row.read);
      const auto made = program.post("/api/v1/records/item", {{"fields", {{"title", "由程序"}}}});
      BOOST_TEST(made.status == row.write);
      if (row.write == 403) BOOST_TEST(made.json()["message_id"] == "auth.token_scope");
      BOOST_TEST(program.post("/api/v1/tokens", {{"label", "y"}}).status == row.grant);
    }
  }
  BOOST_TEST(browser.post("/api/v1/tokens", {{"label", "x"}, {"scope", "some"}}).status == 422);
  const auto tokens = browser.get("/api/v1/tokens").json()["tokens"];
  BOOST_TEST(std::count_if(tokens.begin(), tokens.end(), [](const Json& one) { return one["scope"] == "read"; }) == 1);
}

// A browser that its owner signed in at a quarter of an hour ago.
struct LeftAlone {
  explicit LeftAlone(const std::string& login) {
    lantai::ManualClock then{
        lantai::Timestamp{lantai::SystemClock().now().micros - 15 * 60 * lantai::kMicrosPerSecond}};
    const auto session =
        lantai::identity::Accounts::make(World::the().app->store(), then)->sign_in({login, World::kPassword, ""});
    browser.standing_["Cookie"] = "lantai_session=" + session.key;
    browser.standing_["X-CSRF-Token"] = session.csrf_token;
  }
  Client browser = World::the().anonymous();
};

BOOST_AUTO_TEST_CASE(a_grave_act_takes_the_password_again_after_a_while) {
  const auto login = make_account("archivist");
  auto browser = LeftAlone(login).browser;
  const auto item = browser.post("/api/v1/records/item", {{"fields", {{"title", "待删"}}}}).json();
  BOOST_TEST(browser.get("/api/v1/session").json()["verified"] == false);
  const auto grave = [&] {
    return std::vector<Answer>{browser.get("/api/v1/records/item/export?format=csv"),
                               browser.post("/api/v1/tokens", {{"label", "x"}}),
                               browser.remove(path_of(item), {{"If-Match", "*"}})};
  };
  for (const auto& refused : grave()) {
    BOOST_TEST(refused.status == 403);
    BOOST_TEST(refused.json()["message_id"] == "auth.verify_again");
  }
  BOOST_TEST(browser.post("/api/v1/session/verification", {{"password", "wrong"}}).status == 422);
  BOOST_TEST(browser.post("/api/v1/session/verification", {{"password", World::kPassword}}).status == 204);
  BOOST_TEST(browser.get("/api/v1/session").json()["verified"] == true);
  for (const auto& done : grave()) BOOST_TEST(done.status < 300);
  // Who may not do it at all is not asked for a password first.
  BOOST_TEST(LeftAlone(login).browser.patch("/api/v1/security-policy", {{"password_days", 1}}).json()["message_id"] ==
             "auth.forbidden");
  BOOST_TEST(LeftAlone("security_officer").browser.patch("/api/v1/security-policy", {{"password_history", 1}}).status ==
             403);
}

BOOST_AUTO_TEST_CASE(whose_role_asks_for_a_second_factor_sets_it_up_before_anything_else) {
  auto officer = World::the().as("security_officer");
  const auto login = make_account("auditor");
  const auto policy = [&](const Json& roles) {
    BOOST_TEST(officer.patch("/api/v1/security-policy", {{"second_factor_roles", roles}}).status == 200);
  };
  policy({"auditor"});
  auto browser = World::the().anonymous();
  BOOST_TEST(browser.sign_in(login, World::kPassword).json()["duty"] == "set_up_second_factor");
  for (const auto* path : {"/api/v1/audit", "/api/v1/accounts", "/api/v1/schema", "/api/v1/tokens"})
    BOOST_TEST(browser.get(path).json()["message_id"] == "auth.second_factor_required", path);
  const std::string path = "/api/v1/session/second-factor";
  BOOST_TEST(browser.get(path).status == 200);
  const auto secret = browser.post(path, {{"password", World::kPassword}}).json()["secret"].get<std::string>();
  BOOST_TEST(browser.put(path, {{"code", code_now(secret)}}).status == 200);
  BOOST_TEST(browser.get("/api/v1/session").json()["duty"] == "");
  BOOST_TEST(browser.get("/api/v1/audit").status == 200);
  policy(Json::array());
}

BOOST_AUTO_TEST_CASE(one_sees_ones_sessions_and_ends_them_from_elsewhere) {
  const auto login = make_account("reader");
  auto here = World::the().anonymous(), there = World::the().anonymous(), third = World::the().anonymous();
  for (auto* one : {&here, &there, &third}) one->sign_in(login, World::kPassword);
  const auto sessions = here.get("/api/v1/sessions").json()["sessions"];
  BOOST_TEST_REQUIRE(sessions.size() == 3U);
  std::string other;
  int current = 0;
  for (const auto& one : sessions) {
    BOOST_TEST(one["address"] == "127.0.0.1");
    if (one["current"])
      ++current;
    else
      other = one["id"];
  }
  BOOST_TEST(current == 1);
  BOOST_TEST(World::the().as("chief").remove("/api/v1/sessions/" + other).status == 404);
  BOOST_TEST(here.remove("/api/v1/sessions/" + other).status == 204);
  const auto open = [&] {
    int count = 0;
    for (auto* one : {&here, &there, &third}) count += one->get("/api/v1/session").status == 200 ? 1 : 0;
    return count;
  };
  BOOST_TEST(open() == 2);
  BOOST_TEST(here.remove("/api/v1/sessions").json()["ended"] == 1);
  BOOST_TEST(open() == 1);
  BOOST_TEST(here.get("/api/v1/session").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
