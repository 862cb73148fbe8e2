// Expected places are computed from the coordinates that the samples are written with: text from (72, 720) on, lines
// one and a half font sizes apart, Han characters as wide as the font is high, on a page of 595 by 842 points.
#define BOOST_TEST_MODULE extract_layout
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "lantai/base/error.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

const std::vector<std::string> kLines = {"关于做好毕业证书发放工作的通知", "全校共发放证书三百二十份"};

std::vector<Box> boxes_of(const PageLayout& layout, const std::string& what) {
  const auto text = layout.text();
  const auto at = text.find(what);
  BOOST_TEST_REQUIRE(at != std::string::npos, text);
  return layout.boxes(at, at + what.size());
}

void check_place(const Box& box, double left, double right, double baseline, double size, double tolerance) {
  BOOST_TEST(std::abs(box.left - left / 595) < tolerance, box.left);
  BOOST_TEST(std::abs(box.right - right / 595) < tolerance, box.right);
  // The middle of the character stands a third of its size above the baseline.
  const double middle = (842 - baseline - size / 3) / 842;
  BOOST_TEST(box.top < middle, box.top);
  BOOST_TEST(box.bottom > middle, box.bottom);
  BOOST_TEST(box.bottom - box.top < 2 * size / 842);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Layout)

BOOST_AUTO_TEST_CASE(characters_of_a_text_layer_are_placed_where_they_stand) {
  const MemoryFile file(pdf({{{kLines}}, "", 12}));
  const auto layout = shared_extractor().lay_out(file.source(), 1);
  BOOST_TEST_REQUIRE(layout.has_value());
  BOOST_TEST(!layout->from_ocr);
  const auto found = boxes_of(*layout, "毕业证书");
  BOOST_TEST_REQUIRE(found.size() == 1U);
  check_place(found[0], 72 + 4 * 12, 72 + 8 * 12, 720, 12, 0.004);
  const auto second = boxes_of(*layout, "三百二十");
  BOOST_TEST_REQUIRE(second.size() == 1U);
  check_place(second[0], 72 + 7 * 12, 72 + 11 * 12, 702, 12, 0.004);
}

BOOST_AUTO_TEST_CASE(what_runs_over_a_line_has_a_box_on_each) {
  const MemoryFile file(pdf({{{kLines}}, "", 12}));
  const auto layout = shared_extractor().lay_out(file.source(), 1);
  BOOST_TEST_REQUIRE(layout.has_value());
  const auto found = boxes_of(*layout, "通知\n全校");
  BOOST_TEST_REQUIRE(found.size() == 2U);
  check_place(found[0], 72 + 13 * 12, 72 + 15 * 12, 720, 12, 0.004);
  check_place(found[1], 72, 72 + 2 * 12, 702, 12, 0.004);
}

BOOST_AUTO_TEST_CASE(characters_of_a_scan_are_placed_where_they_are_read) {
  const auto extractor = make_extractor({}, true);
  const MemoryFile original(pdf({{{kLines}}, "", 24}));
  const auto png = extractor->render_page(original.source(), 1, 1240);
  BOOST_TEST_REQUIRE(png.has_value());
  const MemoryFile scan(scanned_pdf(as_chars(*png), "Scanned with CamScanner"));
  const MemoryFile picture{as_chars(*png)};
  for (const auto* file : {&scan, &picture}) {
    const auto layout = extractor->lay_out(file->source(), 1);
    BOOST_TEST_REQUIRE(layout.has_value());
    BOOST_TEST(layout->from_ocr);
    const auto found = boxes_of(*layout, "毕业证书");
    BOOST_TEST_REQUIRE(found.size() == 1U);
    check_place(found[0], 72 + 4 * 24, 72 + 8 * 24, 720, 24, 0.01);
  }
}

BOOST_AUTO_TEST_CASE(what_has_no_pages_has_no_layout) {
  const MemoryFile text("只是文字");
  BOOST_TEST(!shared_extractor().lay_out(text.source(), 1).has_value());
  const MemoryFile file(pdf({{{kLines}}, "", 12}));
  BOOST_TEST(!shared_extractor().lay_out(file.source(), 2).has_value());
}

BOOST_AUTO_TEST_CASE(a_layout_is_stored_and_read_back) {
  const PageLayout layout{true, {{"档", "", {0.1, 0.2, 0.3, 0.4}, 91}, {"案", "\n", {0.3, 0.2, 0.5, 0.4}, 88}}};
  const auto again = page_layout_from_cbor(to_cbor(layout));
  BOOST_TEST(again.from_ocr);
  BOOST_TEST(again.text() == "档案\n");
  BOOST_TEST(std::abs(again.characters[1].box.right - 0.5) < 1e-4);
  BOOST_TEST(again.characters[0].confidence == 91U);
  BOOST_CHECK_THROW(page_layout_from_cbor(to_bytes("nothing of the kind")), Error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
