// A record is meant by its name, and a dry run says what would become of it.
#include "lantai/records/link_names.h"

#include "holdings.h"

namespace lantai::records {

BOOST_AUTO_TEST_SUITE(link_names)

BOOST_AUTO_TEST_CASE(names_codes_and_ids_become_ids) {
  Holdings holdings;
  const auto office = holdings.add("department", {{"name", "Academic Affairs Office"}, {"code", "JWC"}});
  const auto who = archivist();
  const LinkNames names(*holdings.engine, who);
  const auto& type = holdings.engine->schema().type("item");
  for (const auto& called : {std::string("Academic Affairs Office"), std::string("JWC"), office.id}) {
    Json fields{{"title", "件"}, {"department", called}};
    BOOST_TEST(names.resolve(type, fields), called);
    BOOST_TEST(fields["department"] == office.id);
  }
  Json fields{{"department", "没有的部门"}};
  BOOST_TEST(!names.resolve(type, fields));
  BOOST_TEST(fields["department"] == "没有的部门");
}

BOOST_AUTO_TEST_CASE(a_check_finds_what_creation_would_and_writes_nothing) {
  Holdings holdings;
  holdings.add_item("先", {{"reference_code", "D1-WS·2011·Y·BGS-0001"}});
  const auto position = holdings.store->changes().last_position();
  const auto item = [](Json fields) { return NewRecord{"item", std::move(fields), {}, {}}; };
  const auto results = holdings.engine->check_all(
      archivist(), {item({{"title", "好"}}), item({{"title", "部"}, {"department", "教务处"}}),
                    item({{"title", "重"}, {"reference_code", "D1-WS·2011·Y·BGS-1"}}),
                    item({{"title", "新"}, {"reference_code", "D1-WS·2011·Y·BGS-2"}}),
                    item({{"title", "又"}, {"reference_code", "D1-WS·2011·Y·BGS-2"}})});
  BOOST_TEST_REQUIRE(results.size() == 5U);
  BOOST_TEST(!results[0].error);
  BOOST_TEST(results[1].error.value().problems().at(0).rule == "field.no_such_record");
  BOOST_TEST(results[2].error.value().message_id() == "record.duplicate");
  BOOST_TEST(!results[3].error);
  BOOST_TEST(results[4].error.value().message_id() == "record.duplicate");
  BOOST_TEST(holdings.store->changes().last_position() == position);
  BOOST_TEST(holdings.engine->count(archivist(), "item") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
