#include <thread>

#include "holdings.h"

namespace lantai::records {

BOOST_AUTO_TEST_SUITE(lifecycle)

BOOST_DATA_TEST_CASE(a_record_is_created_read_changed_and_removed, kBackends, backend) {
  Holdings holdings(backend);
  auto& engine = *holdings.engine;
  const auto created = engine.create(archivist(), "item", {{"title", " 关于放假的通知 "}, {"retention", "永久"}});
  BOOST_TEST(created.record.version == 1U);
  BOOST_TEST(created.record.fields["title"] == "关于放假的通知");
  BOOST_TEST(created.record.fields["retention"] == "Y");
  BOOST_TEST(created.record.author == "archivist-2");
  BOOST_TEST(created.position == holdings.store->changes().last_position());

  const auto id = created.record.id;
  const auto updated =
      engine.update(archivist(), "item", id, 1, {{"title", "关于放假的补充通知"}, {"retention", nullptr}});
  BOOST_TEST(updated.record.version == 2U);
  BOOST_TEST(!updated.record.fields.contains("retention"));
  BOOST_TEST(engine.get(archivist(), "item", id).fields["title"] == "关于放假的补充通知");
  BOOST_TEST(engine.get_version(archivist(), "item", id, 1).fields["retention"] == "Y");

  BOOST_TEST(engine.remove(archivist(), "item", id, 2).record.deleted);
  BOOST_TEST(error_of([&] { engine.get(archivist(), "item", id); }).message_id() == "record.deleted");
  BOOST_TEST(!engine.find(archivist(), "item", id));
  BOOST_TEST(engine.list(archivist(), "item", {}).records.empty());
  BOOST_TEST(engine.count(archivist(), "item") == 0U);

  const auto history = history_of(engine, archivist(), "item", id);
  BOOST_TEST_REQUIRE(history.size() == 3U);
  BOOST_TEST(history[0].operation == "create");
  BOOST_TEST(history[1].operation == "update");
  BOOST_TEST_REQUIRE(history[1].differences.size() == 2U);
  BOOST_TEST(history[1].differences[0].field == "retention");
  BOOST_TEST(history[1].differences[0].before == "Y");
  BOOST_TEST(history[1].differences[0].after.is_null());
  BOOST_TEST(history[2].operation == "delete");
  BOOST_TEST(engine.get_version(archivist(), "item", id, 2).fields["title"] == "关于放假的补充通知");
}

BOOST_DATA_TEST_CASE(whoever_changes_what_has_changed_since_is_told, kBackends, backend) {
  Holdings holdings(backend);
  const auto item = holdings.add_item("通知");
  holdings.engine->update(archivist(), "item", item.id, 1, {{"title", "通知一"}});
  const auto error = error_of([&] { holdings.engine->update(archivist(), "item", item.id, 1, {{"title", "通知二"}}); });
  BOOST_TEST((error.code() == ErrorCode::conflict));
  BOOST_TEST(error.message_id() == "record.stale");
  BOOST_TEST(holdings.engine->get(archivist(), "item", item.id).fields["title"] == "通知一");
  holdings.engine->update(archivist(), "item", item.id, 0, {{"title", "通知三"}});
  BOOST_TEST(
      (error_of([&] { holdings.engine->remove(archivist(), "item", item.id, 2); }).code() == ErrorCode::conflict));
}

BOOST_AUTO_TEST_CASE(a_change_that_changes_nothing_makes_no_version) {
  Holdings holdings;
  const auto item = holdings.add_item("通知");
  const auto again = holdings.engine->update(archivist(), "item", item.id, 1, {{"title", "通知 "}});
  BOOST_TEST(again.record.version == 1U);
  BOOST_TEST(again.position == holdings.store->changes().last_position());
}

BOOST_AUTO_TEST_CASE(what_breaks_the_declaration_is_refused_field_by_field) {
  Holdings holdings;
  const auto before = holdings.store->changes().last_position();
  const auto error = error_of([&] {
    holdings.engine->create(archivist(), "item", {{"fiscal_year", "明年"}, {"no_such_field", 1}});
  });
  BOOST_TEST((error.code() == ErrorCode::invalid_argument));
  std::set<std::string> fields;
  for (const auto& problem : error.problems()) fields.insert(problem.field);
  BOOST_TEST((fields == std::set<std::string>{"fiscal_year", "no_such_field", "title"}));
  BOOST_TEST(holdings.store->changes().last_position() == before);
  BOOST_TEST((error_of([&] { holdings.engine->create(archivist(), "item", Json::array()); }).code() ==
              ErrorCode::invalid_argument));
  BOOST_TEST((error_of([&] { holdings.engine->create(archivist(), "no_type", {}); }).code() == ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(a_record_too_large_for_the_store_is_refused) {
  Holdings holdings;
  Json many = Json::array();
  for (int i = 1000; i < 2000; ++i) many.push_back(std::to_string(i) + std::string(290, 'x'));
  Json fields;
  for (const auto* field : {"responsible", "main_recipient", "copied"}) fields[field] = many;
  for (const auto* field : {"keywords", "persons"}) fields[field] = Json::array({"短"});
  holdings.add_item("大", {{"responsible", many}});
  for (auto& name : many)
    name = name.get<std::string>().substr(0, 20) + [] {
      std::string han;
      for (int i = 0; i < 270; ++i) han += "档";
      return han;
    }();
  fields["responsible"] = fields["copied"] = many;
  const auto error = error_of([&] { holdings.add_item("太大", fields); });
  BOOST_TEST(error.message_id() == "record.too_large");
}

BOOST_DATA_TEST_CASE(a_unique_value_is_given_once_and_again_after_deletion, kBackends, backend) {
  Holdings holdings(backend);
  const auto first = holdings.add("fonds", {{"code", "Z109"}, {"name", "某大学"}});
  const auto error = error_of([&] { holdings.add("fonds", {{"code", "Z109"}, {"name", "另一所"}}); });
  BOOST_TEST((error.code() == ErrorCode::already_exists));
  BOOST_TEST(error.arguments().at("field") == "code");
  holdings.engine->remove(chief(), "fonds", first.id, 1);
  const auto second = holdings.add("fonds", {{"code", "Z109"}, {"name", "另一所"}});
  BOOST_TEST(holdings.engine->find_by(reader(), "fonds", "code", "Z109").value().id == second.id);
  BOOST_TEST(!holdings.engine->find_by(reader(), "fonds", "code", "Z110"));
}

BOOST_DATA_TEST_CASE(of_many_who_want_one_unique_value_one_gets_it, kBackends, backend) {
  Holdings holdings(backend);
  std::atomic<int> made = 0, refused = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        try {
          holdings.add("fonds", {{"code", "Z1"}, {"name", "第" + std::to_string(i)}});
          ++made;
        } catch (const Error& error) {
          if (error.code() == ErrorCode::already_exists) ++refused;
        }
      });
    }
  }
  BOOST_TEST(made == 1);
  BOOST_TEST(refused == 7);
}

BOOST_DATA_TEST_CASE(the_same_request_sent_again_makes_no_second_record, kBackends, backend) {
  Holdings holdings(backend);
  auto& engine = *holdings.engine;
  const auto first = engine.create(archivist(), "item", {{"title", "通知"}}, {}, "key-1");
  const auto again = engine.create(archivist(), "item", {{"title", "通知"}}, {}, "key-1");
  BOOST_TEST(again.record.id == first.record.id);
  BOOST_TEST(engine.count(archivist(), "item") == 1U);
  const auto fonds = engine.create(archivist(), "fonds", {{"code", "Z1"}, {"name", "校"}}, {}, "key-2");
  BOOST_TEST(engine.create(archivist(), "fonds", {{"code", "Z1"}, {"name", "校"}}, {}, "key-2").record.id ==
             fonds.record.id);
  const auto error = error_of([&] { engine.create(archivist(), "item", {{"title", "另一份"}}, {}, "key-1"); });
  BOOST_TEST(error.message_id() == "record.idempotency_mismatch");
  const auto other = engine.create(chief(), "item", {{"title", "通知"}}, {}, "key-1");
  BOOST_TEST(other.record.id != first.record.id);
  engine.remove(archivist(), "item", first.record.id, 1);
  BOOST_TEST(engine.create(archivist(), "item", {{"title", "通知"}}, {}, "key-1").record.id == first.record.id);
}

BOOST_AUTO_TEST_CASE(every_write_leaves_a_change_and_an_audit_entry) {
  Holdings holdings;
  const auto item = holdings.add_item("通知", {{"persons", {"王小明"}}});
  const auto change = holdings.store->changes().read(holdings.store->changes().last_position() - 1, 1).at(0);
  BOOST_TEST(change.kind == "record");
  BOOST_TEST(change.subject == "item");
  BOOST_TEST(change.id == item.id);
  BOOST_TEST(change.version == 1U);
  BOOST_TEST(change.operation == "create");
  const auto entry = holdings.last_audit();
  BOOST_TEST(entry.actor == "archivist-2");
  BOOST_TEST(entry.action == "record.create");
  BOOST_TEST(entry.subject == "item/" + item.id);
  BOOST_TEST(entry.outcome == "ok");
  BOOST_TEST(entry.address == "10.0.0.7");
  BOOST_TEST(entry.detail.find("persons") != std::string::npos);
  BOOST_TEST(entry.detail.find("王小明") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_rule_may_fill_in_and_may_veto) {
  Holdings holdings;
  holdings.engine->add_rule("item", [](RuleContext& context) {
    if (context.after.deleted) throw Error(ErrorCode::failed_precondition, "held");
    if (!context.before) context.after.fields["catalogued_by"] = context.principal.name;
  });
  holdings.engine->add_rule("", [](RuleContext& context) {
    if (context.after.fields.value("title", "") == "禁") throw Error(ErrorCode::failed_precondition, "vetoed");
    context.transaction.enqueue({"notice", context.after.id, "{}"});
  });
  const auto item = holdings.add_item("通知");
  BOOST_TEST(item.fields["catalogued_by"] == "archivist-2");
  BOOST_TEST(holdings.store->outbox().pending(10).size() == 1U);
  BOOST_TEST((error_of([&] { holdings.add_item("禁"); }).code() == ErrorCode::failed_precondition));
  BOOST_TEST((error_of([&] { holdings.engine->remove(archivist(), "item", item.id, 1); }).code() ==
              ErrorCode::failed_precondition));
  BOOST_TEST(holdings.store->outbox().pending(10).size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_rule_fills_in_wrongly_is_refused_too) {
  Holdings holdings;
  holdings.engine->add_rule("item", [](RuleContext& context) { context.after.fields["fiscal_year"] = "去年"; });
  BOOST_TEST((error_of([&] { holdings.add_item("通知"); }).code() == ErrorCode::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
