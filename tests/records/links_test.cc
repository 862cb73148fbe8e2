#include <atomic>
#include <thread>

#include "holdings.h"

namespace lantai::records {

BOOST_AUTO_TEST_SUITE(links)

BOOST_DATA_TEST_CASE(a_link_needs_its_target_and_keeps_it, kBackends, backend) {
  Holdings holdings(backend);
  auto& engine = *holdings.engine;
  const auto missing = error_of([&] { holdings.add_item("x", {{"fonds", make_id({1})}}); });
  BOOST_TEST_REQUIRE(missing.problems().size() == 1U);
  BOOST_TEST(missing.problems()[0].field == "fonds");
  BOOST_TEST(missing.problems()[0].rule == "field.no_such_record");

  const auto fonds = holdings.add("fonds", {{"code", "Z1"}, {"name", "某校"}});
  const auto item = holdings.add_item("任免通知", {{"fonds", fonds.id}});
  const auto error = error_of([&] { engine.remove(chief(), "fonds", fonds.id, 1); });
  BOOST_TEST((error.code() == ErrorCode::failed_precondition));
  BOOST_TEST(error.message_id() == "record.in_use");
  BOOST_TEST(error.arguments().at("records").find("任免通知") != std::string::npos);

  engine.update(archivist(), "item", item.id, 1, {{"fonds", nullptr}});
  engine.remove(chief(), "fonds", fonds.id, 1);
  BOOST_TEST((error_of([&] {
                engine.update(archivist(), "item", item.id, 0, {{"fonds", fonds.id}});
              }).code() == ErrorCode::invalid_argument));
}

BOOST_AUTO_TEST_CASE(a_refusal_to_delete_names_only_what_the_caller_may_see) {
  Holdings holdings;
  const auto department = holdings.add("department", {{"name", "人事处"}});
  holdings.add_item("机密任免", {{"department", department.id}, {"access_level", "restricted"}});
  const auto error =
      error_of([&] { holdings.engine->remove(with_clearance(chief(), 0), "department", department.id, 1); });
  BOOST_TEST(error.message_id() == "record.in_use");
  BOOST_TEST(error.arguments().at("records").empty());
}

BOOST_AUTO_TEST_CASE(a_deleted_record_holds_nothing_back) {
  Holdings holdings;
  const auto fonds = holdings.add("fonds", {{"code", "Z1"}, {"name", "某校"}});
  const auto item = holdings.add_item("x", {{"fonds", fonds.id}});
  holdings.engine->remove(archivist(), "item", item.id, 1);
  holdings.engine->remove(chief(), "fonds", fonds.id, 1);
  BOOST_TEST(!holdings.engine->find(reader(), "fonds", fonds.id));
}

BOOST_AUTO_TEST_CASE(nothing_becomes_its_own_ancestor) {
  Holdings holdings;
  auto& engine = *holdings.engine;
  const auto top = holdings.add("department", {{"name", "校"}});
  const auto middle = holdings.add("department", {{"name", "院"}, {"parent", top.id}});
  const auto low = holdings.add("department", {{"name", "系"}, {"parent", middle.id}});
  const auto error = error_of([&] { engine.update(chief(), "department", top.id, 1, {{"parent", low.id}}); });
  BOOST_TEST_REQUIRE(error.problems().size() == 1U);
  BOOST_TEST(error.problems()[0].rule == "field.cycle");
  BOOST_TEST((error_of([&] {
                engine.update(chief(), "department", low.id, 1, {{"parent", low.id}});
              }).code() == ErrorCode::invalid_argument));
}

// However linking and deleting fall together, no live record links to a deleted one.
BOOST_DATA_TEST_CASE(linking_and_deleting_at_the_same_time_leave_no_dangling_link, kBackends, backend) {
  Holdings holdings(backend);
  auto& engine = *holdings.engine;
  for (int round = 0; round < 20; ++round) {
    const auto fonds = holdings.add("fonds", {{"code", "Z" + std::to_string(round)}, {"name", "校"}});
    std::atomic<int> linked = 0;
    std::atomic<bool> deleted = false;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
          try {
            engine.create(archivist(), "item", {{"title", "x"}, {"fonds", fonds.id}});
            ++linked;
          } catch (const Error& error) {
            if (error.code() != ErrorCode::invalid_argument) throw;
          }
        });
      }
      threads.emplace_back([&] {
        try {
          engine.remove(chief(), "fonds", fonds.id, 0);
          deleted = true;
        } catch (const Error& error) {
          if (error.code() != ErrorCode::failed_precondition) throw;
        }
      });
    }
    BOOST_TEST((deleted ? linked == 0 : linked > 0));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
