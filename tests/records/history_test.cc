// A long history is read page by page.
#include "holdings.h"

namespace lantai::records {
namespace {

Record with_versions(Holdings& holdings, int count, const std::string& text) {
  auto item = holdings.add_item("件");
  while (item.version < static_cast<std::uint64_t>(count)) {
    const Json patch{{"notes", std::to_string(item.version) + text}};
    item = holdings.engine->update(archivist(), "item", item.id, item.version, patch).record;
  }
  return item;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(history)

BOOST_AUTO_TEST_CASE(the_latest_versions_come_first_and_every_one_once) {
  Holdings holdings;
  const auto item = with_versions(holdings, 25, "");
  const auto whole = holdings.engine->history(archivist(), "item", item.id);
  BOOST_TEST_REQUIRE(whole.versions.size() == 25U);
  BOOST_TEST(whole.next_page_token.empty());
  HistoryRequest request{10, {}};
  std::size_t at = 0;
  do {
    const auto page = holdings.engine->history(archivist(), "item", item.id, request);
    for (const auto& one : page.versions) {
      BOOST_TEST(one.version == 25 - at);
      BOOST_TEST(one.differences.size() == whole.versions.at(at).differences.size());
      ++at;
    }
    request.page_token = page.next_page_token;
  } while (!request.page_token.empty());
  BOOST_TEST(at == 25U);
  BOOST_TEST(whole.versions.front().differences.at(0).before == "23");
  request.page_token = "26";
  BOOST_TEST(error_of([&] { holdings.engine->history(archivist(), "item", item.id, request); }).message_id() ==
             "record.bad_page_token");
}

BOOST_AUTO_TEST_CASE(a_page_of_large_versions_ends_early) {
  Holdings holdings;
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "档";
  const auto item = with_versions(holdings, 12, text);
  const auto page = holdings.engine->history(archivist(), "item", item.id);
  BOOST_TEST(page.versions.size() < 5U);
  BOOST_TEST(!page.next_page_token.empty());
}

BOOST_AUTO_TEST_CASE(what_is_above_ones_clearance_shows_that_it_was_across_pages) {
  Holdings holdings;
  auto item = holdings.add_item("件", {{"access_level", "public"}, {"notes", "一"}});
  for (const auto& patch : {Json{{"access_level", "restricted"}, {"notes", "密"}}, Json{{"notes", "密二"}},
                            Json{{"access_level", "public"}, {"notes", "二"}}})
    item = holdings.engine->update(archivist(), "item", item.id, item.version, patch).record;
  HistoryRequest request{1, {}};
  const auto latest = holdings.engine->history(reader(), "item", item.id, request);
  BOOST_TEST_REQUIRE(latest.versions.size() == 1U);
  BOOST_TEST_REQUIRE(latest.versions[0].differences.size() == 1U);
  BOOST_TEST(latest.versions[0].differences[0].before == "一");
  request.page_token = latest.next_page_token;
  BOOST_TEST(holdings.engine->history(reader(), "item", item.id, request).versions[0].differences.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
