#include "lantai/archive/page_images.h"

#include <boost/test/unit_test.hpp>

#include "holdings.h"

namespace lantai::archive::test {
namespace {

// Draws every page as a thousand bytes of its own.
class DrawingExtractor final : public PlainExtractor {
 public:
  int drawn = 0;
  std::optional<Bytes> render_page(const extract::SourceFile&, std::uint32_t number, std::uint32_t) override {
    ++drawn;
    return Bytes(1000, static_cast<std::uint8_t>(number));
  }
};

struct Gallery {
  ManualClock clock{Timestamp{1'000'000}};
  std::unique_ptr<storage::Store> store = storage::Store::open_in_memory();
  DrawingExtractor extractor;
  PageImages images{*store, extractor, clock};
  Bytes source;

  Gallery() {
    source = store->blobs().put(as_bytes("a document")).digest;
    store->run_transaction([&](storage::Transaction& transaction) { transaction.add_blob_owner(source, "item/1"); });
    for (const std::uint32_t page : {1U, 2U, 3U}) look_at(page);
  }
  void look_at(std::uint32_t page) {
    clock.advance_micros(1);
    const auto image = images.find(source, "a", page, 600);
    BOOST_TEST_REQUIRE(image.has_value());
    BOOST_TEST(image->front() == page);
  }
  bool is_kept(std::uint32_t page) {
    const int before = extractor.drawn;
    look_at(page);
    return extractor.drawn == before;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(page_images, Gallery)

BOOST_AUTO_TEST_CASE(a_page_is_drawn_once) {
  BOOST_TEST(extractor.drawn == 3);
  BOOST_TEST(is_kept(1));
  BOOST_TEST(is_kept(3));
}

BOOST_AUTO_TEST_CASE(a_layout_that_came_with_the_text_is_not_asked_for_again) {
  BOOST_TEST(!images.layout(source, "a", 1).has_value());
  const extract::PageLayout layout{true, {{"章", "", {0.25, 0.5, 0.75, 1}, 90}}};
  images.keep_layout(source, 1, layout);
  const auto kept = images.layout(source, "a", 1);
  BOOST_TEST_REQUIRE(kept.has_value());
  BOOST_TEST(kept->from_ocr);
  BOOST_TEST(kept->text() == "章");
  BOOST_TEST(kept->characters.at(0).box.left == 0.25);
  BOOST_TEST(store->blobs().collect(std::chrono::seconds(0)).blobs_removed == 0U);
}

BOOST_AUTO_TEST_CASE(what_nobody_looked_at_longest_makes_room_and_comes_back) {
  look_at(1);
  BOOST_TEST(images.make_room(3000) == 0U);
  BOOST_TEST(images.make_room(2999) == 1U);
  BOOST_TEST(store->blobs().collect(std::chrono::seconds(0)).blobs_removed == 1U);
  BOOST_TEST(is_kept(1));
  BOOST_TEST(is_kept(3));
  BOOST_TEST(!is_kept(2));
  BOOST_TEST(is_kept(2));
}

BOOST_AUTO_TEST_CASE(after_a_restart_the_oldest_make_room) {
  const PageImages restarted(*store, extractor, clock);
  BOOST_TEST(restarted.make_room(1000) == 2U);
  BOOST_TEST(is_kept(3));
  BOOST_TEST(!is_kept(1));
}

BOOST_AUTO_TEST_CASE(what_another_version_drew_makes_room_at_once) {
  extractor.named_version = "plain-2";
  look_at(1);
  BOOST_TEST(images.make_room(1'000'000) == 3U);
  BOOST_TEST(is_kept(1));
  BOOST_TEST(images.make_room(0) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::archive::test
