#include "lantai/records/policy.h"

#include <algorithm>

#include "holdings.h"

namespace lantai::records {
namespace {

bool shares_a_term(const Record& record, const Principal& principal) {
  const auto& schema = *shipped_schema();
  const auto& type = schema.type(record.type);
  const auto terms = access_terms(schema, type, record);
  const auto grant = access_grant(schema, principal);
  return (grant.everything && type.searchable) || std::any_of(terms.begin(), terms.end(), [&](const auto& term) {
           return std::find(grant.any_of.begin(), grant.any_of.end(), term) != grant.any_of.end();
         });
}

Principal service() {
  Principal principal;
  principal.id = "service:indexer";
  principal.service = true;
  principal.clearance = 1000;
  return principal;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(policy)

BOOST_AUTO_TEST_CASE(a_level_above_the_clearance_hides_the_record_and_leaves_a_trace) {
  Holdings holdings;
  auto& engine = *holdings.engine;
  const auto item = holdings.add_item("人事任免", {{"access_level", "受限"}});
  const auto error = error_of([&] { engine.get(staff(), "item", item.id); });
  BOOST_TEST((error.code() == ErrorCode::not_found));
  BOOST_TEST(error.message_id() == error_of([&] { engine.get(staff(), "item", make_id({1})); }).message_id());
  BOOST_TEST(holdings.last_audit().outcome == "denied");
  BOOST_TEST(holdings.last_audit().subject == "item/" + item.id);
  BOOST_TEST(!engine.find(staff(), "item", item.id));
  BOOST_TEST(engine.list(staff(), "item", {}).records.empty());
  BOOST_TEST(engine.count(staff(), "item") == 0U);
  BOOST_TEST(engine.count(archivist(), "item") == 1U);
  BOOST_TEST(!engine.find_by(staff(), "item", "access_level", "restricted"));
  BOOST_TEST((error_of([&] { engine.history(staff(), "item", item.id); }).code() == ErrorCode::not_found));
  BOOST_TEST((error_of([&] {
                engine.update(staff(), "item", item.id, 0, {{"title", "x"}});
              }).code() == ErrorCode::permission_denied));
}

BOOST_AUTO_TEST_CASE(history_does_not_tell_what_a_more_secret_version_held) {
  Holdings holdings;
  auto& engine = *holdings.engine;
  const auto item = holdings.add_item("处分决定", {{"access_level", "restricted"}, {"notes", "内情"}});
  engine.update(archivist(), "item", item.id, 1, {{"access_level", "public"}, {"notes", nullptr}});
  const auto history = history_of(engine, reader(), "item", item.id);
  BOOST_TEST_REQUIRE(history.size() == 2U);
  BOOST_TEST(history[0].differences.empty());
  for (const auto& difference : history[1].differences) BOOST_TEST(difference.field != "notes");
  BOOST_TEST((error_of([&] { engine.get_version(reader(), "item", item.id, 1); }).code() == ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(rights_follow_the_declaration_and_refusals_are_audited) {
  Holdings holdings;
  auto& engine = *holdings.engine;
  const auto before = holdings.store->audit().head().sequence;
  BOOST_TEST((error_of([&] {
                engine.create(reader(), "item", {{"title", "x"}});
              }).code() == ErrorCode::permission_denied));
  BOOST_TEST(holdings.store->audit().head().sequence == before + 1);
  BOOST_TEST(holdings.last_audit().outcome == "denied");
  BOOST_TEST((error_of([&] { engine.list(reader(), "person", {}); }).code() == ErrorCode::permission_denied));
  BOOST_TEST((error_of([&] { engine.begin_export(staff(), "item", "csv"); }).code() == ErrorCode::permission_denied));
  engine.begin_export(archivist(), "item", "csv");
  BOOST_TEST(holdings.last_audit().action == "record.export");
  BOOST_TEST(engine.create(staff(), "item", {{"title", "x"}}).record.version == 1U);
}

BOOST_AUTO_TEST_CASE(nobody_writes_beyond_their_own_clearance) {
  Holdings holdings;
  const auto error = error_of([&] {
    holdings.engine->create(staff(), "item", {{"title", "x"}, {"access_level", "restricted"}});
  });
  BOOST_TEST(error.message_id() == "record.level_above_clearance");
}

BOOST_AUTO_TEST_CASE(personal_fields_are_left_out_for_those_without_the_right) {
  Holdings holdings;
  auto& engine = *holdings.engine;
  const auto person_record = holdings.add("person", {{"name", "王小明"}, {"phone", "13800000000"}});
  const auto seen = engine.get(staff(), "person", person_record.id);
  BOOST_TEST(!seen.fields.contains("phone"));
  BOOST_TEST((seen.masked == std::vector<std::string>{"phone"}));
  BOOST_TEST(engine.get(archivist(), "person", person_record.id).fields["phone"] == "13800000000");
  for (const auto& version : history_of(engine, staff(), "person", person_record.id)) {
    for (const auto& difference : version.differences) BOOST_TEST(difference.field != "phone");
  }
  BOOST_TEST(
      (error_of([&] { engine.find_by(staff(), "person", "email", "a@b"); }).code() == ErrorCode::permission_denied));
}

BOOST_AUTO_TEST_CASE(an_owned_record_is_its_owners_unless_shared) {
  Holdings holdings;
  auto& engine = *holdings.engine;
  const auto mine = engine.create(staff(), "saved_search", {{"name", "我的"}, {"owner", "somebody-else"}}).record;
  BOOST_TEST(mine.fields["owner"] == staff().id);
  BOOST_TEST(!engine.find(archivist(), "saved_search", mine.id));
  BOOST_TEST(engine.count(archivist(), "saved_search") == 0U);
  BOOST_TEST(!shares_a_term(mine, archivist()));
  BOOST_TEST(shares_a_term(mine, staff()));
  const auto shared = engine.update(staff(), "saved_search", mine.id, 1, {{"shared", true}, {"owner", "x"}}).record;
  BOOST_TEST(shared.fields["owner"] == staff().id);
  BOOST_TEST(engine.find(archivist(), "saved_search", mine.id).has_value());
  BOOST_TEST(shares_a_term(shared, archivist()));
  BOOST_TEST((error_of([&] { engine.remove(archivist(), "saved_search", mine.id, 0); }).code() ==
              ErrorCode::permission_denied));
}

BOOST_AUTO_TEST_CASE(a_record_shares_an_access_term_exactly_with_those_who_may_see_it) {
  Holdings holdings;
  std::vector<Record> records{holdings.add("person", {{"name", "王"}}), holdings.add_item("无级别")};
  for (const auto* level : {"public", "internal", "restricted"}) {
    records.push_back(holdings.add_item(level, {{"access_level", level}}));
  }
  for (const auto& principal :
       {archivist(), chief(), staff(), reader(), person("archivist", 0), person("reader", 2), service()}) {
    for (const auto& record : records) {
      const auto& type = shipped_schema()->type(record.type);
      BOOST_TEST(shares_a_term(record, principal) ==
                 allowed(*shipped_schema(), principal, Action::read, type, &record));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_level_asks_for_the_highest_clearance) {
  Record record;
  record.type = "item";
  record.fields = {{"title", "x"}, {"access_level", "who_knows"}};
  const auto& schema = *shipped_schema();
  BOOST_TEST(required_clearance(schema, schema.type("item"), record) == 2);
  record.fields.erase("access_level");
  BOOST_TEST(required_clearance(schema, schema.type("item"), record) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
