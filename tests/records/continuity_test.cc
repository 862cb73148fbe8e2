// Who learns which numbers are missing, and of which codes.
#include "holdings.h"

namespace lantai::records {

BOOST_AUTO_TEST_SUITE(continuity)

BOOST_AUTO_TEST_CASE(only_who_may_see_every_record_learns_of_numbers) {
  Holdings holdings;
  holdings.add_item("密", {{"access_level", "restricted"}, {"reference_code", "SEC-RS·2021·Y-0042"}});
  for (const auto& who : {reader(), staff(), person("archivist", 1)}) {
    BOOST_TEST((error_of([&] { holdings.engine->continuity(who, "item"); }).code() == ErrorCode::permission_denied),
               who.id);
    BOOST_TEST(holdings.last_audit().outcome == "denied");
  }
  BOOST_TEST(holdings.engine->continuity(archivist(), "item").scopes.at(0).highest == 42U);
}

BOOST_AUTO_TEST_CASE(codes_of_every_template_are_counted) {
  Holdings holdings;
  for (const auto* code : {"Z109-WS·2011-Y-BGS-0001", "Z109-WS·2011-Y-BGS-0004", "A439-WS·2015·D30·003-005"})
    holdings.add_item("件", {{"reference_code", code}});
  const auto scopes = holdings.engine->continuity(archivist(), "item").scopes;
  BOOST_TEST_REQUIRE(scopes.size() == 2U);
  BOOST_TEST(scopes[0].scope == "A439-WS·2015·D30·003");
  BOOST_TEST(scopes[0].missing_count == 4U);
  BOOST_TEST(scopes[1].scope == "Z109-WS·2011-Y-BGS");
  BOOST_TEST((scopes[1].missing == std::vector<std::uint64_t>{2, 3}));
}

BOOST_AUTO_TEST_CASE(scopes_come_in_pages) {
  Holdings holdings;
  for (int year = 2001; year <= 2007; ++year)
    holdings.add_item("件", {{"reference_code", "Z1-WS·" + std::to_string(year) + "·Y-0001"}});
  std::vector<std::string> seen;
  RecordEngine::ContinuityRequest request{3, {}};
  int pages = 0;
  do {
    const auto page = holdings.engine->continuity(archivist(), "item", request);
    for (const auto& one : page.scopes) seen.push_back(one.scope);
    request.page_token = page.next_page_token;
    BOOST_TEST_REQUIRE(++pages <= 3);
  } while (!request.page_token.empty());
  BOOST_TEST(pages == 3);
  BOOST_TEST(seen.size() == 7U);
  BOOST_TEST(std::is_sorted(seen.begin(), seen.end()));
  request.page_token = "zz";
  BOOST_TEST(error_of([&] { holdings.engine->continuity(archivist(), "item", request); }).message_id() ==
             "record.bad_page_token");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
