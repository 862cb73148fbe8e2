// What docs/formats/http.md promises beside the shape of the answers.
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>
#include <vector>

#include "world.h"

using namespace lantai::http;
using namespace lantai::http::test;

namespace {

unsigned big_endian(const std::string& bytes, std::size_t at) {
  unsigned value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes.at(at + i));
  return value;
}

struct Caller {
  Client client = World::the().as("archivist");
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(promises, Caller)

BOOST_AUTO_TEST_CASE(whatever_is_written_says_its_position_and_a_search_that_waits_for_it_sees_it) {
  const auto word = unique_word();
  const auto made = client.post("/api/v1/records/item", {{"fields", {{"title", word}}}});
  std::vector<Answer> written{made};
  const auto path = path_of(made.json());
  written.push_back(client.patch(path, {{"fields", {{"notes", "a"}}}}, {{"If-Match", made.etag()}}));
  written.push_back(client.send("POST", path + "/files?role=attachment&name=a.txt", word,
                                {{"Content-Type", "application/octet-stream"}}));
  BOOST_TEST(written.back().json()["files"][0]["role"] == "attachment");
  BOOST_TEST(written.back().json()["files"][0]["name"] == "a.txt");
  unsigned long last = 0;
  for (const auto& answer : written) {
    const auto position = std::stoul(answer.header("x-change-position"));
    BOOST_TEST(position > last);
    last = position;
  }
  const auto found = client.get("/api/v1/search?q=" + word + "&wait=" + std::to_string(last)).json();
  BOOST_TEST(found["total"] == 1);
  BOOST_TEST(found["position"] >= last);
  BOOST_TEST(client.get("/api/v1/search?wait=" + std::to_string(World::the().position() + 1000)).status == 400);
}

BOOST_AUTO_TEST_CASE(a_stale_version_is_refused_wherever_one_may_be_named) {
  const auto item = client.make_item({{"title", "题名"}});
  const Client::Fields stale{{"If-Match", "\"7\""}, {"Content-Type", "application/octet-stream"}};
  BOOST_TEST(client.send("POST", path_of(item) + "/files?name=a.txt", "x", stale).status == 412);
  BOOST_TEST(client.get(path_of(item)).json()["files"].empty());
  auto admin = World::the().as("chief");
  const Json account{{"login", unique_word()}, {"name", "戊"}, {"roles", {"reader"}}, {"password", World::kPassword}};
  const auto path = "/api/v1/accounts/" + admin.post("/api/v1/accounts", account).json()["id"].get<std::string>();
  BOOST_TEST(admin.patch(path, {{"name", "己"}}, {{"If-Match", "\"1\""}}).status == 200);
  BOOST_TEST(admin.patch(path, {{"name", "庚"}}, {{"If-Match", "\"1\""}}).status == 412);
  BOOST_TEST(admin.patch(path, {{"name", "辛"}}).status == 200);
}

// Of Helvetica an em is 1000; C is 722 wide, h, a and e 556, r 333, t 278 (its AFM metrics).
BOOST_AUTO_TEST_CASE(hits_are_marked_on_the_image_of_a_page) {
  const auto item = client.add_file(client.make_item({{"title", "有页面"}}), "章程.pdf",
                                    small_pdf("BT /F1 20 Tf 20 200 Td (Charter of the school) Tj ET"));
  const auto page = path_of(item) + "/files/1/pages/1";
  const auto marks = client.get(page + "/marks?q=charter").json()["marks"];
  BOOST_TEST_REQUIRE(marks.size() == 1U);
  BOOST_TEST(marks[0]["text"] == "Charter");
  BOOST_TEST_REQUIRE(marks[0]["boxes"].size() == 1U);
  const auto box = marks[0]["boxes"][0].get<std::vector<double>>();
  BOOST_TEST(std::abs(box[0] - 20.0 / 200) < 0.005);
  BOOST_TEST(std::abs(box[2] - (20 + 3.334 * 20) / 200) < 0.005);
  BOOST_TEST(box[1] < (300.0 - 205) / 300);
  BOOST_TEST(box[3] > (300.0 - 205) / 300);
  BOOST_TEST(client.get(path_of(item) + "/files/1/pages").json()["count"] == 1);
  BOOST_TEST(client.get(page + "/marks?q=nowhere").json()["marks"].empty());
  BOOST_TEST(client.get(path_of(item) + "/files/1/pages/2/marks?q=charter").status == 404);
  auto stranger = World::the().as("reader");
  const auto hidden = client.add_file(client.make_item({{"title", "受限"}, {"access_level", "restricted"}}), "章程.pdf",
                                      small_pdf("BT /F1 20 Tf 20 200 Td (Charter) Tj ET"));
  BOOST_TEST(stranger.get(path_of(hidden) + "/files/1/pages/1/marks?q=charter").status == 404);
}

BOOST_AUTO_TEST_CASE(only_so_many_requests_wait_at_the_same_time) {
  std::vector<RawClient> waiting;
  // What other cases put in has been read, so that nothing but this case changes anything.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  BOOST_TEST_REQUIRE(World::the().app->wait_until_searchable(World::the().position(), deadline));
  const auto last = std::to_string(World::the().position());
  const auto token = client.standing_.at("Authorization");
  for (int i = 0; i < 8; ++i) {
    waiting.emplace_back(World::the().server->port());
    waiting.back().send("GET /api/v1/changes?wait=20&since=" + last +
                        " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + token + "\r\n\r\n");
  }
  // As soon as all eight are at it.
  Answer refused;
  do refused = client.get("/api/v1/search?limit=1&wait=1");
  while (refused.status == 200 && std::chrono::steady_clock::now() < deadline);
  BOOST_TEST_REQUIRE(refused.status == 503);
  BOOST_TEST(!refused.header("retry-after").empty());
  const auto at_once = client.get("/api/v1/changes?wait=60&since=" + last);
  BOOST_TEST(at_once.status == 200);
  BOOST_TEST(at_once.json()["changes"].empty());
  BOOST_TEST(client.get("/api/v1/search?limit=1").status == 200);
  client.make_item({{"title", "等到了"}});
  for (auto& one : waiting) BOOST_TEST(one.read_response().status == 200);
}

BOOST_AUTO_TEST_CASE(a_page_is_drawn_at_the_width_asked_for) {
  const auto item = client.add_file(client.make_item({{"title", "有页面"}}), "页面.pdf", small_pdf());
  const auto pages = path_of(item) + "/files/1/pages/";
  const auto image = client.get(pages + "1.png?width=600");
  BOOST_REQUIRE(image.status == 200);
  BOOST_TEST(image.header("content-type") == "image/png");
  BOOST_REQUIRE(image.body.size() > 24U);
  BOOST_TEST(image.body.substr(1, 3) == "PNG");
  BOOST_TEST(big_endian(image.body, 16) == 600U);
  BOOST_TEST(big_endian(image.body, 20) == 900U);
  const auto none = client.get(pages + "2.png");
  BOOST_TEST(none.status == 404);
  BOOST_TEST(none.json()["message_id"] == "file.no_page_image");
}

BOOST_AUTO_TEST_CASE(the_audit_log_is_paged_from_its_end) {
  auto admin = World::the().as("chief");
  client.make_item({{"title", "一"}});
  client.make_item({{"title", "二"}});
  const auto latest = admin.get("/api/v1/audit?limit=2").json();
  BOOST_REQUIRE(latest["entries"].size() == 2U);
  const std::uint64_t first = latest["entries"][0]["sequence"], second = latest["entries"][1]["sequence"];
  BOOST_TEST(first == second + 1);
  const auto before = admin.get("/api/v1/audit?limit=1&before=" + std::to_string(second)).json();
  BOOST_TEST(before["entries"][0]["sequence"] == second - 1);
  BOOST_TEST(before["entries"][0]["hash"] == latest["entries"][1]["previous_hash"]);
}

BOOST_AUTO_TEST_CASE(the_audit_log_is_searched) {
  auto admin = World::the().as("chief");
  const auto item = client.make_item({{"title", "查"}});
  client.make_item({{"title", "别的"}});
  const auto path = "/api/v1/audit?subject=item/" + item["id"].get<std::string>();
  const auto made = admin.get(path).json();
  BOOST_TEST_REQUIRE(made["entries"].size() == 1U);
  BOOST_TEST(made["entries"][0]["action"] == "record.create");
  BOOST_TEST(made["before"] == 0);
  BOOST_TEST(admin.get(path + "&action=record.").json()["entries"].size() == 1U);
  BOOST_TEST(admin.get(path + "&action=session.").json()["entries"].empty());
  const std::string time = made["entries"][0]["time"];
  BOOST_TEST(admin.get(path + "&from=" + time).json()["entries"].size() == 1U);
  BOOST_TEST(admin.get(path + "&to=" + time).json()["entries"].empty());
  const auto bad = admin.get(path + "&from=yesterday");
  BOOST_TEST(bad.status == 400);
  BOOST_TEST(bad.json()["detail"].get<std::string>().find("from") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
