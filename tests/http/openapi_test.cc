// Does the OpenAPI document say what is served? Every operation in it is called, and what comes back is held against
// the shape that the document gives: nothing missing, nothing of another kind, nothing that the document does not know.
#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>

#include "world.h"

using namespace lantai::http;
using namespace lantai::http::test;

namespace {

// As much of JSON Schema as the document uses.
class Shapes {
 public:
  explicit Shapes(const Json& document) : document_(document) {}

  std::vector<std::string> problems(const Json& shape, const Json& value) const {
    std::vector<std::string> found;
    check(shape, value, "$", found);
    return found;
  }

 private:
  static bool is(const std::string& type, const Json& value) {
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_boolean();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    return type == "null" && value.is_null();
  }

  void check(const Json& shape, const Json& value, const std::string& at, std::vector<std::string>& found) const {
    if (shape.contains("$ref")) {
      return check(document_.at(Json::json_pointer(shape["$ref"].get<std::string>().substr(1))), value, at, found);
    }
    if (shape.contains("enum") && std::find(shape["enum"].begin(), shape["enum"].end(), value) == shape["enum"].end()) {
      found.push_back(at + " is none of the values: " + value.dump());
    }
    if (shape.contains("type")) {
      const Json types = shape["type"].is_array() ? shape["type"] : Json::array({shape["type"]});
      const bool fits =
          std::any_of(types.begin(), types.end(), [&](const Json& one) { return is(one.get<std::string>(), value); });
      if (!fits) return found.push_back(at + " is no " + types.dump() + ": " + value.dump().substr(0, 60));
    }
    if (value.is_array() && shape.contains("items")) {
      for (const auto& one : value) check(shape["items"], one, at + "[]", found);
    }
    if (value.is_object() && shape.contains("properties")) check_members(shape, value, at, found);
  }

  void check_members(const Json& shape, const Json& value, const std::string& at,
                     std::vector<std::string>& found) const {
    for (const auto& name : shape.value("required", Json::array())) {
      if (!value.contains(name)) found.push_back(at + "." + name.get<std::string>() + " is missing");
    }
    for (const auto& [name, member] : value.items()) {
      if (shape["properties"].contains(name)) {
        check(shape["properties"][name], member, at + "." + name, found);
      } else {
        found.push_back(at + "." + name + " is not described");
      }
    }
  }

  const Json& document_;
};

struct Described {
  Client client = World::the().as("chief");
  Client archivist = World::the().as("archivist");
  Json document = client.get("/api/v1/openapi.json").json();
  Shapes shapes{document};
  std::set<std::string> seen;

  // Holds an answer against what the document says of the operation; gives it back.
  Answer see(const std::string& operation, Answer answer) {
    BOOST_TEST_CONTEXT(operation << " " << answer.status << " " << answer.body.substr(0, 400)) {
      const Json& described = find(operation);
      seen.insert(operation);
      const auto response = described["responses"].find(std::to_string(answer.status));
      BOOST_TEST((response != described["responses"].end()));
      if (response == described["responses"].end()) return answer;
      const auto type = answer.header("content-type").substr(0, answer.header("content-type").find(';'));
      if (!response->contains("content")) {
        BOOST_TEST(answer.body.empty());
      } else if (response->at("content").contains("application/json")) {
        BOOST_TEST(type == "application/json");
        const auto problems = shapes.problems((*response)["content"]["application/json"]["schema"], answer.json());
        BOOST_TEST(problems == std::vector<std::string>(), boost::test_tools::per_element());
      }
    }
    return answer;
  }

  const Json& find(const std::string& operation) const {
    for (const auto& [path, methods] : document["paths"].items()) {
      for (const auto& [method, one] : methods.items()) {
        if (one["operationId"] == operation) return one;
      }
    }
    throw std::runtime_error("not in the document: " + operation);
  }

  std::set<std::string> all() const {
    std::set<std::string> operations;
    for (const auto& [path, methods] : document["paths"].items()) {
      for (const auto& [method, one] : methods.items()) operations.insert(one["operationId"]);
    }
    return operations;
  }
};

Client::Fields if_match(const Answer& answer) { return {{"If-Match", answer.etag()}}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(openapi)

BOOST_FIXTURE_TEST_CASE(every_operation_answers_in_the_shape_that_is_described, Described) {
  const auto word = unique_word();
  see("healthz", client.get("/healthz"));
  see("readyz", client.get("/readyz"));
  see("metrics", client.get("/metrics"));
  see("getOpenApi", client.get("/api/v1/openapi.json"));
  see("getSchema", client.get("/api/v1/schema"));

  // Accounts and sessions.
  see("listAccounts", client.get("/api/v1/accounts"));
  const Json person{{"login", word},
                    {"name", "丁"},
                    {"roles", {"staff"}},
                    {"password", World::kPassword},
                    {"must_change_password", false}};
  const auto account = see("createAccount", client.post("/api/v1/accounts", person)).json();
  see("updateAccount", client.patch("/api/v1/accounts/" + account["id"].get<std::string>(), {{"clearance", 1}}));
  auto browser = World::the().anonymous();
  see("signIn", browser.sign_in(word, World::kPassword));
  see("getSession", browser.get("/api/v1/session"));
  see("makeToken", browser.post("/api/v1/tokens", {{"label", "x"}, {"days", 1}}));
  const auto tokens = see("listTokens", browser.get("/api/v1/tokens")).json();
  see("revokeToken", browser.remove("/api/v1/tokens/" + tokens["tokens"][0]["id"].get<std::string>()));
  see("listSessions", browser.get("/api/v1/sessions"));
  auto elsewhere = World::the().anonymous();
  elsewhere.sign_in(word, World::kPassword);
  see("endOtherSessions", browser.remove("/api/v1/sessions"));
  elsewhere.sign_in(word, World::kPassword);
  const auto own = browser.get("/api/v1/sessions").json()["sessions"][0]["id"].get<std::string>();
  see("endSession", browser.remove("/api/v1/sessions/" + own));
  browser.sign_in(word, World::kPassword);
  see("getSecondFactor", browser.get("/api/v1/session/second-factor"));
  const auto enrolment =
      see("enrolSecondFactor", browser.post("/api/v1/session/second-factor", {{"password", World::kPassword}})).json();
  const auto codes = see("confirmSecondFactor",
                         browser.put("/api/v1/session/second-factor", {{"code", code_now(enrolment["secret"])}}))
                         .json();
  see("verifySession", browser.post("/api/v1/session/verification",
                                    {{"password", World::kPassword}, {"code", codes["recovery_codes"][1]}}));
  const auto renewed = see("renewRecoveryCodes", browser.post("/api/v1/session/second-factor/recovery-codes",
                                                              {{"code", code_now(enrolment["secret"], 30)}}))
                           .json();
  see("getSecurityPolicy", client.get("/api/v1/security-policy"));
  see("changeSecurityPolicy", client.patch("/api/v1/security-policy", {{"password_history", 1}}));
  see("removeSecondFactor", browser.post("/api/v1/session/second-factor/removal",
                                         {{"password", World::kPassword}, {"code", renewed["recovery_codes"][0]}}));
  see("resetSecondFactor", client.remove("/api/v1/accounts/" + account["id"].get<std::string>() + "/second-factor"));
  see("changePassword",
      browser.put("/api/v1/session/password", {{"old", World::kPassword}, {"new", "another 密码 of mine"}}));
  browser.sign_in(word, "another 密码 of mine");
  see("signOut", browser.remove("/api/v1/session"));

  // Records.
  const std::string items = "/api/v1/records/item";
  const auto department = archivist.post("/api/v1/records/department", {{"fields", {{"name", word}}}}).json();
  const Json fields{{"title", word}, {"fiscal_year", 2020}, {"department", department["id"]}, {"retention", "Y"}};
  const auto made = see("createRecord", archivist.post(items, {{"fields", fields}}));
  see("checkRecord", archivist.post(items + "/check", {{"fields", {{"title", ""}}}}));
  const auto path = path_of(made.json());
  const auto record = "item/" + made.json()["id"].get<std::string>();
  const Json lent{{"record", record}, {"login", "reader"}, {"until", "2199-01-01T00:00:00Z"}, {"reason", "查阅"}};
  const auto given = see("giveGrant", archivist.post("/api/v1/grants", lent)).json();
  see("listGrants", archivist.get("/api/v1/grants?record=" + record));
  see("whoSees", archivist.get(path + "/access"));
  const auto borrower = given["account"].get<std::string>();
  see("whatTheySee", archivist.get("/api/v1/accounts/" + borrower + "/access"));
  see("revokeGrant", archivist.remove("/api/v1/grants?account=" + borrower + "&record=" + record));
  const auto leaver =
      client.post("/api/v1/records/person", {{"fields", {{"name", word}}}}).json()["id"].get<std::string>();
  see("getOrganisation", archivist.get("/api/v1/organisation"));
  see("listPosts", archivist.get("/api/v1/organisation/posts?person=" + leaver));
  see("listHeld", client.get("/api/v1/people/" + leaver + "/hand-over"));
  see("handOver", client.post("/api/v1/people/" + leaver + "/hand-over", {{"date", "2021-03-05"}, {"reason", "退休"}}));
  const auto day = World::the().app->organisation().today();
  const auto delegation =
      see("giveDelegation",
          client.post("/api/v1/delegations", {{"login", "reader"}, {"begins", day}, {"ends", day}, {"reason", "出差"}}))
          .json();
  see("listDelegations", client.get("/api/v1/delegations"));
  see("revokeDelegation", client.remove("/api/v1/delegations/" + delegation["id"].get<std::string>()));
  auto at_readers = World::the().anonymous();
  at_readers.sign_in("reader", World::kPassword);
  see("listWaysToSignIn", at_readers.get("/api/v1/session/ways"));
  // There is no provider here; tests/scenario/test_provider.py has one.
  for (const auto& [operation, step] : {std::pair("beginProvider", ""), {"finishProvider", "/callback"}}) {
    BOOST_TEST(at_readers.get("/api/v1/session/provider" + std::string(step)).status == 404);
    seen.insert(operation);
  }
  see("getActing", at_readers.get("/api/v1/session/acting"));
  see("actAs", at_readers.put("/api/v1/session/acting", Json::object()));
  see("statePurpose", at_readers.put("/api/v1/session/purpose", {{"purpose", "查阅"}}));
  see("getRecord", archivist.get(path));
  const auto changed = see("updateRecord", archivist.patch(path, {{"fields", {{"notes", "核对"}}}}, if_match(made)));
  see("notePrint", archivist.post(path + "/prints", {{"file", 1}, {"page", 2}}));
  see("getHistory", archivist.get(path + "/history"));
  see("getVersion", archivist.get(path + "/versions/1"));
  see("listRecords", archivist.get(items + "?limit=5"));
  see("listChildren", archivist.get(path_of(department) + "/children"));
  see("getContinuity", archivist.get(items + "/continuity"));
  see("exportRecords", archivist.get("/api/v1/records/department/export?format=csv"));
  see("importRecords", archivist.send("POST", items + "/import", "{\"fields\":{\"title\":\"x\"}}\n{}\n",
                                      {{"Content-Type", "application/x-ndjson"}}));

  // Files.
  const auto disposition = Client::Fields{{"Content-Type", "application/octet-stream"},
                                          {"Content-Disposition", "attachment; filename=\"a.txt\""}};
  see("addFile", archivist.send("POST", path + "/files", "正文 " + word, disposition));
  see("addFileVersion", archivist.send("POST", path + "/files/1", "新的正文 " + word, disposition));
  see("getFile", archivist.get(path + "/files/1"));
  see("getFileVersion", archivist.get(path + "/files/1/versions/1"));
  archivist.search("q=" + word);
  see("getFileText", archivist.get(path + "/files/1/text?q=" + word));
  const auto upload = see("beginUpload", archivist.post("/api/v1/uploads", {{"name", "b.txt"}, {"size", 3}})).json();
  const auto upload_path = "/api/v1/uploads/" + upload["upload"].get<std::string>();
  see("continueUpload", archivist.send("PATCH", upload_path, "abc",
                                       {{"Upload-Offset", "0"}, {"Content-Type", "application/octet-stream"}}));
  see("getUpload", archivist.get(upload_path));
  see("removeUpload", archivist.remove(upload_path));
  const auto before = archivist.get(path);
  see("removeFile", archivist.remove(path + "/files/1", if_match(before)));

  // Search, tree, changes, audit.
  see("search", archivist.get("/api/v1/search?q=%28" + word + "&facet=fiscal_year&facet=department&limit=3"));
  see("completeNames", archivist.get("/api/v1/completions?q=" + word));
  see("noteSearch", archivist.post("/api/v1/searches", {{"query", word}}));
  see("listSearches", archivist.get("/api/v1/searches"));
  see("forgetSearches", archivist.remove("/api/v1/searches?q=" + word));
  see("similarRecords", archivist.get("/api/v1/records/item" + path.substr(path.rfind('/')) + "/similar"));
  see("explainSearch",
      archivist.get("/api/v1/explain?record=item" + path.substr(path.rfind('/')) + "&q=" + word + "+title:x"));
  see("getTree", archivist.get("/api/v1/tree"));
  see("getChanges", archivist.get("/api/v1/changes?since=0&limit=5"));
  see("exportAudit", client.get("/api/v1/audit/export?format=csv&action=session."));
  see("getAudit", client.get("/api/v1/audit?limit=20"));

  // Imports.
  const auto begun = see(
      "beginImport",
      archivist.send("POST", "/api/v1/imports",
                     "--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nx\r\n--b0--\r\n",
                     {{"Content-Type", "multipart/form-data; boundary=b0"}}));
  const auto import = "/api/v1/imports/" + begun.json()["import"].get<std::string>();
  while (archivist.get(import).json()["state"] == "running") std::this_thread::yield();
  see("getImport", archivist.get(import));
  see("cancelImport", archivist.remove(import));
  see("removeRecord", archivist.remove(path, if_match(archivist.get(path))));

  see("listFailedTexts", client.get("/api/v1/extraction/failed"));

  const auto paged = client.add_file(client.make_item({{"title", "有页面"}}), "a.pdf", small_pdf());
  see("getSuggestions", client.get(path_of(paged) + "/suggestions"));
  see("countPageImages", client.get(path_of(paged) + "/files/1/pages"));
  see("getPageMarks", client.get(path_of(paged) + "/files/1/pages/1/marks?q=x"));
  // The bytes of a page image are no JSON: files_api_test.cc.
  seen.insert("getPageImage");
  const auto operations = all();
  BOOST_TEST(seen == operations, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(every_error_is_a_problem_as_described, Described) {
  const Json problem{{"$ref", "#/components/schemas/Problem"}};
  for (const Answer& answer :
       {client.get("/api/v1/none"), client.get("/api/v1/records/item/none"), client.get("/api/v1/search?sort=x"),
        client.post("/api/v1/records/item", {{"fields", {{"title", 1}, {"none", 2}}}}),
        World::the().anonymous().get("/api/v1/audit"), client.send("PATCH", "/api/v1/records/item/x", "{}")}) {
    BOOST_TEST_CONTEXT(answer.body) {
      BOOST_TEST(answer.status >= 400);
      BOOST_TEST(answer.header("content-type").starts_with("application/problem+json"));
      const auto problems = shapes.problems(problem, answer.json());
      BOOST_TEST(problems == std::vector<std::string>(), boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
