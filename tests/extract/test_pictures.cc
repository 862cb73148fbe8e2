#define BOOST_TEST_MODULE extract_pictures
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "lantai/base/error.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

const std::vector<std::string> kLines = {"关于做好毕业证书发放工作的通知", "全校共发放证书三百二十份",
                                         "Archive Office 2021"};

std::string page_png(Extractor& extractor, const std::string& document, std::uint32_t page, std::uint32_t width) {
  const MemoryFile file(document);
  const auto png = extractor.render_page(file.source(), page, width);
  BOOST_REQUIRE(png.has_value());
  return std::string(as_chars(*png));
}

std::uint32_t png_number(const std::string& png, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(png.at(at + i));
  return value;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Pictures)

BOOST_AUTO_TEST_CASE(a_pdf_page_is_drawn_as_wide_as_asked) {
  const auto document = pdf({{kLines, {"second"}}, "", 24});
  for (const std::uint32_t width : {100U, 793U, 1600U}) {
    const auto png = page_png(shared_extractor(), document, 2, width);
    BOOST_TEST(png.substr(1, 3) == "PNG");
    BOOST_TEST(png_number(png, 16) == width);
    BOOST_TEST(std::abs(png_number(png, 20) - width * 842.0 / 595.0) < 2.0);
  }
  BOOST_TEST(page_png(shared_extractor(), document, 1, 300) != page_png(shared_extractor(), document, 2, 300));
}

BOOST_AUTO_TEST_CASE(a_picture_is_scaled_and_has_one_page) {
  const auto png = page_png(shared_extractor(), pdf({{kLines}, "", 24}), 1, 800);
  BOOST_TEST(png_number(page_png(shared_extractor(), png, 1, 200), 16) == 200U);
  const MemoryFile file(png);
  BOOST_TEST(!shared_extractor().render_page(file.source(), 2, 200).has_value());
  const MemoryFile text("plain text");
  BOOST_TEST(!shared_extractor().render_page(text.source(), 1, 200).has_value());
  const MemoryFile document(pdf({{{"one"}}}));
  BOOST_TEST(!shared_extractor().render_page(document.source(), 2, 200).has_value());
  BOOST_CHECK_THROW(shared_extractor().render_page(document.source(), 0, 200), Error);
}

BOOST_AUTO_TEST_CASE(a_picture_and_a_scanned_pdf_are_read_by_ocr) {
  const auto extractor = make_extractor({}, true);
  const auto png = page_png(*extractor, pdf({{kLines}, "", 24}), 1, 1240);
  const MemoryFile picture(png);
  const auto read = extractor->extract(picture.source());
  BOOST_TEST(read.media_type == "image/png");
  BOOST_REQUIRE(read.pages.size() == 1U);
  BOOST_TEST(read.pages[0].from_ocr);
  for (const auto& line : kLines) BOOST_TEST(read.pages[0].text.find(line) != std::string::npos, read.pages[0].text);

  const MemoryFile scan(scanned_pdf(png));
  const auto scanned = extractor->extract(scan.source());
  BOOST_TEST(scanned.media_type == "application/pdf");
  BOOST_REQUIRE(scanned.pages.size() == 1U);
  BOOST_TEST(scanned.pages[0].from_ocr);
  BOOST_TEST(scanned.pages[0].text.find(kLines[0]) != std::string::npos, scanned.pages[0].text);
  BOOST_TEST(to_json(scanned).find("\"ocr\":true") != std::string::npos);
}

// Models of both scripts at once mix them; lines of 50 pixels are misread unless the page is scaled down.
BOOST_AUTO_TEST_CASE(a_page_is_read_in_its_own_script_at_any_usual_resolution) {
  const auto extractor = make_extractor({}, true);
  const std::vector<std::string> traditional = {"關於兩岸學校交流活動的紀錄", "會議決定購買實驗室電腦設備"};
  const std::vector<std::string> simplified = {"关于两岸学校交流活动的记录", "会议决定购买实验室电脑设备"};
  for (const std::uint32_t width : {827U, 1654U, 2480U})
    for (const auto& lines : {simplified, traditional}) {
      const MemoryFile picture(page_png(*extractor, pdf({{lines}, "", 14}), 1, width));
      const auto read = extractor->extract(picture.source());
      BOOST_REQUIRE(read.pages.size() == 1U);
      for (const auto& line : lines) BOOST_TEST(read.pages[0].text.find(line) != std::string::npos, read.pages[0].text);
    }
}

BOOST_AUTO_TEST_CASE(every_page_of_a_tiff_is_drawn_and_read) {
  const auto extractor = make_extractor({}, true);
  const std::vector<std::string> lines = {"第一页关于招生工作的通知", "第二页关于毕业典礼的安排",
                                          "第三页关于图书采购的合同"};
  std::vector<std::string> pages;
  for (const auto& line : lines) pages.push_back(page_png(*extractor, pdf({{{line}}, "", 24}), 1, 1240));
  const auto tiff = picture("tiff", pages);
  const MemoryFile file(tiff);
  const auto read = extractor->extract(file.source());
  BOOST_TEST(read.media_type == "image/tiff");
  BOOST_TEST(read.metadata.at("page_count") == "3");
  BOOST_TEST_REQUIRE(read.pages.size() == 3U);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    BOOST_TEST(read.pages[i].number == i + 1);
    BOOST_TEST(read.pages[i].text.find(lines[i]) != std::string::npos, read.pages[i].text);
  }
  BOOST_TEST(page_png(*extractor, tiff, 1, 300) != page_png(*extractor, tiff, 3, 300));
  BOOST_TEST(!extractor->render_page(file.source(), 4, 300).has_value());

  const MemoryFile packed_up(zip({{"scan.tif", tiff}}));
  const auto inside = extractor->extract(packed_up.source());
  BOOST_TEST_REQUIRE(inside.embedded.size() == 1U);
  BOOST_TEST_REQUIRE(inside.embedded[0].pages.size() == 3U);
  BOOST_TEST(inside.embedded[0].pages[2].text.find(lines[2]) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_kind_of_picture_is_read) {
  const auto extractor = make_extractor({}, true);
  const auto png = page_png(*extractor, pdf({{kLines}, "", 24}), 1, 1240);
  for (const std::string format : {"bmp", "gif", "webp", "heic"}) {
    const MemoryFile file(picture(format, {png}));
    const auto read = extractor->extract(file.source());
    BOOST_TEST(read.media_type == "image/" + format);
    BOOST_TEST(read.metadata.at("width") == "1240");
    BOOST_TEST_REQUIRE(read.pages.size() == 1U, format);
    BOOST_TEST(read.pages[0].text.find(kLines[0]) != std::string::npos, read.pages[0].text);
  }
}

// Four pixels in two rows: red and green above, blue and white below; in each form that "Bitmap storage" knows.
struct Bmp {
  std::string name;
  std::string header;  // from its size on
  std::string palette;
  std::string pixels;
};

std::string low(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

std::string info(std::uint32_t size, std::uint32_t height, std::uint32_t bits, std::uint32_t compression,
                 const std::string& rest = {}) {
  const auto head = low(size, 4) + low(2, 4) + low(height, 4) + low(1, 2) + low(bits, 2) + low(compression, 4) +
                    std::string(20, '\0') + rest;
  return head + std::string(size > head.size() ? size - head.size() : 0, '\0');
}

std::string bmp(const Bmp& form) {
  const auto start = static_cast<std::uint32_t>(14 + form.header.size() + form.palette.size());
  return "BM" + low(start + static_cast<std::uint32_t>(form.pixels.size()), 4) + low(0, 4) + low(start, 4) +
         form.header + form.palette + form.pixels;
}

std::vector<Bmp> bmps() {
  const std::uint32_t from_top = ~2U + 1;
  std::string palette;  // blue, green, red, unused
  for (const std::uint32_t colour : {0xFF0000U, 0x00FF00U, 0x0000FFU, 0xFFFFFFU}) palette += low(colour, 4);
  std::string all16 = palette, all256 = palette;
  all16.resize(16 * 4);
  all256.resize(256 * 4);
  const std::string core = low(12, 4) + low(2, 2) + low(2, 2) + low(1, 2) + low(24, 2);
  const std::string true_colour = low(0xFF0000, 3) + low(0x00FF00, 3), below = low(0x0000FF, 3) + low(0xFFFFFF, 3);
  const auto masks = [](std::uint32_t red, std::uint32_t green, std::uint32_t blue) {
    return low(red, 4) + low(green, 4) + low(blue, 4);
  };
  return {
      {"24 bits", info(40, 2, 24, 0), "", below + low(0, 2) + true_colour + low(0, 2)},
      {"24 bits from the top", info(40, from_top, 24, 0), "", true_colour + low(0, 2) + below + low(0, 2)},
      {"OS/2", core, "", below + low(0, 2) + true_colour + low(0, 2)},
      {"4 bits", info(40, 2, 4, 0), all16, std::string("\x23\0\0\0\x01\0\0\0", 8)},
      {"16 bits", info(40, 2, 16, 0), "", low(0x001F, 2) + low(0x7FFF, 2) + low(0x7C00, 2) + low(0x03E0, 2)},
      {"16 bits with masks", info(40, 2, 16, 3), masks(0xF800, 0x07E0, 0x001F),
       low(0x001F, 2) + low(0xFFFF, 2) + low(0xF800, 2) + low(0x07E0, 2)},
      {"32 bits with masks in the header", info(124, 2, 32, 3, masks(0xFF, 0xFF00, 0xFF0000)), "",
       low(0xFF0000, 4) + low(0xFFFFFF, 4) + low(0x0000FF, 4) + low(0x00FF00, 4)},
      {"runs of 8 bits", info(40, 2, 8, 1), all256, std::string("\x01\x02\x01\x03\0\0\0\x03\0\x01\x01\0\0\x01", 14)},
      {"runs of 8 bits with a step", info(40, 2, 8, 1), all256, std::string("\x01\x02\0\0\x01\0\x01\x01\0\x01", 10)},
      {"runs of 4 bits", info(40, 2, 4, 2), all16, std::string("\x02\x23\0\0\x02\x01\0\x01", 8)},
  };
}

BOOST_AUTO_TEST_CASE(every_form_of_bmp_shows_the_same_picture) {
  auto& extractor = shared_extractor();
  for (const auto& form : bmps()) {
    BOOST_TEST_CONTEXT(form.name) {
      const auto file = bmp(form);
      BOOST_TEST(extract(file).metadata.at("width") == "2");
      const auto png = page_png(extractor, file, 1, 2);
      BOOST_TEST(colour_at(png, 0.25, 0.25) == 0xFF0000U);
      BOOST_TEST(colour_at(png, 0.75, 0.25) == 0x00FF00U);
      BOOST_TEST(colour_at(png, 0.25, 0.75) == 0x0000FFU);
      BOOST_TEST(colour_at(png, 0.75, 0.75) == 0xFFFFFFU);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_bmp_cut_anywhere_or_out_of_bounds_is_damaged) {
  const auto shown = [](const std::string& bytes) {
    const MemoryFile file(bytes);
    try {
      return shared_extractor().render_page(file.source(), 1, 2).has_value();
    } catch (const Error&) {
      return false;
    }
  };
  for (const auto& form : bmps()) {
    const auto whole = bmp(form);
    const bool ends_with_a_mark = form.name.starts_with("runs");  // which, as filling before it, is not needed
    for (std::size_t size = 54; size + (ends_with_a_mark ? 3 : 0) < whole.size(); ++size)
      BOOST_TEST(!shown(whole.substr(0, size)), form.name << " of " << size);
  }
  const std::string outside("\x01\x02\0\x02\xFF\xFF\x04\x01\0\x01", 10);
  BOOST_TEST(shown(bmp({"", info(40, 2, 8, 1), std::string(1024, '\0'), outside})));
  BOOST_TEST(!shown(bmp({"", info(40, 0x7FFFFFFF, 24, 0), "", ""})));
}

// IPTC-IIM 4.1: a data set is 0x1C, its record, its number, its length and its text, here in a resource of Photoshop's.
std::string with_iptc(const std::string& jpeg, const std::vector<std::pair<int, std::string>>& data_sets) {
  const auto big = [](std::size_t value, int bytes) {
    std::string out;
    for (int i = bytes; i-- > 0;) out += static_cast<char>(value >> (8 * i));
    return out;
  };
  std::string iptc;
  for (const auto& [number, text] : data_sets)
    iptc += "\x1C\x02" + big(static_cast<std::size_t>(number), 1) + big(text.size(), 2) + text;
  const std::string padded = iptc.size() % 2 == 0 ? iptc : iptc + std::string(1, '\0');
  const std::string resource = std::string(
                                   "Photoshop 3.0\0"
                                   "8BIM\x04\x04\0\0",
                                   22) +
                               big(iptc.size(), 4) + padded;
  return jpeg.substr(0, 2) + "\xFF\xED" + big(resource.size() + 2, 2) + resource + jpeg.substr(2);
}

BOOST_AUTO_TEST_CASE(what_people_wrote_into_a_picture_is_read_in_their_encoding) {
  const auto jpeg = picture("jpeg", {page_png(shared_extractor(), pdf({{kLines}}), 1, 200)});
  const auto gbk = [](const char* text) { return encoded(text, "GB18030"); };
  const auto captioned = extract(with_iptc(jpeg, {{5, gbk("校庆大会")},
                                                  {80, gbk("王记者")},
                                                  {120, gbk("校长在七十周年校庆大会上讲话")},
                                                  {25, gbk("校庆")},
                                                  {25, gbk("讲话")}}));
  BOOST_TEST(captioned.title == "校庆大会");
  BOOST_TEST(captioned.metadata.at("author") == "王记者");
  BOOST_TEST(captioned.metadata.at("description") == "校长在七十周年校庆大会上讲话");
  BOOST_TEST(captioned.metadata.at("keywords") == "校庆; 讲话");
  const std::string xmp =
      "http://ns.adobe.com/xap/1.0/" + std::string(1, '\0') +
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
      "<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/' "
      "xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' "
      "photoshop:DateCreated='2021-03-05T09:30:00+08:00'><dc:title><rdf:Alt><rdf:li "
      "xml:lang='x-default'>毕业典礼</rdf:li>"
      "</rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>赵摄影</rdf:li></rdf:Seq></dc:creator></rdf:Description></"
      "rdf:RDF>"
      "</x:xmpmeta>";
  const auto size = xmp.size() + 2;
  const auto described = extract(jpeg.substr(0, 2) + "\xFF\xE1" + static_cast<char>(size >> 8U) +
                                 static_cast<char>(size & 0xFFU) + xmp + jpeg.substr(2));
  BOOST_TEST(described.title == "毕业典礼");
  BOOST_TEST(described.metadata.at("author") == "赵摄影");
  BOOST_TEST(described.metadata.at("created") == "2021-03-05T09:30:00");
}

BOOST_AUTO_TEST_CASE(pictures_cut_anywhere_end_by_themselves) {
  const auto png = page_png(shared_extractor(), pdf({{kLines}}), 1, 200);
  for (const std::string format : {"tiff", "heic", "jpeg"}) {
    const auto whole = picture(format, {png});
    for (std::size_t part = 1; part < 16; ++part) {
      const auto result = extract(whole.substr(0, whole.size() * part / 16));
      BOOST_TEST((failure_code(result) == "damaged" || failure_code(result).empty()),
                 format << " " << part << ": " << failure_code(result));
    }
  }
}

BOOST_AUTO_TEST_CASE(without_ocr_a_picture_has_a_size_and_no_text) {
  const auto result = extract(page_png(shared_extractor(), pdf({{kLines}}), 1, 640));
  BOOST_TEST(result.metadata.at("width") == "640");
  BOOST_TEST(result.pages.empty());
  BOOST_TEST(!result.failure.has_value());
}

BOOST_AUTO_TEST_CASE(a_picture_of_too_many_pixels_is_not_decoded) {
  const std::string header("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x4E\x20\0\0\x4E\x20\x08\x02\0\0\0", 29);
  BOOST_TEST(failure_code(extract(header + std::string(1000, 'x'))) == "too_large");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
