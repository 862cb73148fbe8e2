// Rows that become records over HTTP.
#include <boost/test/unit_test.hpp>
#include <set>

#include "world.h"

using namespace lantai::http;
using namespace lantai::http::test;

namespace {

constexpr const char* kImport = "/api/v1/records/item/import";

Answer import(Client& client, const std::string& body, const std::string& query = "",
              const std::string& media_type = "application/jsonl") {
  return client.send("POST", kImport + query, body, {{"Content-Type", media_type}});
}

std::string line(const Json& fields) { return Json{{"type", "item"}, {"fields", fields}}.dump() + "\n"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(transfer_api)

BOOST_AUTO_TEST_CASE(good_lines_become_records_and_bad_ones_say_why_in_the_callers_language) {
  auto client = World::the().as("archivist");
  const auto word = unique_word();
  const auto answer =
      import(client,
             line({{"title", word + "甲"}, {"fiscal_year", 2021}}) + "\n" + line({{"fiscal_year", 2021}}) +
                 "{broken\n" + Json{{"fields", {{"title", word + "乙"}}}}.dump(),
             "?lang=en");
  BOOST_REQUIRE(answer.status == 200);
  const auto rows = answer.json()["rows"];
  BOOST_TEST_CONTEXT(rows.dump()) {
    BOOST_REQUIRE(rows.size() == 4U);
    BOOST_TEST(rows[0]["row"] == 1);
    BOOST_TEST(rows[0]["status"] == "created");
    BOOST_TEST(rows[0]["errors"].empty());
    BOOST_TEST(client.get("/api/v1/records/" + rows[0]["record"].get<std::string>()).json()["title"] == word + "甲");
    BOOST_TEST(rows[1]["row"] == 3);
    BOOST_TEST(rows[1]["status"] == "failed");
    BOOST_TEST(rows[1]["record"] == "");
    BOOST_TEST(rows[1]["errors"][0]["field"] == "title");
    BOOST_TEST(rows[1]["errors"][0]["rule"] == "field.required");
    BOOST_TEST(rows[2]["errors"][0]["message"] == "Line 4 is not valid JSON");
    BOOST_TEST(rows[3]["status"] == "created");
  }
  BOOST_TEST(client.search("q=" + word).json()["total"] == 2);
}

BOOST_AUTO_TEST_CASE(a_dry_run_of_rows_writes_nothing) {
  auto client = World::the().as("archivist");
  const auto before = World::the().position();
  const auto rows = import(client, line({{"title", "甲"}}) + line(Json::object()), "?dry_run=1").json()["rows"];
  BOOST_REQUIRE(rows.size() == 2U);
  BOOST_TEST(rows[0]["status"] == "planned");
  BOOST_TEST(rows[1]["status"] == "failed");
  BOOST_TEST(World::the().position() == before);
}

BOOST_AUTO_TEST_CASE(a_spreadsheet_is_read_by_its_labels_and_names_what_it_did_not_understand) {
  auto client = World::the().as("archivist");
  const auto answer = import(client, "题名,年度,奇怪\n会议纪要,2018,x\n,2019,\n", "", "Text/CSV; charset=utf-8");
  BOOST_REQUIRE(answer.status == 200);
  const auto json = answer.json();
  BOOST_REQUIRE(json["rows"].size() == 2U);
  BOOST_TEST(json["rows"][0]["row"] == 2);
  BOOST_TEST(json["rows"][0]["status"] == "created");
  BOOST_TEST(json["rows"][1]["status"] == "failed");
  BOOST_TEST(json["unknown_columns"] == Json({"奇怪"}));
  const auto record = client.get("/api/v1/records/" + json["rows"][0]["record"].get<std::string>()).json();
  BOOST_TEST(record["fields"]["fiscal_year"] == 2018);
}

BOOST_AUTO_TEST_CASE(a_body_that_cannot_be_read_as_a_whole_makes_no_record) {
  auto client = World::the().as("archivist");
  const auto before = World::the().position();
  BOOST_TEST(import(client, "题名,年度\n甲,2018\n\"乙,2019\n", "", "text/csv").status == 400);
  BOOST_TEST(import(client, "题名,题名\n甲,乙\n", "", "text/csv").status == 400);
  BOOST_TEST(import(client, "[]", "", "application/json").status == 415);
  BOOST_TEST(import(client, line({{"title", "甲"}}), "?surprise=1").status == 400);
  std::string many;
  for (int i = 0; i <= 100'000; ++i) many += "{}\n";
  const auto refused = import(client, many);
  BOOST_TEST(refused.status == 413);
  BOOST_TEST(refused.json()["message_id"] == "import.too_many_rows");
  BOOST_TEST(World::the().position() == before);
  BOOST_TEST(
      client.send("POST", "/api/v1/records/nothing/import", "{}", {{"Content-Type", "application/jsonl"}}).status ==
      404);
}

BOOST_AUTO_TEST_CASE(only_who_may_create_may_import) {
  auto reader = World::the().as("reader");
  auto nobody = World::the().anonymous();
  BOOST_TEST(import(reader, line({{"title", "甲"}}), "?dry_run=1").status == 403);
  BOOST_TEST(import(nobody, line({{"title", "甲"}})).status == 401);
}

BOOST_AUTO_TEST_CASE(rows_of_another_kind_fail_alone) {
  auto client = World::the().as("archivist");
  const std::string fields = R"("fields":{"title":"甲"})";
  const auto rows =
      import(client, "{\"type\":\"person\"," + fields + "}\n{\"type\":\"nothing\"," + fields +
                         "}\n{\"files\":[{\"name\":\"a\"}]," + fields + "}\n{\"key\":\"" + std::string(201, 'k') +
                         "\"," + fields + "}\n{\"fields\":{\"title\":" + std::string(200'000, '[') +
                         std::string(200'000, ']') + "}}\n{" + fields + "}")
          .json()["rows"];
  BOOST_REQUIRE(rows.size() == 6U);
  const char* const rules[] = {"import.other_type", "import.unknown_type", "import.rows_only", "field.too_long",
                               "import.bad_json_line"};
  for (std::size_t i = 0; i < 5; ++i) {
    BOOST_TEST_CONTEXT(rows[i].dump()) {
      BOOST_TEST(rows[i]["status"] == "failed");
      BOOST_TEST(rows[i]["errors"][0]["rule"] == rules[i]);
    }
  }
  BOOST_TEST(rows[5]["status"] == "created");
}

BOOST_AUTO_TEST_CASE(a_key_makes_a_line_the_same_record_again_and_a_code_is_taken_once) {
  auto client = World::the().as("archivist");
  const auto keyed = Json{{"key", unique_word()}, {"fields", {{"title", "只此一行"}}}}.dump();
  const auto first = import(client, keyed).json()["rows"][0];
  const auto again = import(client, keyed).json()["rows"][0];
  BOOST_TEST(first["status"] == "created");
  BOOST_TEST(again["record"] == first["record"]);
  const auto code = unique_word();
  const auto coded = line({{"title", "甲"}, {"reference_code", code}});
  BOOST_TEST(import(client, coded).json()["rows"][0]["status"] == "created");
  const auto taken = import(client, coded).json()["rows"][0];
  BOOST_TEST(taken["status"] == "failed");
  BOOST_TEST(taken["errors"][0]["field"] == "reference_code");
  BOOST_TEST(taken["errors"][0]["rule"] == "record.duplicate");
}

BOOST_AUTO_TEST_CASE(many_rows_are_answered_in_their_order) {
  auto client = World::the().as("archivist");
  const auto fonds = "F" + unique_word();
  constexpr int kRows = 3000;
  std::string body;
  for (int i = 1; i <= kRows; ++i) {
    body += line({{"title", "第" + std::to_string(i) + "件"},
                  {"fonds_code", fonds},
                  {"class_code", "WS"},
                  {"fiscal_year", 2021},
                  {"retention", "Y"},
                  {"item_number", i},
                  {"access_level", "public"}});
  }
  const auto rows = import(client, body).json()["rows"];
  BOOST_REQUIRE(rows.size() == std::size_t{kRows});
  std::set<std::string> records;
  int wrong = 0;
  for (int i = 0; i < kRows; ++i) {
    const auto& row = rows[static_cast<std::size_t>(i)];
    if (row["row"] != i + 1 || row["status"] != "created") ++wrong;
    records.insert(row["record"]);
  }
  BOOST_TEST(wrong == 0);
  BOOST_TEST(records.size() == std::size_t{kRows});
  const auto last = client.get("/api/v1/records/" + rows[kRows - 1]["record"].get<std::string>()).json();
  BOOST_TEST(last["title"] == "第" + std::to_string(kRows) + "件");
}

BOOST_AUTO_TEST_CASE(numbers_that_the_server_gives_follow_the_rows) {
  auto client = World::the().as("archivist");
  const auto fonds = "N" + unique_word();
  const Json fields{
      {"title", "件"}, {"fonds_code", fonds}, {"class_code", "WS"}, {"fiscal_year", 2021}, {"retention", "Y"}};
  std::string body;
  for (int i = 0; i < 500; ++i) body += line(i == 250 ? Json{{"fiscal_year", 2021}} : fields);
  const auto rows = import(client, body).json()["rows"];
  BOOST_REQUIRE(rows.size() == 500U);
  int given = 0;
  for (std::size_t i = 0; i < rows.size(); i += 83) {
    const auto record = client.get("/api/v1/records/" + rows[i]["record"].get<std::string>()).json();
    given = static_cast<int>(i) + (i < 250 ? 1 : 0);
    const auto digits = std::to_string(given);
    BOOST_TEST(
        record["fields"]["reference_code"].get<std::string>().ends_with(std::string(4 - digits.size(), '0') + digits));
  }
  BOOST_TEST(rows[250]["status"] == "failed");
}

BOOST_AUTO_TEST_CASE(links_are_named_as_people_name_them_and_a_dry_run_finds_what_is_wrong) {
  auto client = World::the().as("archivist");
  const auto office = unique_word(), code = "D1-WS·2011·Y·" + unique_word() + "-0001";
  const auto made = client.post("/api/v1/records/department", {{"fields", {{"name", office}}}}).json();
  const auto csv = [&](const std::string& rows, const std::string& query) {
    return import(client, "题名,部门,档号\n" + rows, query, "text/csv").json()["rows"];
  };
  const auto planned = csv("甲," + office + "," + code + "\n乙,没有的部门,\n丙,," + code + "\n", "?dry_run=1");
  BOOST_REQUIRE(planned.size() == 3U);
  BOOST_TEST(planned[0]["status"] == "planned");
  BOOST_TEST(planned[1]["errors"][0]["rule"] == "field.no_such_record");
  BOOST_TEST(planned[2]["errors"][0]["rule"] == "record.duplicate");
  const auto created = csv("甲," + office + "," + code + "\n", "");
  BOOST_TEST(created[0]["status"] == "created");
  const auto record = client.get("/api/v1/records/" + created[0]["record"].get<std::string>()).json();
  BOOST_TEST(record["fields"]["department"] == made["id"]);
  const auto taken = csv("丁,," + code + "\n", "?dry_run=1");
  BOOST_TEST(taken[0]["errors"][0]["rule"] == "record.duplicate");
}

BOOST_AUTO_TEST_CASE(a_row_may_name_a_record_further_up_in_the_same_list) {
  auto client = World::the().as("archivist");
  const auto word = unique_word();
  const auto import_list = [&](const char* query) {
    const auto list =
        "部门名称,上级部门\n" + word + "处,\n" + word + "科," + word + "处\n" + word + "股," + word + "司\n";
    const auto path = std::string("/api/v1/records/department/import") + query;
    return client.send("POST", path, list, {{"Content-Type", "text/csv"}}).json()["rows"];
  };
  for (const auto& [query, done] : {std::pair("?dry_run=1", "planned"), std::pair("", "created")}) {
    const auto rows = import_list(query);
    BOOST_REQUIRE(rows.size() == 3U);
    BOOST_TEST(rows[1]["status"] == done);
    BOOST_TEST(rows[2]["errors"][0]["rule"] == "field.no_such_record");
  }
}

BOOST_AUTO_TEST_SUITE_END()
