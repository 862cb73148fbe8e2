#define BOOST_TEST_MODULE extract_books
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

std::string xhtml(const std::string& body) {
  return "<?xml version=\"1.0\" encoding=\"utf-8\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title/>"
         "<script src=\"a.js\"/></head><body>" +
         body + "</body></html>";
}

std::string epub(const Members& more = {}) {
  Members members = {
      {"mimetype", "application/epub+zip"},
      {"META-INF/container.xml",
       "<container><rootfiles><rootfile full-path=\"OEBPS/book.opf\"/></rootfiles></container>"},
      {"OEBPS/book.opf",
       "<package version=\"3.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><metadata><dc:title>校史</dc:title>"
       "<dc:creator>张三</dc:creator><dc:creator>李四</dc:creator><dc:language>zh</dc:language></metadata>"
       "<manifest><item id=\"b\" href=\"text/second.xhtml\"/><item id=\"a\" href=\"text/first%20part.xhtml\"/>"
       "<item id=\"x\" href=\"text/gone.xhtml\"/></manifest>"
       "<spine><itemref idref=\"a\"/><itemref idref=\"b\"/><itemref idref=\"x\"/></spine></package>"},
      {"OEBPS/text/second.xhtml", xhtml("<p>第二章</p>")},
      {"OEBPS/text/first part.xhtml",
       xhtml("<h1>第一章</h1><p>建校于<ruby>一九<rt>yijiu</rt></ruby>二一年<br/>春</p>")}};
  members.insert(members.end(), more.begin(), more.end());
  return zip(members);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Books)

BOOST_AUTO_TEST_CASE(an_epub_is_read_in_the_order_of_its_spine) {
  const auto read = extract(epub());
  BOOST_TEST(read.media_type == "application/epub+zip");
  BOOST_TEST(read.title == "校史");
  BOOST_TEST(read.metadata.at("author") == "张三; 李四");
  BOOST_TEST(read.metadata.at("language") == "zh");
  BOOST_TEST(all_text(read) == "第一章\n建校于一九二一年\n春\f第二章");
  BOOST_TEST(has_warning(read, "part_unreadable"));
  BOOST_TEST(failure_code(read) == "");
}

BOOST_AUTO_TEST_CASE(a_ciphered_book_is_said_to_be_so_and_one_with_hidden_fonts_is_read) {
  const auto with = [](const std::string& algorithm) {
    return epub({{"META-INF/encryption.xml", "<encryption><EncryptedData><EncryptionMethod Algorithm=\"" + algorithm +
                                                 "\"/></EncryptedData></encryption>"}});
  };
  BOOST_TEST(failure_code(extract(with("http://www.w3.org/2001/04/xmlenc#aes128-cbc"))) == "encrypted");
  BOOST_TEST(failure_code(extract(with("http://www.idpf.org/2008/embedding"))) == "");
}

BOOST_AUTO_TEST_CASE(a_book_cut_anywhere_ends_by_itself) {
  const auto whole = epub();
  for (std::size_t part = 1; part < 16; ++part) {
    const auto read = extract(whole.substr(0, whole.size() * part / 16));
    BOOST_TEST(read.failure.has_value(), "cut at " << part << "/16 passes for whole");
    BOOST_TEST(failure_code(read) != "worker_crashed");
  }
}

BOOST_AUTO_TEST_CASE(a_drawing_gives_its_text_and_what_describes_it) {
  const auto read = extract(
      "<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/svg11.dtd\">"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"120\" height=\"80\"><title>平面图</title><desc>一层</desc>"
      "<style>text{fill:red}</style><g><text x=\"1\" y=\"9\">教学楼<tspan>甲</tspan><tspan x=\"1\" "
      "y=\"30\">二层</tspan></text>"
      "<text>操场</text></g><script>var hidden=1</script></svg>");
  BOOST_TEST(read.media_type == "image/svg+xml");
  BOOST_TEST(read.title == "平面图");
  BOOST_TEST(read.metadata.at("description") == "一层");
  BOOST_TEST(read.metadata.at("width") == "120");
  BOOST_TEST(all_text(read) == "教学楼甲\n二层\n操场");
}

BOOST_AUTO_TEST_CASE(a_page_that_shows_a_drawing_is_a_page) {
  BOOST_TEST(extract("<html><body><svg><text>图</text></svg>正文</body></html>").media_type == "text/html");
}

BOOST_AUTO_TEST_CASE(a_drawing_that_defines_entities_is_not_blown_up) {
  std::string svg = "<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\">";
  for (char c = 'b'; c < 'k'; ++c) {
    svg += std::string("<!ENTITY ") + c + " \"";
    for (int i = 0; i < 10; ++i) svg += std::string("&") + static_cast<char>(c - 1) + ";";
    svg += "\">";
  }
  const auto read = extract(svg + "]><svg><text>&j;完</text></svg>");
  BOOST_TEST(read.media_type == "image/svg+xml");
  BOOST_TEST(all_text(read).size() < 100U);
  BOOST_TEST(has_warning(read, "entities_not_expanded"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
