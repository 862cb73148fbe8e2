#define BOOST_TEST_MODULE extract_formats
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "samples.h"

namespace lantai::extract::test {

using std::string_literals::operator""s;

BOOST_AUTO_TEST_SUITE(Formats)

BOOST_AUTO_TEST_CASE(plain_text_is_read_in_the_encodings_that_arrive) {
  const std::string text = "关于开展2019年度档案检查工作的通知";
  for (const char* charset : {"UTF-8", "GB18030", "UTF-16", "UTF-16LE", "UTF-16BE"}) {
    const auto result = extract(encoded(text, charset));
    BOOST_TEST(all_text(result) == text, charset);
    BOOST_TEST(result.media_type == "text/plain");
  }
  BOOST_TEST(all_text(extract(encoded("關於辦理學籍異動的通知", "BIG5"))) == "關於辦理學籍異動的通知");
}

BOOST_AUTO_TEST_CASE(a_pdf_gives_its_text_page_by_page) {
  const auto result = extract(pdf({{{"First page, line one", "line two"}, {"Second page"}}, "Minutes of March"}));
  BOOST_TEST(result.media_type == "application/pdf");
  BOOST_TEST(result.format == "PDF 1.7");
  BOOST_TEST(result.title == "Minutes of March");
  BOOST_TEST(result.metadata.at("created") == "2019-03-01T12:00:00Z");
  BOOST_TEST(result.pages.size() == 2U);
  BOOST_TEST(all_text(result) == "First page, line one\nline two\fSecond page");
  BOOST_TEST(!result.failure.has_value());
}

BOOST_AUTO_TEST_CASE(a_docx_gives_paragraphs_and_table_cells) {
  const auto result = extract(docx(paragraph("会议纪要") + "<w:tbl><w:tr><w:tc>" + paragraph("姓名") + "</w:tc><w:tc>" +
                                   paragraph("部门") + "</w:tc></w:tr></w:tbl>" + paragraph("完")));
  BOOST_TEST(result.format == "DOCX");
  BOOST_TEST(all_text(result) == "会议纪要\n姓名\t部门\n完");
}

BOOST_AUTO_TEST_CASE(a_zip_with_gbk_names_gives_decoded_paths_and_the_raw_names) {
  const auto raw = encoded("通知/放假安排.txt", "GB18030");
  const auto result = extract(zip({{raw, "国庆节放假七天"}, {"inner.zip", zip({{"a.txt", "inside"}})}}));
  BOOST_TEST(result.media_type == "application/zip");
  const auto* member = find_embedded(result, "通知/放假安排.txt");
  BOOST_REQUIRE(member != nullptr);
  BOOST_TEST(to_hex(member->raw_name) == to_hex(to_bytes(raw)));
  BOOST_TEST(member->media_type == "text/plain");
  BOOST_TEST(member->size == std::string("国庆节放假七天").size());
  BOOST_REQUIRE(member->pages.size() == 1U);
  BOOST_TEST(member->pages[0].text == "国庆节放假七天");
  BOOST_TEST(has_warning(result, "name_decoded_as_gbk"));
  const auto* nested = find_embedded(result, "inner.zip!/a.txt");
  BOOST_REQUIRE(nested != nullptr);
  BOOST_TEST(nested->pages.at(0).text == "inside");
}

BOOST_AUTO_TEST_CASE(a_memo_that_begins_like_mail_is_text) {
  const std::string memo = "To: 全体教师\nFrom: 校长办公室\nDate: 2020-01-01\n关于放假的通知正文";
  const auto result = extract(memo);
  BOOST_TEST(result.media_type == "text/plain");
  BOOST_TEST(all_text(result) == memo);
  const auto mail =
      extract("From: Office <a@b.c>\r\nDate: Wed, 1 Jan 2020 08:00:00 +0800\r\nSubject: x\r\n folded\r\n\r\nbody\r\n");
  BOOST_TEST(mail.media_type == "message/rfc822");
}

BOOST_AUTO_TEST_CASE(text_that_mentions_html_is_text) {
  BOOST_TEST(extract("# 说明\n用法: 写 <html> 标签\n").media_type == "text/plain");
  BOOST_TEST(extract("<?xml version=\"1.0\"?><!-- x -->\n<html><body>a</body></html>").media_type == "text/html");
}

BOOST_AUTO_TEST_CASE(a_package_that_begins_with_a_pdf_is_a_package) {
  // Stored, not deflated: the mark of the PDF stands among the first bytes.
  const std::string member = "%PDF-1.7";
  std::string bytes("PK\x03\x04\x14\0\0\0\0\0\0\0\0\0", 14);
  bytes += std::string(4, '\0') + "\x08" + std::string(3, '\0') + "\x08" + std::string(3, '\0') + "\x05" +
           std::string(3, '\0') + "a.pdf" + member;
  BOOST_TEST(extract(bytes).media_type == "application/zip");
}

BOOST_AUTO_TEST_CASE(a_zip_behind_something_else_is_found) {
  const auto result = extract(std::string("\x01\x02\0\x03\0\xFE", 6) + zip({{"a.txt", "inside"}}));
  BOOST_TEST(result.format == "ZIP");
  BOOST_REQUIRE(find_embedded(result, "a.txt") != nullptr);
}

// Identifiers as PRONOM has them (The National Archives).
BOOST_AUTO_TEST_CASE(a_format_is_named_as_archives_name_it_and_by_what_it_was_told) {
  const auto told = [](const std::string& bytes, const std::string& format, const std::string& puid,
                       const std::string& evidence) {
    const auto result = extract(bytes);
    BOOST_TEST(result.format == format);
    BOOST_TEST(result.puid == puid, format << " is " << puid << ", not " << result.puid);
    BOOST_TEST(result.evidence == evidence);
  };
  told(pdf({{{"x"}}}), "PDF 1.7", "fmt/276", "25 50 44 46 2D at 0");
  told(docx(paragraph("x")), "DOCX", "fmt/412", "word/ within");
  told(xlsx({{"x", ""}}), "XLSX", "fmt/214", "xl/ within");
  told(ofd({{{{10, 10, "x"}}}}), "OFD 1.0", "", "OFD.xml within");
  told(zip({{"a", "x"}}), "ZIP", "x-fmt/263", "a directory of members");
  told("一份通知", "UTF-8 text", "x-fmt/111", "text in UTF-8");
  told("a,b\n1,2\n", "UTF-8 text", "x-fmt/18", "rows of as many commas in UTF-8");
  told("GIF89a", "GIF 89a", "fmt/4", "47 49 46 38 at 0");
  told("\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\2"s, "JFIF 1.02", "fmt/44", "FF D8 FF at 0");
  told(
      "\xFF\xD8\xFF\xE1\0\x40"
      "Exif\0\0II*\0\x08\0\0\0\1\0\0\x90\x07\0\x04\0\0\0"
      "0220"s,
      "Exif 2.2", "x-fmt/391", "FF D8 FF at 0");
  const auto signature = "\x89PNG\r\n\x1A\n"s;
  told(signature + "\0\0\0\0IHDRcrc-"s, "PNG 1.0", "fmt/11", "89 50 4E 47 0D 0A 1A 0A at 0");
  told(signature + "\0\0\0\0IHDRcrc-\0\0\0\1sRGB.crc-"s, "PNG 1.1", "fmt/12", "89 50 4E 47 0D 0A 1A 0A at 0");
  told(signature + "\0\0\0\0IHDRcrc-\0\0\0\0iTXtcrc-"s, "PNG 1.2", "fmt/13", "89 50 4E 47 0D 0A 1A 0A at 0");
  told("CAJ\0\1\2\3"s, "CAJ", "", "43 41 4A 00 at 0");
  told("HN\xC8\0\1\2\3"s, "CAJ (HN)", "", "48 4E at 0");
  BOOST_TEST(extract(odt("<text:p>x</text:p>")).puid == "fmt/291");
}

BOOST_AUTO_TEST_CASE(what_no_reader_knows_is_named_all_the_same) {
  const auto drawing = extract("8BPS\0\1\0\0\0\0\0\0\0\3\0\0\0\x0A\0\0\0\x0A\0\x08\0\3"s + std::string(64, '\0'));
  BOOST_TEST(drawing.media_type == "image/vnd.adobe.photoshop");
  BOOST_TEST(drawing.format.starts_with("Adobe Photoshop Image"));
  BOOST_TEST(drawing.evidence == "libmagic");
  BOOST_TEST(failure_code(drawing) == "unsupported_format");
  const auto noise = extract("\x01\x02\0\x03\0\xFE\xFF\x80\x81"s);
  BOOST_TEST(noise.media_type == "application/octet-stream");
  BOOST_TEST(noise.evidence == "");
}

BOOST_AUTO_TEST_CASE(markdown_is_called_so_and_read_as_it_stands) {
  const std::string text = "# 值班安排\n\n- **周一** 王老师\n- 周二 [李老师](mailto:li@school.example)\n";
  const auto result = extract(text);
  BOOST_TEST(result.media_type == "text/markdown");
  BOOST_TEST(result.puid == "fmt/1149");
  BOOST_TEST(all_text(result) + "\n" == text);
  BOOST_TEST(extract("# 编号\n值\n# 第二\n").media_type == "text/plain");
  BOOST_TEST(extract("#!/bin/sh\n# **x**\n").media_type == "text/plain");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
