// Records of every type over HTTP.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>

#include "world.h"

using namespace lantai::http;
using namespace lantai::http::test;

BOOST_AUTO_TEST_SUITE(records_api)

BOOST_AUTO_TEST_CASE(a_record_is_created_read_changed_and_removed) {
  auto client = World::the().as("chief");
  const auto created =
      client.post("/api/v1/records/item", {{"fields", {{"title", "关于放假的通知"}, {"fiscal_year", 2021}}}});
  BOOST_REQUIRE(created.status == 201);
  const auto path = created.header("location");
  BOOST_TEST(path == path_of(created.json()));
  BOOST_TEST(created.etag() == "\"1\"");
  BOOST_TEST(client.get(path).json() == created.json());

  BOOST_TEST(client.patch(path, {{"fields", {{"title", "改"}}}}).status == 428);
  const auto changed = client.patch(path, {{"fields", {{"title", "关于调休的通知"}, {"fiscal_year", nullptr}}}},
                                    {{"If-Match", created.etag()}});
  BOOST_REQUIRE(changed.status == 200);
  BOOST_TEST(changed.etag() == "\"2\"");
  BOOST_TEST(changed.json()["title"] == "关于调休的通知");
  BOOST_TEST(!changed.json()["fields"].contains("fiscal_year"));
  const auto stale = client.patch(path, {{"fields", {{"title", "晚"}}}}, {{"If-Match", created.etag()}});
  BOOST_TEST(stale.status == 412);
  BOOST_TEST(stale.json()["message_id"] == "record.stale");
  BOOST_TEST(client.patch(path, {{"fields", {{"title", "坏"}}}}, {{"If-Match", "W/\"2\""}}).status == 400);

  const auto history = client.get(path + "/history").json()["versions"];
  BOOST_REQUIRE(history.size() == 2U);
  std::set<std::string> operations, differing;
  for (const auto& version : history) {
    operations.insert(version["operation"]);
    BOOST_TEST(version["author_name"] == "chief 甲");
    if (version["version"] == 2) {
      for (const auto& one : version["differences"]) differing.insert(one["field"]);
    }
  }
  BOOST_TEST((operations == std::set<std::string>{"create", "update"}));
  BOOST_TEST((differing == std::set<std::string>{"title", "fiscal_year"}));
  const auto latest = client.get(path + "/history?limit=1").json();
  BOOST_TEST(latest["versions"][0]["version"] == 2);
  const auto earlier = client.get(path + "/history?limit=1&page_token=" + latest["next_page_token"].get<std::string>());
  BOOST_TEST(earlier.json()["versions"][0]["version"] == 1);
  BOOST_TEST(earlier.json()["next_page_token"] == "");
  BOOST_TEST(client.get(path + "/history?page_token=x").status == 400);
  BOOST_TEST(client.get(path + "/versions/1").json()["fields"]["fiscal_year"] == 2021);
  BOOST_TEST(client.get(path + "/versions/9").status == 404);

  BOOST_TEST(client.remove(path).status == 428);
  BOOST_TEST(client.remove(path, {{"If-Match", "\"1\""}}).status == 412);
  BOOST_TEST(client.remove(path, {{"If-Match", "\"2\""}}).status == 204);
  BOOST_TEST(client.get(path).status == 404);
}

BOOST_AUTO_TEST_CASE(a_form_is_told_what_applies_what_is_required_and_what_is_wrong) {
  auto client = World::the().as("archivist");
  const auto check = [&](const Json& fields) {
    return client.post("/api/v1/records/item/check", {{"fields", fields}}, {{"Accept-Language", "zh-Hans"}});
  };
  const auto lists = [](const Json& all, const char* one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  const auto position = World::the().position();
  const auto secret = check({{"title", "t"}, {"secrecy", "机密"}, {"date", "2021-13-40"}});
  BOOST_REQUIRE(secret.status == 200);
  const auto said = secret.json();
  BOOST_TEST(!lists(said["hidden"], "secrecy_period"));
  BOOST_TEST(said["required"] == Json::parse(R"(["title"])"));
  BOOST_REQUIRE(said["errors"].size() == 1U);
  BOOST_TEST(said["errors"][0]["field"] == "date");
  BOOST_TEST(said["errors"][0]["rule"] == "field.not_a_date");
  BOOST_TEST(said["errors"][0]["message"] == "“2021-13-40”不是日期，请写作 2021-03-05");
  BOOST_TEST(lists(check({{"title", "t"}}).json()["hidden"], "secrecy_period"));
  BOOST_TEST(World::the().position() == position);
  BOOST_TEST(client.post("/api/v1/records/nothing/check", {{"fields", Json::object()}}).status == 404);
  BOOST_TEST(client.post("/api/v1/records/item/check", {{"field", Json::object()}}).status == 422);
}

BOOST_AUTO_TEST_CASE(the_same_key_gives_the_same_record_again) {
  auto client = World::the().as("archivist");
  const Json body{{"fields", {{"title", "只此一件"}}}};
  const Client::Fields key{{"Idempotency-Key", unique_word()}};
  const auto first = client.post("/api/v1/records/item", body, key);
  const auto again = client.post("/api/v1/records/item", body, key);
  BOOST_TEST(first.status == 201);
  BOOST_TEST(again.json()["id"] == first.json()["id"]);
  BOOST_TEST(client.post("/api/v1/records/item", body).json()["id"] != first.json()["id"]);
}

BOOST_AUTO_TEST_CASE(lists_are_filtered_ordered_and_paged) {
  auto client = World::the().as("archivist");
  const auto code = unique_word();
  for (int i = 0; i < 7; ++i) {
    client.make_item(
        {{"title", "第" + std::to_string(i)}, {"fonds_code", code.substr(0, 12)}, {"fiscal_year", 2010 + i}});
  }
  const std::string where = "/api/v1/records/item?where[fonds_code]=" + code.substr(0, 12);
  std::set<std::string> ids;
  std::string token;
  int pages = 0;
  do {
    const auto page = client.get(where + "&limit=3" + (token.empty() ? "" : "&page_token=" + encoded(token))).json();
    for (const auto& record : page["records"]) ids.insert(record["id"]);
    token = page["next_page_token"];
    BOOST_REQUIRE(++pages <= 4);
  } while (!token.empty());
  BOOST_TEST(ids.size() == 7U);
  const auto ordered = client.get(
      "/api/v1/records/item?from[fiscal_year]=2012&to[fiscal_year]=2014&where[fonds_code]=" + code.substr(0, 12) +
      "&order=fiscal_year&descending=1");
  BOOST_REQUIRE(ordered.status == 200);
  std::vector<int> years;
  const auto ordered_records = ordered.json()["records"];
  for (const auto& record : ordered_records) years.push_back(record["fields"]["fiscal_year"]);
  BOOST_TEST((years == std::vector<int>{2014, 2013, 2012}));
  BOOST_TEST(client.get("/api/v1/records/item?where[nothing]=1").status == 400);
  BOOST_TEST(client.get("/api/v1/records/item?where=1").status == 400);
  BOOST_TEST(client.get("/api/v1/records/item?limit=1001").status == 400);
}

BOOST_AUTO_TEST_CASE(linked_records_are_named_and_trees_have_children) {
  auto client = World::the().as("archivist");
  const auto parent =
      client.post("/api/v1/records/department", {{"fields", {{"name", "办公室"}, {"code", unique_word()}}}});
  BOOST_REQUIRE(parent.status == 201);
  const auto child =
      client.post("/api/v1/records/department",
                  {{"fields", {{"name", "文书科"}, {"code", unique_word()}, {"parent", parent.json()["id"]}}}});
  BOOST_REQUIRE(child.status == 201);
  BOOST_TEST(child.json()["links"]["parent"]["title"] == "办公室");
  const auto children = client.get(path_of(parent.json()) + "/children").json()["records"];
  BOOST_REQUIRE(children.size() == 1U);
  BOOST_TEST(children[0]["id"] == child.json()["id"]);
  const auto twice = client.post("/api/v1/records/department",
                                 {{"fields", {{"name", "又"}, {"code", child.json()["fields"]["code"]}}}});
  BOOST_TEST(twice.status == 409);
}

BOOST_AUTO_TEST_CASE(every_declared_type_answers_its_paths) {
  auto client = World::the().as("chief");
  const auto schema = client.get("/api/v1/schema", {{"Accept-Language", "en"}});
  BOOST_REQUIRE(schema.status == 200);
  BOOST_TEST(client.get("/api/v1/schema", {{"Accept-Language", "en"}, {"If-None-Match", schema.etag()}}).status == 304);
  BOOST_TEST(schema.json()["types"].size() >= 7U);
  const auto types = schema.json()["types"];
  for (const auto& type : types) {
    const auto base = "/api/v1/records/" + type["name"].get<std::string>();
    BOOST_TEST_CONTEXT(base) {
      BOOST_TEST(client.get(base).status == 200);
      BOOST_TEST(client.get(base + "/none").status == 404);
      BOOST_TEST(client.post(base, {{"fields", {{"no_such_field", 1}}}}).status == 422);
      BOOST_TEST(client.get(base + "/continuity").status == 200);
    }
  }
}

BOOST_AUTO_TEST_CASE(reference_codes_report_their_gaps) {
  auto client = World::the().as("archivist");
  const auto fonds = "Z" + std::to_string(100 + World::the().position() % 800);
  for (const int number : {1, 2, 5}) {
    client.make_item({{"title", "件"}, {"reference_code", fonds + "-WS·2011·Y·BGS-000" + std::to_string(number)}});
  }
  const auto scopes = client.get("/api/v1/records/item/continuity?limit=1000").json()["scopes"];
  bool seen = false;
  for (const auto& scope : scopes) {
    if (scope["scope"].get<std::string>().find(fonds) == std::string::npos) continue;
    seen = true;
    BOOST_TEST(scope["highest"] == 5);
    BOOST_TEST(scope["missing"] == Json({3, 4}));
    BOOST_TEST(scope["missing_count"] == 2);
  }
  BOOST_TEST(seen);
  BOOST_TEST(client.get("/api/v1/records/item/continuity?limit=1").json()["scopes"].size() == 1U);
  BOOST_TEST(World::the().as("reader").get("/api/v1/records/item/continuity").status == 403);
}

BOOST_AUTO_TEST_CASE(the_audit_log_is_read_both_ways) {
  auto client = World::the().as("chief");
  World::the().as("archivist").make_item({{"title", "留痕"}});
  const auto latest = client.get("/api/v1/audit?limit=5").json();
  BOOST_REQUIRE(latest["entries"].size() == 5U);
  BOOST_TEST(latest["entries"][0]["sequence"] == latest["head"]["sequence"]);
  BOOST_TEST(latest["entries"][0]["hash"] == latest["head"]["hash"]);
  BOOST_TEST(latest["entries"][0]["previous_hash"] == latest["entries"][1]["hash"]);
  const auto first = client.get("/api/v1/audit?after=0&limit=2").json()["entries"];
  BOOST_TEST(first[0]["sequence"] == 1);
  BOOST_TEST(first[1]["previous_hash"] == first[0]["hash"]);
}

BOOST_AUTO_TEST_SUITE_END()
