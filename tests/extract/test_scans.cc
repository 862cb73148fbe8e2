#define BOOST_TEST_MODULE extract_scans
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "lantai/base/error.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

const std::vector<std::string> kLines = {"关于做好毕业证书发放工作的通知", "全校共发放证书三百二十份"};

std::string page_png(Extractor& extractor, const std::vector<std::string>& lines) {
  const MemoryFile file(pdf({{lines}, "", 24}));
  const auto png = extractor.render_page(file.source(), 1, 1240);
  BOOST_REQUIRE(png.has_value());
  return std::string(as_chars(*png));
}

// What a camera that was held upright on its side writes in front of the picture: orientation 6, and when.
std::string with_exif(const std::string& jpeg) {
  using std::string_literals::operator""s;
  const std::string exif =
      "Exif\0\0MM\0*\0\0\0\x08\0\x02"s
      "\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"s
      "\x01\x32\0\x02\0\0\0\x14\0\0\0\x26"s
      "\0\0\0\0"s
      "2019:05:01 08:30:00\0"s;
  const auto size = exif.size() + 2;
  return jpeg.substr(0, 2) + "\xFF\xE1" + static_cast<char>(size >> 8U) + static_cast<char>(size & 0xFFU) + exif +
         jpeg.substr(2);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Scans)

BOOST_AUTO_TEST_CASE(a_photo_is_read_and_shown_as_its_camera_was_held) {
  const auto extractor = make_extractor({}, true);
  const MemoryFile photo(with_exif(picture("jpeg lying", {page_png(*extractor, kLines)})));
  const auto read = extractor->extract(photo.source());
  BOOST_TEST(read.metadata.at("width") == "1240");
  BOOST_TEST(read.metadata.at("created") == "2019-05-01T08:30:00");
  BOOST_TEST_REQUIRE(read.pages.size() == 1U);
  BOOST_TEST(read.pages[0].text.find(kLines[0]) != std::string::npos, read.pages[0].text);
}

BOOST_AUTO_TEST_CASE(a_scan_with_a_stamp_of_the_scanner_is_read_and_keeps_the_stamp) {
  const auto extractor = make_extractor({}, true);
  const MemoryFile scan(scanned_pdf(page_png(*extractor, kLines), "Scanned with CamScanner"));
  const auto read = extractor->extract(scan.source());
  BOOST_TEST_REQUIRE(read.pages.size() == 1U);
  BOOST_TEST(read.pages[0].from_ocr);
  for (const std::string& what : {kLines[0], kLines[1], std::string("CamScanner")})
    BOOST_TEST(read.pages[0].text.find(what) != std::string::npos, read.pages[0].text);
}

BOOST_AUTO_TEST_CASE(characters_that_nobody_can_name_are_read_from_how_they_look) {
  const auto extractor = make_extractor({}, true);
  const MemoryFile scan(scanned_pdf(page_png(*extractor, kLines), "Minutes of the board", true));
  const auto read = extractor->extract(scan.source());
  BOOST_TEST_REQUIRE(read.pages.size() == 1U);
  BOOST_TEST(read.pages[0].from_ocr);
  BOOST_TEST(read.pages[0].text.find(kLines[0]) != std::string::npos, read.pages[0].text);
}

BOOST_AUTO_TEST_CASE(a_page_with_little_text_that_says_all_is_not_read_again) {
  const auto extractor = make_extractor({}, true);
  const MemoryFile file(pdf({{{"Minutes of the board, first page"}}}));
  const auto read = extractor->extract(file.source());
  BOOST_TEST_REQUIRE(read.pages.size() == 1U);
  BOOST_TEST(!read.pages[0].from_ocr);
}

BOOST_AUTO_TEST_CASE(pages_are_kept_as_they_come_and_a_later_reading_goes_on_behind_them) {
  const auto extractor = make_extractor({}, true);
  const std::vector<std::string> lines = {"第一页关于招生工作的通知", "第二页关于毕业典礼的安排"};
  const MemoryFile file(picture("tiff", {page_png(*extractor, {lines[0]}), page_png(*extractor, {lines[1]})}));
  std::stop_source stop;
  Reading first{stop.get_token()};
  first.keep = [&](const PageText& page, const PageLayout& layout) {
    first.known_pages[page.number] = page;
    BOOST_TEST(layout.from_ocr);
    BOOST_TEST(layout.text().find(lines[0]) != std::string::npos, layout.text());
    for (const auto& character : layout.characters) BOOST_TEST((character.confidence > 0 && character.box.right <= 1));
    stop.request_stop();
  };
  BOOST_CHECK_EXCEPTION(extractor->extract(file.source(), first), Error,
                        [](const Error& error) { return error.code() == ErrorCode::cancelled; });
  BOOST_TEST_REQUIRE(first.known_pages.size() == 1U);
  std::vector<std::uint32_t> again;
  Reading second{{}, first.known_pages, [&](const PageText& page, const PageLayout&) { again.push_back(page.number); }};
  const auto read = extractor->extract(file.source(), second);
  BOOST_TEST(again == std::vector<std::uint32_t>{2}, boost::test_tools::per_element());
  BOOST_TEST_REQUIRE(read.pages.size() == 2U);
  for (std::size_t i = 0; i < lines.size(); ++i)
    BOOST_TEST(read.pages[i].text.find(lines[i]) != std::string::npos, read.pages[i].text);
}

BOOST_AUTO_TEST_CASE(a_reading_that_was_stopped_before_does_not_begin) {
  std::stop_source stop;
  stop.request_stop();
  const MemoryFile file("text");
  BOOST_CHECK_THROW(shared_extractor().extract(file.source(), Reading{stop.get_token()}), Error);
  BOOST_TEST(all_text(shared_extractor().extract(file.source())) == "text");
}

BOOST_AUTO_TEST_CASE(large_pictures_of_a_document_with_text_are_read_too) {
  const auto extractor = make_extractor({}, true);
  const MemoryFile file(docx(paragraph("扫描件见附图"), {{"word/media/1.png", page_png(*extractor, kLines)}}));
  const auto read = extractor->extract(file.source());
  const auto* picture = find_embedded(read, "word/media/1.png");
  BOOST_TEST_REQUIRE((picture != nullptr && !picture->pages.empty()));
  BOOST_TEST(picture->pages[0].text.find(kLines[0]) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_scan_in_an_ofd_is_read_wherever_its_picture_is_named) {
  const auto extractor = make_extractor({}, true);
  const auto png = page_png(*extractor, kLines);
  const std::string image = "<ofd:ImageObject Boundary=\"0 0 210 297\" ResourceID=\"40\"/>";
  const std::string number =
      "<ofd:TextObject Boundary=\"100 280 100 10\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\">第12页 "
      "校档案馆藏</ofd:TextCode></ofd:TextObject>";
  const MemoryFile file(
      zip({{"OFD.xml", "<ofd:OFD><ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"},
           {"D/Document.xml",
            "<ofd:Document><ofd:CommonData/><ofd:Pages><ofd:Page ID=\"1\" "
            "BaseLoc=\"P/C.xml\"/></ofd:Pages></ofd:Document>"},
           {"D/P/C.xml", "<ofd:Page><ofd:PageRes>Res.xml</ofd:PageRes><ofd:Content><ofd:Layer>" + image + number +
                             "</ofd:Layer></ofd:Content></ofd:Page>"},
           {"D/P/Res.xml",
            "<ofd:Res BaseLoc=\".\"><ofd:MultiMedias><ofd:MultiMedia ID=\"40\"><ofd:MediaFile>s.png</ofd:MediaFile>"
            "</ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"},
           {"D/P/s.png", png}}));
  const auto read = extractor->extract(file.source());
  BOOST_TEST_REQUIRE(read.pages.size() == 1U);
  for (const std::string& what : {kLines[0], std::string("校档案馆藏")})
    BOOST_TEST(read.pages[0].text.find(what) != std::string::npos, read.pages[0].text);
  const auto layout = extractor->lay_out(file.source(), 1);
  BOOST_TEST_REQUIRE(layout.has_value());
  BOOST_TEST(layout->from_ocr);
  // The picture is a page whose first line begins 72 points from the left and from the top; the number is drawn.
  const auto text = layout->text();
  for (const std::string& what : {kLines[0], std::string("校档案馆藏")}) {
    const auto at = text.find(what);
    BOOST_TEST_REQUIRE(at != std::string::npos, text);
    const auto boxes = layout->boxes(at, at + what.size());
    BOOST_TEST_REQUIRE(!boxes.empty());
    const bool above = boxes.front().top < 0.5;
    BOOST_TEST(above == (what == kLines[0]));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
