// What does a glance read? What a reading gives in a moment, and nothing else.
#define BOOST_TEST_MODULE extract_glance
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

const std::string kLetter =
    "From: li@example.org\r\nTo: office@example.org\r\nSubject: Minutes\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\n会议纪要正文\r\n";

std::string cell(const std::string& at, const std::string& text) {
  return "<row r=\"1\"><c r=\"" + at + "\" t=\"inlineStr\"><is><t>" + text + "</t></is></c></row>";
}

void check_read(Extractor& extractor, const std::string& bytes) {
  const MemoryFile file(bytes);
  const auto seen = extractor.glance(file.source());
  BOOST_TEST_CONTEXT(seen.media_type) {
    BOOST_REQUIRE(seen.text);
    BOOST_TEST(to_json(*seen.text) == to_json(extractor.extract(file.source())));
    BOOST_TEST(seen.media_type == extractor.identify(file.source()));
  }
}

void check_left(Extractor& extractor, const std::string& bytes) {
  const MemoryFile file(bytes);
  const auto seen = extractor.glance(file.source());
  BOOST_TEST_CONTEXT(seen.media_type) {
    BOOST_TEST(!seen.text);
    BOOST_TEST(seen.media_type == extractor.identify(file.source()));
  }
}

// A page of writing as a picture.
std::string scan(Extractor& extractor) {
  const MemoryFile file(pdf({{{"Minutes of the meeting in March", "Budget and plans"}}, "", 24}));
  const auto png = extractor.render_page(file.source(), 1, 1000);
  BOOST_REQUIRE(png);
  return std::string(as_chars(*png));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Glance)

BOOST_AUTO_TEST_CASE(texts_are_read_as_by_a_reading) {
  for (const std::string& bytes : {std::string("关于开展检查工作的通知"), encoded("關於辦理學籍異動的通知", "BIG5"),
                                   std::string("a,b\n1,2\n"), std::string("first\fsecond\f"), std::string()})
    check_read(shared_extractor(), bytes);
}

BOOST_AUTO_TEST_CASE(documents_and_mails_are_read_as_by_a_reading) {
  const std::string word = docx(paragraph("会议纪要"), {{"docProps/core.xml", "<cp:coreProperties/>"}});
  const std::string attached =
      "From: li@example.org\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
      "see below\r\n--b\r\nContent-Type: text/plain; name=a.txt\r\n"
      "Content-Disposition: attachment; filename=a.txt\r\n\r\nattached\r\n--b--\r\n";
  for (const std::string& bytes :
       {std::string("<html><title>网页</title><p>正文</p></html>"), word, xlsx({{"设备", cell("A1", "课桌椅")}}),
        pptx({{{"标题", "内容"}, "备注"}}), odt("<text:p>通知</text:p>"), ofd({{{{10, 20, "公文"}}}}),
        pdf({{{"First page"}, {"Second page"}}, "Minutes"}), kLetter, attached,
        std::string("<svg xmlns=\"http://www.w3.org/2000/svg\"><text>平面图</text></svg>")})
    check_read(shared_extractor(), bytes);
}

BOOST_AUTO_TEST_CASE(what_holds_anything_or_has_no_text_of_its_own_is_left) {
  for (const std::string& bytes :
       {zip({{"a.txt", "inside"}}), compressed("gzip", "inside"), std::string("\x89PNG\r\n\x1A\n"),
        std::string("RIFF\x24\0\0\0WAVEfmt ", 16), std::string("\x01\x02\xFF\xFE\x00\x03", 6)})
    check_left(shared_extractor(), bytes);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_left) {
  const std::string word = docx(paragraph("会议纪要"));
  for (const std::string& bytes :
       {std::string("%PDF-1.7\n"), std::string("PK\x03\x04"), word.substr(0, word.size() / 2)})
    check_left(shared_extractor(), bytes);
}

BOOST_AUTO_TEST_CASE(what_is_to_be_read_by_ocr_is_left) {
  const auto extractor = make_extractor({}, true);
  const std::string picture = scan(*extractor);
  check_left(*extractor, scanned_pdf(picture));
  check_left(*extractor, docx("", {{"word/media/image1.png", picture}}));
  check_left(*extractor, picture);
  check_read(*extractor, docx(paragraph("会议纪要")));
  check_read(*extractor,
             pdf({{{"A page with more than a hundred characters of text, so that nobody asks what else it shows"
                    " to those who look at it."},
                   {},
                   {"End."}},
                  "A blank page, and one with a word"}));
  check_read(shared_extractor(), docx("", {{"word/media/image1.png", picture}}));  // nobody would read it
}

BOOST_AUTO_TEST_CASE(what_unpacks_to_much_or_has_many_members_is_left) {
  const std::string much = docx(paragraph("会议纪要"), {{"word/media/a.bin", std::string(17U << 20U, '\0')}});
  Members many;
  for (int i = 0; i < 1'001; ++i) many.emplace_back("word/media/" + std::to_string(i), "x");
  check_left(shared_extractor(), much);
  check_left(shared_extractor(), docx(paragraph("会议纪要"), many));
  BOOST_TEST(all_text(extract(much)) == "会议纪要");
}

BOOST_AUTO_TEST_CASE(what_takes_long_costs_a_worker_and_is_still_told_for_what_it_is) {
  Limits limits;
  limits.wall_time = std::chrono::milliseconds(200);
  const auto extractor = make_extractor(limits);
  std::string page = "<html>";
  while (page.size() < (60U << 20U)) page += "<p>一页<b>很长</b>的网页</p>";
  check_left(*extractor, page);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
