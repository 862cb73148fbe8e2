#define BOOST_TEST_MODULE extract_archives
#include <boost/test/unit_test.hpp>
#include <map>

#include "fixture.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

struct Unpacked : UnpackSink {
  struct Item {
    Member member;
    std::string content;
    std::string failure = "not ended";
  };
  std::vector<Item> items;
  void begin(const Member& member) override { items.push_back({member, "", "not ended"}); }
  void write(ByteView bytes) override { items.back().content += as_chars(bytes); }
  void end(const std::string& failure_code) override { items.back().failure = failure_code; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(Archives)

BOOST_AUTO_TEST_CASE(tar_and_compressed_tar_give_the_text_of_their_members) {
  const Members members = {{"a/1.txt", "第一"}, {"a/2.html", "<html><body>second</body></html>"}};
  for (const bool gzipped : {false, true}) {
    const auto result = extract(tar(members, gzipped), "backup.tar.gz");
    const auto* first = find_embedded(result, gzipped ? "backup.tar!/a/1.txt" : "a/1.txt");
    BOOST_REQUIRE(first != nullptr);
    BOOST_TEST(first->pages.at(0).text == "第一");
    const auto* second = find_embedded(result, gzipped ? "backup.tar!/a/2.html" : "a/2.html");
    BOOST_REQUIRE(second != nullptr);
    BOOST_TEST(second->media_type == "text/html");
  }
}

BOOST_AUTO_TEST_CASE(every_kind_of_archive_gives_the_text_of_its_members) {
  const std::map<std::string, std::string> media_types = {{"7zip", "application/x-7z-compressed"},
                                                          {"iso9660", "application/x-iso9660-image"},
                                                          {"cpio", "application/x-cpio"},
                                                          {"newc", "application/x-cpio"},
                                                          {"ustar", "application/x-tar"}};
  for (const auto& [format, media_type] : media_types) {
    const auto result =
        extract(packed(format, {{"notice.txt", "关于春季植树的通知"}, {"page.html", "<html><p>第二</p>"}}));
    BOOST_TEST(result.media_type == media_type);
    BOOST_TEST(!result.failure.has_value(), format);
    const auto* first = find_embedded(result, "notice.txt");
    BOOST_TEST_REQUIRE(first != nullptr, format);
    BOOST_TEST(first->pages.at(0).text == "关于春季植树的通知");
    BOOST_TEST(find_embedded(result, "page.html")->pages.at(0).text == "第二");
  }
}

BOOST_AUTO_TEST_CASE(every_compressed_file_gives_the_text_inside_under_its_own_name) {
  for (const auto& [filter, suffix] :
       std::map<std::string, std::string>{{"gzip", ".gz"}, {"bzip2", ".bz2"}, {"xz", ".xz"}, {"zstd", ".zst"}}) {
    const auto result = extract(compressed(filter, "学生守则全文"), "守则.txt" + suffix);
    const auto* inside = find_embedded(result, "守则.txt");
    BOOST_TEST_REQUIRE(inside != nullptr, filter);
    BOOST_TEST(inside->pages.at(0).text == "学生守则全文");
  }
}

BOOST_AUTO_TEST_CASE(a_text_that_begins_like_a_cpio_is_a_text) {
  BOOST_TEST(extract("070701 是本表的第一个编号\n" + std::string(200, 'x')).media_type == "text/plain");
}

BOOST_AUTO_TEST_CASE(names_in_big5_and_utf8_are_decoded_as_such) {
  const auto result =
      extract(zip({{encoded("會議紀錄/名單.txt", "BIG5"), "x"}, {encoded("學生資料.txt", "BIG5"), "y"}}));
  BOOST_TEST(find_embedded(result, "會議紀錄/名單.txt") != nullptr);
  BOOST_TEST(has_warning(result, "name_decoded_as_big5"));
  BOOST_TEST(find_embedded(extract(zip({{"照片/合影.txt", "x"}})), "照片/合影.txt") != nullptr);
}

BOOST_AUTO_TEST_CASE(a_member_that_leads_out_of_its_folder_is_named_safely_and_reported) {
  const auto result =
      extract(zip({{"../../etc/passwd", "root"}, {"/abs.txt", "abs"}, {"a/../../b.txt", "b"}, {"C:\\x\\y.txt", "y"}}));
  for (const char* path : {"etc/passwd", "abs.txt", "a/b.txt", "x/y.txt"})
    BOOST_TEST(find_embedded(result, path) != nullptr, path);
  BOOST_TEST(has_warning(result, "unsafe_name"));
  BOOST_TEST(to_hex(result.embedded.at(0).raw_name) == to_hex(to_bytes("../../etc/passwd")));
}

BOOST_AUTO_TEST_CASE(a_member_that_cannot_be_read_does_not_hide_the_others) {
  const auto result = extract(
      zip({{"broken.docx", docx("x").substr(0, 300)}, {"data.bin", std::string("\0\1\2\3", 4)}, {"ok.txt", "fine"}}));
  BOOST_TEST(find_embedded(result, "broken.docx")->error == "damaged");
  BOOST_TEST(find_embedded(result, "data.bin")->error == "unsupported_format");
  BOOST_TEST(find_embedded(result, "ok.txt")->pages.at(0).text == "fine");
  BOOST_TEST(!result.failure.has_value());
}

BOOST_AUTO_TEST_CASE(unpack_streams_the_members_one_level_deep) {
  const std::string big(3'000'000, 'z');
  const auto inner = zip({{"a.txt", "inside"}});
  const MemoryFile file(zip({{encoded("通知.txt", "GB18030"), "text"}, {"inner.zip", inner}, {"big", big}}));
  Unpacked sink;
  BOOST_TEST(!shared_extractor().unpack(file.source(), sink).has_value());
  BOOST_REQUIRE(sink.items.size() == 3U);
  BOOST_TEST(sink.items[0].member.path == "通知.txt");
  BOOST_TEST(sink.items[0].content == "text");
  BOOST_TEST((sink.items[1].content == inner));
  BOOST_TEST((sink.items[2].content == big));
  for (const auto& item : sink.items) BOOST_TEST(item.failure == "");
}

BOOST_AUTO_TEST_CASE(unpack_looks_through_the_compression_of_a_tar) {
  const MemoryFile file(tar({{"1.txt", "one"}}, true));
  Unpacked sink;
  BOOST_TEST(!shared_extractor().unpack(file.source(), sink).has_value());
  BOOST_REQUIRE(sink.items.size() == 1U);
  BOOST_TEST(sink.items[0].member.path == "1.txt");
  const MemoryFile text("not an archive");
  BOOST_TEST(shared_extractor().unpack(text.source(), sink)->code == "unsupported_format");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
