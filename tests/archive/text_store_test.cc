#include <boost/test/unit_test.hpp>

#include "holdings.h"

using namespace lantai;
using namespace lantai::archive;
using namespace lantai::archive::test;

BOOST_AUTO_TEST_SUITE(text_store)

BOOST_AUTO_TEST_CASE(text_of_any_size_comes_back_as_it_was) {
  Holdings holdings;
  const TextStore texts(*holdings.store, "v1");
  for (const std::size_t size : {std::size_t{10}, std::size_t{300'000}, std::size_t{3'000'000}}) {
    extract::Extraction extraction;
    extraction.media_type = "text/plain";
    extraction.pages.push_back({1, std::string(size, 'x'), false});
    const Bytes digest = storage::sha256(as_bytes(std::to_string(size)));
    const auto prepared = texts.prepare(extraction, 1, "item/1");
    holdings.store->run_transaction(
        [&](storage::Transaction& transaction) { texts.put(transaction, digest, prepared); });
    BOOST_TEST(texts.find(digest)->pages.at(0).text.size() == size);
    BOOST_TEST((texts.summary(digest).state == TextState::done));
    BOOST_TEST(texts.summary(digest).pages == 1U);
    // Large text is owned, so collection leaves it alone.
    holdings.store->blobs().collect(std::chrono::seconds(0));
    BOOST_TEST(texts.find(digest).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_newer_version_takes_the_place_of_the_older_one_and_its_blob) {
  Holdings holdings;
  extract::Extraction extraction;
  extraction.pages.push_back({1, std::string(1'000'000, 'x'), false});
  const Bytes digest = storage::sha256(as_bytes("source"));
  const TextStore older(*holdings.store, "v1"), newer(*holdings.store, "v2");
  const auto put = [&](const TextStore& texts) {
    const auto prepared = texts.prepare(extraction, 1, "item/1");
    holdings.store->run_transaction(
        [&](storage::Transaction& transaction) { texts.put(transaction, digest, prepared); });
  };
  put(older);
  BOOST_TEST(newer.find(digest).has_value());
  extraction.pages[0].text[0] = 'y';
  put(newer);
  BOOST_TEST(older.find(digest)->pages.at(0).text[0] == 'y');
  BOOST_TEST(!older.is_current(digest));
}

BOOST_AUTO_TEST_CASE(members_of_a_container_that_gave_nothing_are_said) {
  Holdings holdings;
  const TextStore texts(*holdings.store, "v1");
  extract::Extraction extraction;
  extract::Embedded read, unread;
  read.path = "a.txt";
  unread.path = "旧文.doc";
  unread.error = "unsupported_format";
  extraction.embedded = {read, unread};
  const auto prepared = texts.prepare(extraction, 1, "item/1");
  BOOST_TEST((prepared.summary.state == TextState::done));
  BOOST_TEST(prepared.summary.error_code == "members_unread");
  BOOST_TEST(prepared.summary.error_detail == "1: 旧文.doc (unsupported_format)");
}

BOOST_AUTO_TEST_CASE(what_was_never_read_is_waiting) {
  Holdings holdings;
  const TextStore texts(*holdings.store, "v1");
  const Bytes digest = storage::sha256(as_bytes("unknown"));
  BOOST_TEST((texts.summary(digest).state == TextState::waiting));
  BOOST_TEST(!texts.find(digest));
}

BOOST_AUTO_TEST_SUITE_END()
