// Many files in one form.
#include <boost/test/unit_test.hpp>
#include <thread>

#include "world.h"

using namespace lantai::http;
using namespace lantai::http::test;

namespace {

std::string field(const std::string& name, const std::string& value) {
  return "--b0\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}
std::string file(const std::string& path, const std::string& bytes, const std::string& name = "file") {
  return "--b0\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + path +
         "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + bytes + "\r\n";
}

Answer begin(Client& client, const std::string& form) {
  return client.send("POST", "/api/v1/imports", form + "--b0--\r\n",
                     {{"Content-Type", "multipart/form-data; boundary=b0"}});
}

Json followed(Client& client, const std::string& id) {
  for (;;) {
    auto status = client.get("/api/v1/imports/" + id + "?limit=1000").json();
    if (status["state"] != "running") return status;
    std::this_thread::yield();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(imports_api)

BOOST_AUTO_TEST_CASE(files_come_in_and_each_says_what_became_of_it) {
  auto client = World::the().as("archivist");
  const auto word = unique_word();
  const auto begun = begin(client, field("defaults", "{\"fiscal_year\":2020}") + field("dry_run", "0") +
                                       file("校办/通知.txt", "放假 " + word) + file("校办/纪要.txt", "会议 " + word));
  BOOST_REQUIRE(begun.status == 202);
  const auto status = followed(client, begun.json()["import"]);
  BOOST_TEST(status["state"] == "done");
  BOOST_TEST(status["created"] == 2);
  BOOST_TEST(status["failed"] == 0);
  BOOST_REQUIRE(status["results"].size() == 2U);
  for (const auto& result : status["results"]) {
    BOOST_TEST(result["status"] == "created");
    const auto record = client.get("/api/v1/records/" + result["record"].get<std::string>());
    BOOST_TEST(record.status == 200);
    BOOST_TEST(record.json()["fields"]["fiscal_year"] == 2020);
  }
  BOOST_TEST(client.search("q=" + word).json()["total"] == 2);
}

BOOST_AUTO_TEST_CASE(a_dry_run_changes_nothing) {
  auto client = World::the().as("archivist");
  const auto word = unique_word();
  const auto begun = begin(client, field("dry_run", "1") + file("通知.txt", word));
  const auto status = followed(client, begun.json()["import"]);
  BOOST_TEST(status["dry_run"] == true);
  BOOST_REQUIRE(status["results"].size() == 1U);
  BOOST_TEST(status["results"][0]["status"] == "planned");
  BOOST_TEST(client.search("q=" + word).json()["total"] == 0);
}

BOOST_AUTO_TEST_CASE(a_table_describes_the_files_beside_it) {
  auto client = World::the().as("archivist");
  const auto word = unique_word();
  const auto begun = begin(
      client, file("目录.csv", "题名,年度,文件\n" + word + "的通知,2018,a.txt\n", "table") + file("a.txt", "正文"));
  BOOST_REQUIRE(begun.status == 202);
  const auto status = followed(client, begun.json()["import"]);
  BOOST_TEST_CONTEXT(status.dump()) {
    BOOST_TEST(status["state"] == "done");
    const auto found = client.search("q=" + word).json();
    BOOST_REQUIRE(found["total"] == 1);
    const auto record = client.get("/api/v1/records/" + found["hits"][0]["record"].get<std::string>()).json();
    BOOST_TEST(record["fields"]["fiscal_year"] == 2018);
    BOOST_TEST(record["files"].size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_list_names_the_files_that_were_sent_beside_it) {
  auto client = World::the().as("archivist");
  const auto word = unique_word();
  const auto begun =
      begin(client, field("type", "item") + field("tables", "0") +
                        file("list.jsonl", "{\"fields\":{\"title\":\"" + word +
                                               "\"},\"files\":[{\"path\":\"附件/a.txt\"},{\"name\":\"b.txt\","
                                               "\"text\":\"第二件\"}]}\nno JSON\n") +
                        file("附件/a.txt", "第一件", "beside"));
  BOOST_REQUIRE(begun.status == 202);
  const auto status = followed(client, begun.json()["import"]);
  BOOST_TEST_CONTEXT(status.dump()) {
    BOOST_TEST(status["created"] == 1);
    BOOST_TEST(status["failed"] == 1);
    const auto record = client.get("/api/v1/records/" + status["results"][0]["record"].get<std::string>()).json();
    BOOST_REQUIRE(record["files"].size() == 2U);
    BOOST_TEST(record["files"][0]["name"] == "a.txt");
  }
  BOOST_TEST(begin(client, field("type", "nothing") + file("a.txt", "a")).status == 422);
}

BOOST_AUTO_TEST_CASE(a_file_that_gave_no_text_says_so_in_its_result) {
  auto client = World::the().as("archivist");
  const auto begun = begin(client, file("坏.pdf", "%PDF-1.7 and nothing of a PDF " + unique_word()));
  auto status = followed(client, begun.json()["import"]);
  BOOST_TEST(client.search("q=&limit=1").status == 200);
  status = followed(client, begun.json()["import"]);
  BOOST_TEST(status["created"] == 1);
  BOOST_TEST(status["results"][0]["status"] == "created");
  BOOST_TEST(status["results"][0]["error_code"].get<std::string>().starts_with("extract."));
  BOOST_TEST(!status["results"][0]["error"].get<std::string>().empty());
}

BOOST_AUTO_TEST_CASE(an_import_is_known_only_to_who_began_it) {
  auto client = World::the().as("archivist");
  const auto id = begin(client, file("a.txt", "a")).json()["import"].get<std::string>();
  BOOST_TEST(World::the().as("staff").get("/api/v1/imports/" + id).status == 404);
  BOOST_TEST(World::the().as("chief").get("/api/v1/imports/" + id).status == 200);
  BOOST_TEST(client.remove("/api/v1/imports/" + id).status == 204);
  followed(client, id);
  auto reader = World::the().as("reader");
  BOOST_TEST(begin(reader, file("a.txt", "a")).status == 403);
}

BOOST_AUTO_TEST_CASE(forms_that_are_no_forms_are_refused) {
  auto client = World::the().as("archivist");
  BOOST_TEST(begin(client, "nonsense").status == 400);
  BOOST_TEST(begin(client, file("../../etc/passwd", "x")).status == 400);
  BOOST_TEST(begin(client, file("/etc/passwd", "x")).status == 400);
  BOOST_TEST(begin(client, field("defaults", "{")).status == 400);
  BOOST_TEST(begin(client, field("defaults", "[1]")).status == 422);
  BOOST_TEST(begin(client, field("surprise", "1")).status == 422);
  BOOST_TEST(begin(client, file("a", "a", "surprise")).status == 422);
  BOOST_TEST(begin(client, file("a.txt", "a") + field("dry_run", "1")).status == 400);
  BOOST_TEST(begin(client, field("defaults", std::string(100'000, ' '))).status == 400);
  const auto cut = client.send("POST", "/api/v1/imports", file("a.txt", "a"),
                               {{"Content-Type", "multipart/form-data; boundary=b0"}});
  BOOST_TEST(cut.status == 400);
  BOOST_TEST(client.send("POST", "/api/v1/imports", "{}", {{"Content-Type", "application/json"}}).status == 415);
  BOOST_TEST(client.send("POST", "/api/v1/imports", "x", {{"Content-Type", "multipart/form-data"}}).status == 400);
}

BOOST_AUTO_TEST_SUITE_END()
