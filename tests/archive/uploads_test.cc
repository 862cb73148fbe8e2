#include <boost/test/unit_test.hpp>

#include "holdings.h"

using namespace lantai;
using namespace lantai::archive;
using namespace lantai::archive::test;

namespace {

struct Place {
  std::unique_ptr<storage::Store> store = storage::Store::open_in_memory();
  Folder folder;
  ManualClock clock{Timestamp{1'700'000'000'000'000}};
  Uploads uploads{*store, folder.path(), clock};
  records::Principal who = identity::operator_principal();
};

auto failing_with(const std::string& id) {
  return [id](const Error& error) { return error.message_id() == id; };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resumable_uploads)

BOOST_AUTO_TEST_CASE(pieces_in_order_make_the_file) {
  Place place;
  const auto upload = place.uploads.begin(place.who, "录像.mp4", 10);
  BOOST_TEST(place.uploads.append(place.who, upload.id, 0, as_bytes("hello")) == 5U);
  BOOST_CHECK_EXCEPTION(place.uploads.take(place.who, upload.id), Error, failing_with("upload.incomplete"));
  BOOST_TEST(place.uploads.get(place.who, upload.id).offset == 5U);
  BOOST_TEST(place.uploads.append(place.who, upload.id, 5, as_bytes("world")) == 10U);
  const auto file = place.uploads.take(place.who, upload.id);
  BOOST_TEST(file.name == "录像.mp4");
  BOOST_TEST(std::string(as_chars(place.store->blobs().get(file.digest))) == "helloworld");
  place.uploads.remove(place.who, upload.id);
  BOOST_CHECK_EXCEPTION(place.uploads.get(place.who, upload.id), Error, failing_with("upload.unknown"));
}

BOOST_AUTO_TEST_CASE(a_piece_elsewhere_or_beyond_the_size_is_refused) {
  Place place;
  const auto upload = place.uploads.begin(place.who, "a", 4);
  BOOST_CHECK_EXCEPTION(place.uploads.append(place.who, upload.id, 2, as_bytes("x")), Error,
                        failing_with("upload.offset"));
  BOOST_CHECK_EXCEPTION(place.uploads.append(place.who, upload.id, 0, as_bytes("12345")), Error,
                        failing_with("upload.beyond_size"));
  BOOST_TEST(place.uploads.get(place.who, upload.id).offset == 0U);
  BOOST_CHECK_EXCEPTION(place.uploads.begin(place.who, "a", kMaxUploadBytes + 1), Error,
                        failing_with("upload.too_large"));
}

BOOST_AUTO_TEST_CASE(nobody_else_knows_of_an_upload) {
  Place place;
  const auto upload = place.uploads.begin(place.who, "a", 4);
  records::Principal other;
  other.id = "other";
  BOOST_CHECK_EXCEPTION(place.uploads.get(other, upload.id), Error, failing_with("upload.unknown"));
  BOOST_CHECK_EXCEPTION(place.uploads.get(place.who, "../../etc/passwd"), Error, failing_with("upload.unknown"));
}

BOOST_AUTO_TEST_CASE(uploads_untouched_for_a_day_are_removed) {
  Place place;
  const auto old = place.uploads.begin(place.who, "old", 4);
  place.clock.advance_micros(23LL * 3600 * 1'000'000);
  const auto fresh = place.uploads.begin(place.who, "fresh", 4);
  place.clock.advance_micros(2LL * 3600 * 1'000'000);
  BOOST_TEST(place.uploads.remove_untouched() == 1U);
  BOOST_CHECK_THROW(place.uploads.get(place.who, old.id), Error);
  BOOST_TEST(place.uploads.get(place.who, fresh.id).size == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
