#include "lantai/records/policy.h"

#include <algorithm>

#include "holdings.h"

namespace lantai::records {
namespace {

// As the index finds out.
bool shares_a_term(const RecordEngine& engine, const Record& record, const Principal& principal) {
  const auto& schema = *shipped_schema();
  const auto& type = schema.type(record.type);
  const auto standing = engine.standing(record);
  const auto terms = access_terms(type, standing);
  const auto grant = access_grant(schema, principal);
  const auto any_of = [](const auto& all, const auto& some) {
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& one) { return std::find(some.begin(), some.end(), one) != some.end(); });
  };
  auto seen = grant.any_of;
  for (const auto& term : grant.any_of) {
    if (!term.ends_with("@")) continue;
    for (const auto& department : grant.departments) seen.push_back(term + department);
  }
  const bool lends = any_of(std::vector{record.type}, grant.lent_types) && any_of(standing.within, grant.lent);
  return (grant.everything && type.searchable) || any_of(terms, seen) || lends;
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
  BOOST_TEST(holdings.last_audit().outcome == "denied");
  BOOST_TEST(holdings.last_audit().subject == "item/" + item.id);
  // What is not there leaves the same trace, so that the time it takes does not tell one from the other.
  const auto none = make_id({1});
  BOOST_TEST(error.message_id() == error_of([&] { engine.get(staff(), "item", none); }).message_id());
  BOOST_TEST(holdings.last_audit().outcome == "denied");
  BOOST_TEST(holdings.last_audit().subject == "item/" + none);
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
  BOOST_TEST(!shares_a_term(engine, mine, archivist()));
  BOOST_TEST(shares_a_term(engine, mine, staff()));
  const auto shared = engine.update(staff(), "saved_search", mine.id, 1, {{"shared", true}, {"owner", "x"}}).record;
  BOOST_TEST(shared.fields["owner"] == staff().id);
  BOOST_TEST(engine.find(archivist(), "saved_search", mine.id).has_value());
  BOOST_TEST(shares_a_term(engine, shared, archivist()));
  BOOST_TEST((error_of([&] { engine.remove(archivist(), "saved_search", mine.id, 0); }).code() ==
              ErrorCode::permission_denied));
}

// What is said of volume, class and fonds holds for what lies in them, until that says something itself.
struct Nested {
  Nested() {
    fonds = holdings.add("fonds", {{"code", "Z1"}, {"name", "校"}});
    top = holdings.add("class", {{"scheme", "organ"}, {"code", "XZ"}, {"name", "行政"}, {"fonds", fonds.id}});
    below = holdings.add(
        "class", {{"scheme", "organ"}, {"code", "XZ11"}, {"name", "综合"}, {"parent", top.id}, {"fonds", fonds.id}});
    volume = holdings.add("volume", {{"title", "卷"}, {"class", below.id}, {"fonds", fonds.id}});
    item = holdings.add_item("件", {{"volume", volume.id}});
  }
  RecordEngine& engine() { return *holdings.engine; }
  void set(const Record& record, Json fields) {
    engine().update(chief(), record.type, record.id, 0, std::move(fields));
  }
  int rank(const Record& record) { return engine().standing(engine().get(chief(), record.type, record.id)).rank; }
  bool sees(const Principal& principal, const Record& record) {
    const auto now = engine().get(service(), record.type, record.id);
    const bool found = engine().find(principal, record.type, record.id).has_value();
    BOOST_TEST(found == engine().may(principal, Action::read, now));
    BOOST_TEST(found == shares_a_term(engine(), now, principal));
    const auto listed = engine().list(principal, record.type, {}).records;
    BOOST_TEST(found ==
               std::any_of(listed.begin(), listed.end(), [&](const auto& one) { return one.id == record.id; }));
    return found;
  }
  Holdings holdings;
  Record fonds, top, below, volume, item;
};

BOOST_FIXTURE_TEST_CASE(a_level_holds_for_what_lies_in_it_until_that_has_its_own, Nested) {
  BOOST_TEST(rank(item) == 1);  // nothing is said: the declared default
  BOOST_TEST(rank(volume) == 1);
  BOOST_TEST(rank(top) == 0);
  set(fonds, {{"access_level", "restricted"}});
  for (const auto& record : {fonds, top, below, volume, item}) BOOST_TEST(rank(record) == 2);
  set(top, {{"access_level", "public"}});
  for (const auto& record : {top, below, volume, item}) BOOST_TEST(rank(record) == 0);
  BOOST_TEST(sees(reader(), item));
  set(volume, {{"access_level", "restricted"}});
  BOOST_TEST(!sees(staff(), item));
  set(item, {{"access_level", "internal"}});  // an exception
  BOOST_TEST(sees(staff(), item));
  BOOST_TEST(!sees(reader(), item));
  BOOST_TEST(!sees(staff(), volume));
  set(item, {{"access_level", nullptr}});
  BOOST_TEST(!sees(staff(), item));
}

BOOST_FIXTURE_TEST_CASE(until_its_day_a_closed_record_is_for_those_who_keep_it, Nested) {
  set(volume, {{"access_level", "public"}, {"closed_until", "2031-05-01"}});
  const auto day = [&](const char* date) {
    holdings.clock.advance_micros(parse_rfc3339(date)->micros - holdings.clock.now().micros);
  };
  day("2031-04-30T15:59:59Z");  // in China the thirtieth of April has one second left
  for (const auto& record : {volume, item}) {
    BOOST_TEST(sees(archivist(), record));
    BOOST_TEST(!sees(staff(), record));
    BOOST_TEST(!sees(person("reader", 2), record));
  }
  set(item, {{"closed_until", "2020-01-01"}});  // an exception
  BOOST_TEST(sees(reader(), item));
  set(item, {{"closed_until", nullptr}});
  day("2031-04-30T16:00:00Z");
  for (const auto& record : {volume, item}) BOOST_TEST(sees(reader(), record));
}

BOOST_FIXTURE_TEST_CASE(a_scope_of_departments_shows_theirs_and_what_is_open_to_all, Nested) {
  const auto teaching = holdings.add("department", {{"name", "教务处"}});
  const auto finance = holdings.add("department", {{"name", "财务处"}});
  auto scoped = staff();
  scoped.all_departments = false;
  scoped.scope = {teaching.id};
  BOOST_TEST(!sees(scoped, item));  // of no department
  set(volume, {{"department", teaching.id}});
  BOOST_TEST(sees(scoped, item));
  set(item, {{"department", finance.id}});
  BOOST_TEST(!sees(scoped, item));
  BOOST_TEST(sees(scoped, volume));
  BOOST_TEST(sees(staff(), item));
  set(item, {{"access_level", "public"}});
  BOOST_TEST(sees(scoped, item));
  set(item, {{"access_level", "restricted"}, {"department", teaching.id}});
  BOOST_TEST(!sees(scoped, item));  // clearance all the same
  // Nobody writes out of their own reach.
  const auto error = error_of([&] { engine().create(scoped, "item", {{"title", "x"}, {"department", finance.id}}); });
  BOOST_TEST((error.code() == ErrorCode::permission_denied));
  engine().create(scoped, "item", {{"title", "x"}, {"department", teaching.id}});
}

BOOST_FIXTURE_TEST_CASE(what_is_lent_is_read_with_what_lies_in_it_and_not_changed, Nested) {
  const auto other = holdings.add_item("另一件", {{"access_level", "restricted"}});
  set(fonds, {{"access_level", "restricted"}, {"closed_until", "2099-01-01"}});
  BOOST_TEST(!sees(reader(), item));
  auto borrower = reader();
  borrower.lent = {"volume/" + volume.id};
  BOOST_TEST(sees(borrower, item));
  BOOST_TEST(sees(borrower, volume));
  BOOST_TEST(!sees(borrower, fonds));
  BOOST_TEST(!sees(borrower, other));
  borrower.lent = {"fonds/" + fonds.id};
  for (const auto& record : {fonds, top, below, volume, item}) BOOST_TEST(sees(borrower, record));
  borrower.lent = {"item/" + other.id};
  BOOST_TEST(sees(borrower, other));
  BOOST_TEST(!sees(borrower, item));
  auto keeper = person("archivist", 0);
  keeper.lent = {"item/" + item.id};
  BOOST_TEST(sees(keeper, item));
  BOOST_TEST((error_of([&] {
                engine().update(keeper, "item", item.id, 0, {{"notes", "x"}});
              }).code() == ErrorCode::permission_denied));
  auto nobody = person("administrator", 2);
  nobody.lent = {"item/" + item.id};
  BOOST_TEST(!engine().find(nobody, "item", item.id));  // the role comes first
  BOOST_TEST(!shares_a_term(engine(), item, nobody));
}

BOOST_FIXTURE_TEST_CASE(why_somebody_sees_a_record_or_not_is_told, Nested) {
  const auto ground = [&](const Principal& principal) {
    const auto record = engine().get(service(), "item", item.id);
    return verdict(*shipped_schema(), principal, shipped_schema()->type("item"), engine().standing(record)).ground;
  };
  BOOST_TEST((ground(person("auditor", 2)) == Ground::role));
  BOOST_TEST((ground(reader()) == Ground::clearance));
  BOOST_TEST((ground(staff()) == Ground::clearance));
  auto scoped = staff();
  scoped.all_departments = false;
  BOOST_TEST((ground(scoped) == Ground::department));
  scoped.lent = {"item/" + item.id};
  BOOST_TEST((ground(scoped) == Ground::lent));
  set(item, {{"closed_until", "2099-01-01"}});
  BOOST_TEST((ground(staff()) == Ground::closed));
  set(item, {{"closed_until", nullptr}, {"access_level", "public"}});
  BOOST_TEST((ground(reader()) == Ground::all));
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
      BOOST_TEST(shares_a_term(*holdings.engine, record, principal) ==
                 holdings.engine->may(principal, Action::read, record));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_level_asks_for_the_highest_clearance) {
  const auto& schema = *shipped_schema();
  const auto rank = [&](Json fields) {
    Record record;
    record.type = "item";
    record.fields = std::move(fields);
    const auto nothing = [](const std::string&, const std::string&) { return std::shared_ptr<const Record>(); };
    return standing_of(schema, schema.type("item"), record, nothing, Date{2026, 11, 29}).rank;
  };
  BOOST_TEST(rank({{"title", "x"}, {"access_level", "who_knows"}}) == 2);
  BOOST_TEST(rank({{"title", "x"}}) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
