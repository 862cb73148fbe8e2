// File names and multipart bodies, as browsers and others write them, in pieces of any size.
#define BOOST_TEST_MODULE http_forms
#include <boost/test/unit_test.hpp>
#include <vector>

#include "lantai/base/error.h"
#include "lantai/http/multipart.h"

using namespace lantai;
using namespace lantai::http;

namespace {

struct Received : PartSink {
  struct One {
    Part part;
    std::string data;
    bool ended = false;
  };
  void begin_part(const Part& part) override { parts.push_back({part, {}, false}); }
  void part_data(std::string_view bytes) override { parts.back().data += bytes; }
  void end_part() override { parts.back().ended = true; }
  std::vector<One> parts;
};

Received read(std::string_view body, std::size_t piece) {
  Received received;
  MultipartReader reader("b0", received);
  for (std::size_t at = 0; at < body.size(); at += piece) reader.write(body.substr(at, piece));
  reader.finish();
  return received;
}

const std::string kBody =
    "--b0\r\nContent-Disposition: form-data; name=\"defaults\"\r\n\r\n{\"a\":1}\r\n"
    "--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"夹/通知\\\"一\\\" %221%22.txt\"\r\n"
    "Content-Type: text/plain\r\n\r\nline\r\n--b\r\n--b\r\n\r\n"
    "--b0\r\ncontent-disposition:form-data;name=file;filename=empty.bin\r\n\r\n\r\n--b0--\r\nepilogue --b0";

}  // namespace

BOOST_AUTO_TEST_SUITE(multipart)

BOOST_AUTO_TEST_CASE(parts_come_out_the_same_whatever_the_pieces) {
  for (std::size_t piece = 1; piece <= kBody.size(); ++piece) {
    const auto parts = read(kBody, piece).parts;
    BOOST_REQUIRE(parts.size() == 3U);
    BOOST_TEST(parts[0].part.disposition.name == "defaults");
    BOOST_TEST(!parts[0].part.disposition.has_file);
    BOOST_TEST(parts[0].data == "{\"a\":1}");
    BOOST_TEST(parts[1].part.disposition.file_name == "夹/通知\"一\" \"1\".txt");
    BOOST_TEST(parts[1].part.media_type == "text/plain");
    BOOST_TEST(parts[1].data == "line\r\n--b\r\n--b\r\n");
    BOOST_TEST(parts[2].part.disposition.file_name == "empty.bin");
    BOOST_TEST(parts[2].data == "");
    BOOST_TEST(parts[2].ended);
  }
}

BOOST_AUTO_TEST_CASE(a_body_cut_anywhere_before_its_end_is_an_error) {
  const auto end = kBody.find("--b0--") + 6;
  for (std::size_t length = 0; length < end; ++length) BOOST_CHECK_THROW(read(kBody.substr(0, length), 7), Error);
}

BOOST_AUTO_TEST_CASE(what_is_not_multipart_is_an_error_and_stays_small) {
  for (const std::string body :
       {"", "x", "--b0", "--b0\r\nX: y\r\n\r\n--b0--",
        "--b0\r\nContent-Disposition: attachment; name=a\r\n\r\n\r\n--b0--", "--b0\r\nnonsense\r\n\r\n--b0--",
        "--b0junk\r\n", "--b0\r\nContent-Disposition: form-data; name=\"a\r\n\r\n--b0--",
        "--b0\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n\r\n--b0--"}) {
    BOOST_TEST_CONTEXT(body) BOOST_CHECK_THROW(read(body, 3), Error);
  }
  BOOST_CHECK_THROW(read(std::string(100000, '-'), 1000), Error);
  BOOST_CHECK_THROW(read("--b0\r\n" + std::string(100000, 'h'), 1000), Error);
  BOOST_CHECK_THROW(read("--b0" + std::string(100000, ' '), 1000), Error);
}

BOOST_AUTO_TEST_CASE(the_boundary_is_found_in_the_content_type) {
  BOOST_TEST(multipart_boundary("multipart/form-data; boundary=abc").value() == "abc");
  BOOST_TEST(multipart_boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"; x=y").value() == "a b");
  BOOST_TEST(!multipart_boundary("multipart/form-data"));
  BOOST_TEST(!multipart_boundary("multipart/mixed; boundary=abc"));
  BOOST_TEST(!multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'x')));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(disposition)

BOOST_AUTO_TEST_CASE(a_chinese_name_has_an_exact_and_an_old_form) {
  BOOST_TEST(make_disposition("attachment", "关于放假的通知.pdf") ==
             "attachment; filename=\"_______.pdf\"; "
             "filename*=UTF-8''%E5%85%B3%E4%BA%8E%E6%94%BE%E5%81%87%E7%9A%84%E9%80%9A%E7%9F%A5.pdf");
  BOOST_TEST(make_disposition("inline", "plain name.pdf") == "inline; filename=\"plain name.pdf\"");
}

BOOST_AUTO_TEST_CASE(names_that_attack_the_header_are_defused) {
  const auto text = make_disposition("attachment", "a\"b\\c%41\r\nSet-Cookie: x=y/../e.pdf");
  BOOST_TEST(text.find('\r') == std::string::npos);
  BOOST_TEST(text.find("filename=\"a_b_c_41__Set-Cookie: x=y_.._e.pdf\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back) {
  for (const std::string name : {"关于 放假;的\"通知\".pdf", "a.txt", "𠀀臺灣.odt", "50% off's.doc"}) {
    const auto parsed = parse_disposition(make_disposition("attachment", name));
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST(parsed->file_name == name);
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_stay_beside_the_readable_name) {
  const auto parsed = parse_disposition("attachment; filename=\"\xcd\xa8\xd6\xaa.txt\"");
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(is_valid_utf8(parsed->file_name));
  BOOST_TEST(to_hex(parsed->raw_file_name) == "cda8d6aa2e747874");
}

BOOST_AUTO_TEST_CASE(nonsense_has_no_name) {
  for (const char* value : {"", ";", "attachment; filename", "attachment; filename=\"open", "attachment filename=x",
                            "attachment; filename*=latin1''x", "attachment; filename*=UTF-8''%zz"}) {
    BOOST_TEST_CONTEXT(value) BOOST_TEST(!parse_disposition(value));
  }
}

BOOST_AUTO_TEST_SUITE_END()
