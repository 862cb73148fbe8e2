// Component files over HTTP: bytes up and down, in parts, under their names; text and page images.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "world.h"

using namespace lantai::http;
using namespace lantai::http::test;

namespace {

// Pseudo-random, so that nothing along the way can shrink or guess it.
std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint64_t state = 88172645463325252ULL;
  for (char& byte : bytes) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    byte = static_cast<char>(state);
  }
  return bytes;
}

struct WithFile {
  WithFile() : bytes(noise(300'000)), client(World::the().as("archivist")) {
    item = client.add_file(client.make_item({{"title", "带文件"}}), "关于放假的通知 (终稿).bin", bytes);
    path = path_of(item) + "/files/1";
  }
  Answer range(const std::string& value, Client::Fields more = {}) {
    more["Range"] = value;
    return client.get(path, more);
  }
  std::string bytes, path;
  Client client;
  Json item;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(downloads, WithFile)

BOOST_AUTO_TEST_CASE(the_bytes_come_back_under_their_name) {
  const auto answer = client.get(path);
  BOOST_TEST(answer.status == 200);
  BOOST_TEST((answer.body == bytes));
  BOOST_TEST(answer.header("content-disposition")
                 .starts_with("attachment; filename=\"_______ (__).bin\"; filename*=UTF-8''%E5%85%B3"));
  BOOST_TEST(answer.header("x-content-type-options") == "nosniff");
  BOOST_TEST(answer.header("content-security-policy").starts_with("sandbox"));
  BOOST_TEST(answer.etag() == "\"" + item["files"][0]["digest"].get<std::string>() + "\"");
  BOOST_TEST(client.get(path, {{"If-None-Match", answer.etag()}}).status == 304);
  const auto head = client.head(path);
  BOOST_TEST(head.header("content-length") == std::to_string(bytes.size()));
  BOOST_TEST(item["files"][0]["size"] == bytes.size());
}

BOOST_AUTO_TEST_CASE(reading_a_file_is_in_the_audit_log_once_however_many_pieces_it_takes) {
  auto auditor = World::the().as("auditor");
  const auto reads = [&] {
    const auto entries = auditor.get("/api/v1/audit?limit=100").json()["entries"];
    return std::count_if(entries.begin(), entries.end(), [&](const Json& entry) {
      return entry["action"] == "file.read" && entry["subject"] == "item/" + item["id"].get<std::string>();
    });
  };
  const auto before = reads();
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(range("bytes=" + std::to_string(i * 10) + "-" + std::to_string(i * 10 + 9)).status == 206);
  BOOST_TEST(reads() == before + 1);
}

BOOST_AUTO_TEST_CASE(looking_at_a_record_its_text_and_printing_it_are_in_the_audit_log) {
  auto auditor = World::the().as("auditor"), reader = World::the().as("archivist");
  const auto subject = "item/" + item["id"].get<std::string>();
  const auto noted = [&](const std::string& action) {
    return auditor.get("/api/v1/audit?action=" + action + "&subject=" + subject).json()["entries"].size();
  };
  const auto viewed = noted("file.view"), printed = noted("record.print");
  for (int i = 0; i < 3; ++i) BOOST_TEST(reader.get(path_of(item)).status == 200);
  BOOST_TEST(noted("record.view") >= 1U);  // once in ten minutes for each who looks
  const auto looks = noted("record.view");
  BOOST_TEST(reader.get(path_of(item)).status == 200);
  BOOST_TEST(noted("record.view") == looks);
  BOOST_TEST(World::the().as("chief").get(path_of(item)).status == 200);
  BOOST_TEST(noted("record.view") == looks + 1);
  World::the().as("staff").get(path_of(item) + "/files/1/text");
  BOOST_TEST(noted("file.view") == viewed + 1);
  for (int i = 0; i < 2; ++i) BOOST_TEST(reader.post(path_of(item) + "/prints", {{"file", 1}}).status == 204);
  BOOST_TEST(noted("record.print") == printed + 2);
  BOOST_TEST(World::the().as("reader").post("/api/v1/records/item/none/prints", Json::object()).status == 404);
}

BOOST_AUTO_TEST_CASE(whoever_may_only_create_completes_what_is_their_own_with_files) {
  auto staff = World::the().as("staff");
  auto archivist = World::the().as("archivist");
  const auto own = staff.make_item({{"title", "自己的"}, {"access_level", "public"}});
  BOOST_TEST(staff.add_file(own, "a.txt", "一").at("files").size() == 1U);
  BOOST_TEST(staff.add_file(own, "b.txt", "二").at("files").size() == 2U);
  const auto disposition = Client::Fields{{"Content-Type", "application/octet-stream"},
                                          {"Content-Disposition", "attachment; filename=\"c.txt\""}};
  const auto others = archivist.make_item({{"title", "别人的"}, {"access_level", "public"}});
  BOOST_TEST(staff.send("POST", path_of(others) + "/files", "三", disposition).status == 403);
  // Once somebody else has worked on it, it is theirs no more.
  BOOST_REQUIRE(archivist.patch(path_of(own), {{"fields", {{"notes", "已核"}}}}, {{"If-Match", "*"}}).status == 200);
  BOOST_TEST(staff.send("POST", path_of(own) + "/files", "三", disposition).status == 403);
}

BOOST_AUTO_TEST_CASE(one_range_is_served_exactly) {
  const auto size = std::to_string(bytes.size());
  struct Row {
    const char* range;
    std::size_t first, count;
  };
  for (const auto& [value, first, count] :
       {Row{"bytes=0-0", 0, 1}, Row{"bytes=100-199", 100, 100}, Row{"bytes=299990-", 299990, 10},
        Row{"bytes=-5", 299995, 5}, Row{"bytes=299999-400000", 299999, 1},
        Row{"bytes=5-18446744073709551615", 5, 299'995}, Row{"bytes=-400000", 0, 300'000}}) {
    const auto answer = range(value);
    BOOST_TEST_CONTEXT(value) {
      BOOST_TEST(answer.status == 206);
      BOOST_TEST((answer.body == bytes.substr(first, count)));
      BOOST_TEST(answer.header("content-range") ==
                 "bytes " + std::to_string(first) + "-" + std::to_string(first + count - 1) + "/" + size);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_range_outside_is_416_and_what_is_no_single_range_gives_the_whole) {
  for (const char* value : {"bytes=300000-", "bytes=300000-300001", "bytes=-0"}) {
    const auto answer = range(value);
    BOOST_TEST(answer.status == 416);
    BOOST_TEST(answer.header("content-range") == "bytes */300000");
  }
  for (const char* value : {"bytes=0-1,5-6", "bytes=5-1", "bytes=a-b", "lines=1-2", "bytes=", "bytes=-", "bytes=--1"}) {
    BOOST_TEST_CONTEXT(value) BOOST_TEST(range(value).status == 200);
  }
}

BOOST_AUTO_TEST_CASE(if_range_holds_only_for_the_same_bytes) {
  const auto etag = client.head(path).etag();
  BOOST_TEST(range("bytes=0-9", {{"If-Range", etag}}).status == 206);
  BOOST_TEST(range("bytes=0-9", {{"If-Range", "\"other\""}}).status == 200);
}

BOOST_AUTO_TEST_CASE(versions_are_kept_and_a_removed_file_is_gone) {
  const auto added = client.send("POST", path + "?name=v2.bin", "second", {{"Content-Type", "text/plain"}});
  BOOST_REQUIRE(added.status == 201);
  BOOST_TEST(added.json()["files"][0]["version"] == 2);
  BOOST_TEST(added.json()["files"][0]["versions"].size() == 2U);
  BOOST_TEST(client.get(path).body == "second");
  BOOST_TEST((client.get(path + "/versions/1").body == bytes));
  BOOST_TEST(client.get(path + "/versions/3").status == 404);
  BOOST_TEST(client.remove(path).status == 428);
  BOOST_TEST(client.remove(path, {{"If-Match", "\"1\""}}).status == 412);
  const auto removed = client.remove(path, {{"If-Match", added.etag()}});
  BOOST_TEST(removed.status == 200);
  BOOST_TEST(removed.json()["files"].empty());
  BOOST_TEST(client.get(path).status == 404);
}

BOOST_AUTO_TEST_CASE(active_content_is_never_shown_inline) {
  const std::string page = "<!doctype html><script>alert(1)</script><svg onload=alert(2)>";
  const auto item2 = client.add_file(item, "evil.html", page);
  World::the().as("archivist").search("q=x");  // read by now
  const auto answer = client.get(path_of(item2) + "/files/2?inline=1");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.header("content-disposition").starts_with("attachment"));
  BOOST_TEST(answer.header("content-security-policy").find("sandbox") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_may_not_see_the_record_gets_no_byte_of_it) {
  const auto secret =
      client.add_file(client.make_item({{"title", "密"}, {"access_level", "restricted"}}), "s.txt", "secret");
  auto reader = World::the().as("reader");
  for (const auto* rest : {"", "/history", "/versions/1", "/files/1", "/files/1/text", "/files/1/versions/1",
                           "/files/1/pages/1.png", "/children"}) {
    BOOST_TEST_CONTEXT(rest) {
      const auto answer = reader.get(path_of(secret) + rest);
      BOOST_TEST(answer.status >= 400);
      BOOST_TEST(answer.body.find("secret") == std::string::npos);
    }
  }
  BOOST_TEST(client.get(path_of(secret) + "/files/1").body == "secret");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(uploads)

BOOST_AUTO_TEST_CASE(a_large_file_goes_on_where_the_line_broke) {
  auto client = World::the().as("archivist");
  const auto bytes = noise(3'500'000);
  const auto begun = client.post("/api/v1/uploads", {{"name", "录像.mp4"}, {"size", bytes.size()}});
  BOOST_REQUIRE(begun.status == 201);
  const auto id = begun.json()["upload"].get<std::string>();
  const auto upload = "/api/v1/uploads/" + id;
  {
    RawClient broken(World::the().server->port());
    broken.send("PATCH " + upload + " HTTP/1.1\r\nHost: a\r\nAuthorization: " + client.standing_["Authorization"] +
                "\r\nUpload-Offset: 0\r\nContent-Length: 3500000\r\n\r\n" + bytes.substr(0, 2'000'000));
  }
  // The server notices the break when it comes; until then another piece may be refused, never mixed up.
  std::size_t offset = 0;
  while (offset < bytes.size()) {
    offset = std::stoul(client.head(upload).header("upload-offset"));
    const auto piece = bytes.substr(offset, 1'000'000);
    const auto sent =
        client.send("PATCH", upload, piece,
                    {{"Upload-Offset", std::to_string(offset)}, {"Content-Type", "application/octet-stream"}});
    BOOST_REQUIRE((sent.status == 204 || sent.status == 409 || sent.status == 412));
    if (sent.status == 204) offset += piece.size();
  }
  BOOST_TEST(client.send("PATCH", upload, "x", {{"Upload-Offset", "7"}}).status == 409);
  const auto item = client.make_item({{"title", "大文件"}});
  const auto added = client.send("POST", path_of(item) + "/files?upload=" + id, {});
  BOOST_REQUIRE(added.status == 201);
  BOOST_TEST(added.json()["files"][0]["name"] == "录像.mp4");
  BOOST_TEST((client.get(path_of(item) + "/files/1").body == bytes));
  BOOST_TEST(client.head(upload).status == 404);
}

BOOST_AUTO_TEST_CASE(an_upload_belongs_to_who_began_it_and_is_taken_only_whole) {
  auto client = World::the().as("archivist");
  const auto id = client.post("/api/v1/uploads", {{"name", "a"}, {"size", 10}}).json()["upload"].get<std::string>();
  BOOST_TEST(World::the().as("staff").get("/api/v1/uploads/" + id).status == 404);
  const auto item = client.make_item({{"title", "未完"}});
  BOOST_TEST(client.send("POST", path_of(item) + "/files?upload=" + id, {}).status == 409);
  BOOST_TEST(client.post("/api/v1/uploads", {{"name", "a"}, {"size", 1ULL << 60U}}).status == 413);
  BOOST_TEST(client.post("/api/v1/uploads", {{"name", "a"}}).status == 422);
  BOOST_TEST(client.remove("/api/v1/uploads/" + id).status == 204);
  BOOST_TEST(client.head("/api/v1/uploads/" + id).status == 404);
}

BOOST_AUTO_TEST_CASE(a_file_is_refused_before_its_bytes_come) {
  const auto item = World::the().as("archivist").make_item({{"title", "公开"}, {"access_level", "public"}});
  auto reader = World::the().as("reader");
  const auto refuse = [&](const std::string& path, const std::string& more) {
    RawClient raw(World::the().server->port());
    raw.send("POST " + path + " HTTP/1.1\r\nHost: a\r\nAuthorization: " + reader.standing_["Authorization"] +
             "\r\nContent-Length: 10000000000\r\nExpect: 100-continue\r\n" + more + "\r\n");
    return raw.read_response().status;
  };
  BOOST_TEST(refuse(path_of(item) + "/files?name=a", "") == 403);
  BOOST_TEST(refuse("/api/v1/records/item/none/files?name=a", "") == 404);
  reader = World::the().as("archivist");
  BOOST_TEST(refuse(path_of(item) + "/files", "") == 422);
  BOOST_TEST(refuse(path_of(item) + "/files?name=a", "If-Match: \"7\"\r\n") == 412);
  BOOST_TEST(refuse(path_of(item) + "/files?name=a", "") == 100);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(texts)

BOOST_AUTO_TEST_CASE(text_comes_by_page_with_marks_in_utf16) {
  auto client = World::the().as("archivist");
  const auto word = unique_word();
  const auto item =
      client.add_file(client.make_item({{"title", "文本"}}), "通知.txt", "𠀀 前言。" + word + " 放假通知。");
  client.search("q=" + word);
  const auto text = client.get(path_of(item) + "/files/1/text?q=" + word).json();
  BOOST_REQUIRE(text["state"] == "done");
  BOOST_TEST(text["error"].is_null());
  const auto page = text["pages"][0];
  BOOST_REQUIRE(page["marks"].size() == 1U);
  // 𠀀 is two units of UTF-16; then a space and 前言。
  BOOST_TEST(page["marks"][0] == Json({6, 6 + word.size()}));
  const auto record = client.get(path_of(item)).json();
  BOOST_TEST(record["files"][0]["extraction"]["state"] == "done");
  BOOST_TEST(record["files"][0]["media_type"].get<std::string>().starts_with("text/plain"));
  BOOST_TEST(client.get(path_of(item) + "/files/1/pages/1.png").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
