// Lending a record, taking it back, and who is told what about it.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "world.h"

using namespace lantai::http::test;

namespace {

struct Lent {
  Lent() : item(World::the().as("archivist").make_item({{"title", word}, {"access_level", "restricted"}})) {
    record = "item/" + item["id"].get<std::string>();
    archivist.add_file(item, "正文.txt", "全文 " + word);
  }
  Answer lend(Client& by, const Json& change = Json::object()) {
    Json body{{"record", record}, {"login", "reader"}, {"until", "2199-01-01T00:00:00Z"}, {"reason", "编写校史"}};
    body.update(change);
    return by.post("/api/v1/grants", body);
  }
  std::string field_of(const Answer& answer) { return answer.json()["errors"][0]["field"]; }
  std::string word = unique_word();
  Client archivist = World::the().as("archivist"), reader = World::the().as("reader"), staff = World::the().as("staff"),
         security = World::the().as("security_officer");
  Json item;
  std::string record;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rights_api, Lent)

BOOST_AUTO_TEST_CASE(what_is_lent_is_read_searched_and_taken_back) {
  BOOST_TEST(reader.get(path_of(item)).status == 404);
  BOOST_TEST(reader.search("q=" + word).json()["total"] == 0);
  const auto given = lend(archivist);
  BOOST_TEST_REQUIRE(given.status == 201);
  BOOST_TEST(given.json()["account_name"] == "reader 甲");
  BOOST_TEST(given.json()["title"] == word);
  BOOST_TEST(reader.get(path_of(item)).status == 200);
  BOOST_TEST(reader.get(path_of(item) + "/files/1").body == "全文 " + word);
  BOOST_TEST(reader.search("q=" + word).json()["total"] == 1);
  BOOST_TEST(staff.get(path_of(item)).status == 404);
  const auto own = reader.get("/api/v1/grants").json()["grants"];
  BOOST_TEST_REQUIRE(own.size() == 1U);
  BOOST_TEST(own[0]["reason"] == "编写校史");
  BOOST_TEST(own[0]["title"] == word);
  auto auditor = World::the().as("auditor");
  const auto entry = auditor.get("/api/v1/audit?action=grant.give&subject=" + record).json()["entries"];
  BOOST_TEST_REQUIRE(entry.size() == 1U);
  BOOST_TEST(entry[0]["detail"]["reason"] == "编写校史");

  const auto taken = "/api/v1/grants?record=" + record + "&account=" + given.json()["account"].get<std::string>();
  BOOST_TEST(reader.remove(taken).status == 403);
  BOOST_TEST(security.remove(taken).status == 204);
  BOOST_TEST(reader.get(path_of(item)).status == 404);
  BOOST_TEST(reader.search("q=" + word).json()["total"] == 0);
  BOOST_TEST(reader.get("/api/v1/grants").json()["grants"].empty());
}

BOOST_AUTO_TEST_CASE(a_group_is_lent_a_record_and_everybody_in_it_reads_it) {
  auto chief = World::the().as("chief");
  const auto made = [&](const char* type, Json fields) {
    const auto answer = chief.post("/api/v1/records/" + std::string(type), {{"fields", std::move(fields)}});
    BOOST_REQUIRE(answer.status == 201);
    return answer.json()["id"].get<std::string>();
  };
  const auto person = made("person", {{"name", "编委" + word}}), login = unique_word();
  const auto group = made("group", {{"name", "编委会" + word}, {"members", {person}}});
  chief.post("/api/v1/accounts", {{"login", login},
                                  {"name", login},
                                  {"roles", {"reader"}},
                                  {"clearance", 0},
                                  {"person", person},
                                  {"password", World::kPassword},
                                  {"must_change_password", false}});
  auto editor = World::the().anonymous();
  editor.sign_in(login, World::kPassword);
  BOOST_TEST(editor.get(path_of(item)).status == 404);
  BOOST_TEST(field_of(lend(archivist, {{"login", nullptr}, {"group", "none"}})) == "group");
  const auto given = lend(archivist, {{"login", nullptr}, {"group", group}});
  BOOST_TEST_REQUIRE(given.status == 201);
  BOOST_TEST(given.json()["account_name"] == "编委会" + word);
  BOOST_TEST(editor.get(path_of(item)).status == 200);
  BOOST_TEST(editor.search("q=" + word).json()["total"] == 1);
  BOOST_TEST(editor.get("/api/v1/grants").json()["grants"].size() == 1U);
  BOOST_TEST(reader.get(path_of(item)).status == 404);
  BOOST_TEST(archivist.remove("/api/v1/grants?record=" + record + "&account=group/" + group).status == 204);
  BOOST_TEST(editor.get(path_of(item)).status == 404);
}

// The role comes first: an officer to whom something was lent finds nothing of it.
BOOST_AUTO_TEST_CASE(what_is_lent_to_a_role_that_reads_nothing_is_not_found) {
  BOOST_TEST(lend(archivist, {{"login", "auditor"}}).status == 201);
  auto auditor = World::the().as("auditor");
  BOOST_TEST(auditor.get(path_of(item)).status == 403);
  BOOST_TEST(auditor.search("q=" + word).json()["total"] == 0);
  BOOST_TEST(auditor.get("/api/v1/completions?q=" + word).body.find(word) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_who_sees_a_record_and_keeps_the_archive_lends_it) {
  for (auto* other : {&reader, &staff, &security}) {
    const auto refused = lend(*other);
    BOOST_TEST((refused.status == 403 || refused.status == 422));
  }
  auto administrator = World::the().as("administrator");
  BOOST_TEST(lend(administrator).status == 422);  // does not see it
  BOOST_TEST(field_of(lend(archivist, {{"record", "item/none"}})) == "record");
  BOOST_TEST(field_of(lend(archivist, {{"record", "none"}})) == "record");
  BOOST_TEST(field_of(lend(archivist, {{"login", "nobody"}})) == "login");
  BOOST_TEST(field_of(lend(archivist, {{"until", "2001-01-01T00:00:00Z"}})) == "until");
  BOOST_TEST(field_of(lend(archivist, {{"until", "tomorrow"}})) == "until");
  BOOST_TEST(field_of(lend(archivist, {{"reason", ""}})) == "reason");
  BOOST_TEST(field_of(lend(archivist, {{"reason", std::string(501, 'x')}})) == "reason");
  BOOST_TEST(reader.get(path_of(item)).status == 404);
}

BOOST_AUTO_TEST_CASE(who_sees_a_record_and_why_is_told_to_those_who_answer_for_it) {
  const auto path = path_of(item) + "/access";
  BOOST_TEST(reader.get(path).status == 403);
  BOOST_TEST(staff.get(path).status == 403);
  lend(archivist);
  for (auto* asker : {&archivist, &security}) {
    const auto told = asker->get(path).json();
    BOOST_TEST(told["level"] == "restricted");
    std::map<std::string, std::string> grounds;
    for (const auto& one : told["people"])
      grounds[one["login"]] = (one["visible"] ? "sees by " : "kept out by ") + one["ground"].get<std::string>();
    BOOST_TEST(grounds["reader"] == "sees by lent");
    BOOST_TEST(grounds["staff"] == "kept out by clearance");
    BOOST_TEST(grounds["archivist"] == "sees by clearance");
    BOOST_TEST(grounds["administrator"] == "kept out by role");
  }
  BOOST_TEST(security.get(path).body.find(word) == std::string::npos);
  const auto sees = security
                        .get("/api/v1/accounts/" +
                             archivist.get("/api/v1/session").json()["account"]["id"].get<std::string>() + "/access")
                        .json();
  BOOST_TEST(sees["account"]["login"] == "archivist");
  BOOST_TEST(sees["types"].dump().find("\"type\":\"item\"") != std::string::npos);
  BOOST_TEST(reader.get("/api/v1/accounts/none/access").status == 403);
  BOOST_TEST(security.get("/api/v1/accounts/none/access").status == 404);
}

BOOST_AUTO_TEST_CASE(the_auditor_takes_out_what_was_found_and_that_is_noted) {
  lend(archivist);
  auto auditor = World::the().as("auditor");
  BOOST_TEST(archivist.get("/api/v1/audit/export").status == 403);
  const auto csv = auditor.get("/api/v1/audit/export?action=grant.give&subject=" + record);
  BOOST_TEST_REQUIRE(csv.status == 200);
  BOOST_TEST(csv.header("content-disposition").find("audit.csv") != std::string::npos);
  BOOST_TEST(std::count(csv.body.begin(), csv.body.end(), '\n') == 2);  // the heading and one entry
  BOOST_TEST(csv.body.find("archivist 甲") != std::string::npos);
  BOOST_TEST(csv.body.find(record) != std::string::npos);
  const auto lines = auditor.get("/api/v1/audit/export?format=jsonl&action=grant.give&subject=" + record);
  BOOST_TEST(std::count(lines.body.begin(), lines.body.end(), '\n') == 2);
  const auto noted = auditor.get("/api/v1/audit?action=audit.export").json()["entries"];
  BOOST_TEST_REQUIRE(noted.size() >= 2U);
  BOOST_TEST(noted[0]["detail"]["filter"]["subject"] == record);
  BOOST_TEST(auditor.get("/api/v1/audit/export?format=xml").status == 400);
}

BOOST_AUTO_TEST_SUITE_END()
