#include <algorithm>
#include <thread>

#include "holdings.h"

namespace lantai::records {
namespace {

Json elements() {
  return {{"fonds_code", "Z109"},
          {"class_code", "WS"},
          {"fiscal_year", 2011},
          {"retention", "永久"},
          {"organisation", "BGS"}};
}

std::string code(const Record& record) { return record.fields.value("reference_code", ""); }

}  // namespace

BOOST_AUTO_TEST_SUITE(numbering)

BOOST_DATA_TEST_CASE(an_item_with_all_elements_gets_the_next_code, kBackends, backend) {
  Holdings holdings(backend);
  BOOST_TEST(code(holdings.add_item("一", elements())) == "Z109-WS·2011·Y·BGS-0001");
  BOOST_TEST(code(holdings.add_item("二", elements())) == "Z109-WS·2011·Y·BGS-0002");
  auto other = elements();
  other["fiscal_year"] = 2012;
  BOOST_TEST(code(holdings.add_item("三", other)) == "Z109-WS·2012·Y·BGS-0001");
  auto incomplete = elements();
  incomplete.erase("retention");
  const auto later = holdings.add_item("四", incomplete);
  BOOST_TEST(code(later).empty());
  BOOST_TEST(code(holdings.engine->update(archivist(), "item", later.id, 1, {{"retention", "Y"}}).record) ==
             "Z109-WS·2011·Y·BGS-0003");
}

BOOST_DATA_TEST_CASE(many_threads_get_every_number_once, kBackends, backend) {
  Holdings holdings(backend);
  constexpr int kThreads = 12, kEach = 15;
  std::vector<std::vector<std::string>> codes(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : codes) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) mine.push_back(code(holdings.add_item("件", elements())));
      });
    }
  }
  std::set<std::string> all;
  for (const auto& mine : codes) all.insert(mine.begin(), mine.end());
  BOOST_TEST(all.size() == static_cast<std::size_t>(kThreads * kEach));
  const auto continuity = holdings.engine->continuity(archivist(), "item").scopes;
  BOOST_TEST_REQUIRE(continuity.size() == 1U);
  BOOST_TEST(continuity[0].scope == "Z109-WS·2011·Y·BGS");
  BOOST_TEST(continuity[0].highest == static_cast<std::uint64_t>(kThreads * kEach));
  BOOST_TEST(continuity[0].missing.empty());
}

BOOST_AUTO_TEST_CASE(a_given_code_is_read_tolerantly_and_kept_as_given) {
  Holdings holdings;
  auto& engine = *holdings.engine;
  const auto item = holdings.add_item("旧件", {{"reference_code", "ｚ109－WS•2011．Y·BGS—7"}});
  BOOST_TEST(code(item) == "Z109-WS·2011·Y·BGS-0007");
  BOOST_TEST(item.fields["reference_code_as_given"] == "ｚ109－WS•2011．Y·BGS—7");
  BOOST_TEST(item.fields["fiscal_year"] == 2011);
  BOOST_TEST(item.fields["retention"] == "Y");
  BOOST_TEST(engine.find_by(archivist(), "item", "reference_code", "Z109-WS.2011.Y.BGS-0007").value().id == item.id);
  const auto twice = error_of([&] { holdings.add_item("重号", {{"reference_code", "Z109-WS·2011·Y·BGS-7"}}); });
  BOOST_TEST((twice.code() == ErrorCode::already_exists));
  BOOST_TEST(code(holdings.add_item("新件", elements())) == "Z109-WS·2011·Y·BGS-0008");
  const auto old = holdings.add_item("老件", {{"reference_code", "旧字第3号"}});
  BOOST_TEST(code(old) == "旧字第3号");
}

BOOST_AUTO_TEST_CASE(an_old_code_stays_with_its_record_as_an_alias) {
  Holdings holdings;
  auto& engine = *holdings.engine;
  const auto item = holdings.add_item("件", elements());
  const auto moved =
      engine.update(archivist(), "item", item.id, 1, {{"reference_code", "Z109-WS·2011·Y·BGS-0009"}}).record;
  BOOST_TEST((moved.fields["former_codes"] == Json::array({"Z109-WS·2011·Y·BGS-0001"})));
  BOOST_TEST(engine.find_by(archivist(), "item", "reference_code", "Z109-WS·2011·Y·BGS-0001").value().id == item.id);
  BOOST_TEST((error_of([&] {
                holdings.add_item("冒名", {{"reference_code", "Z109-WS·2011·Y·BGS-0001"}});
              }).code() == ErrorCode::already_exists));
  const auto taken = error_of([&] { engine.update(archivist(), "item", item.id, 2, {{"reference_code", nullptr}}); });
  BOOST_TEST(taken.problems().at(0).rule == "record.code_fixed");
  const auto respelt = engine.update(archivist(), "item", item.id, 2, {{"reference_code", "Z109-WS.2011.Y.BGS-9"}});
  BOOST_TEST(respelt.record.version == 2U);
}

BOOST_AUTO_TEST_CASE(gaps_are_reported_and_a_deleted_number_is_not_given_again) {
  Holdings holdings;
  std::vector<Record> items;
  for (int i = 0; i < 3; ++i) items.push_back(holdings.add_item("件", elements()));
  auto far = elements();
  far["reference_code"] = "Z109-WS·2011·Y·BGS-0006";
  items.push_back(holdings.add_item("远", far));
  holdings.engine->remove(archivist(), "item", items[1].id, 1);
  holdings.engine->remove(archivist(), "item", items[3].id, 1);
  const auto continuity = holdings.engine->continuity(archivist(), "item").scopes;
  BOOST_TEST_REQUIRE(continuity.size() == 1U);
  BOOST_TEST(continuity[0].highest == 6U);
  BOOST_TEST(continuity[0].missing == (std::vector<std::uint64_t>{2, 4, 5, 6}), boost::test_tools::per_element());
  BOOST_TEST(continuity[0].missing_count == 4U);
  BOOST_TEST(code(holdings.add_item("新", elements())) == "Z109-WS·2011·Y·BGS-0007");
  BOOST_TEST(code(holdings.add_item("补", {{"reference_code", "Z109-WS·2011·Y·BGS-0006"}})) ==
             "Z109-WS·2011·Y·BGS-0006");
}

BOOST_AUTO_TEST_CASE(the_fonds_may_choose_another_template) {
  Holdings holdings;
  const auto fonds = holdings.add("fonds", {{"code", "Z109"}, {"name", "校"}, {"item_numbering", "filed_document"}});
  auto fields = elements();
  fields["fonds"] = fonds.id;
  BOOST_TEST(code(holdings.add_item("件", fields)) == "Z109-WS·2011-Y-BGS-0001");
}

BOOST_AUTO_TEST_CASE(codes_that_do_not_name_the_fonds_are_counted_within_each_fonds) {
  Holdings holdings;
  const auto volume = [&](const std::string& fonds) {
    const auto found = holdings.engine->find_by(archivist(), "fonds", "code", fonds);
    const auto id =
        found ? found->id
              : holdings.add("fonds", {{"code", fonds}, {"name", fonds}, {"volume_numbering", "university_volume"}}).id;
    return code(holdings.add("volume", {{"title", "卷"},
                                        {"fonds", id},
                                        {"fonds_code", fonds},
                                        {"fiscal_year", 1999},
                                        {"class_code", "DQ"},
                                        {"subclass", "14"}}));
  };
  BOOST_TEST(volume("A001") == "1999-DQ14-1");
  BOOST_TEST(volume("A001") == "1999-DQ14-2");
  BOOST_TEST(volume("B002") == "1999-DQ14-1");
  const auto continuity = holdings.engine->continuity(archivist(), "volume").scopes;
  BOOST_TEST_REQUIRE(continuity.size() == 2U);
  BOOST_TEST(continuity[0].scope == "A001 1999-DQ14");
  BOOST_TEST(continuity[0].highest == 2U);
  BOOST_TEST(continuity[1].scope == "B002 1999-DQ14");
  BOOST_TEST(continuity[1].missing.empty());
}

BOOST_DATA_TEST_CASE(of_many_writings_of_one_code_at_the_same_time_one_is_taken, kBackends, backend) {
  Holdings holdings(backend);
  const std::vector<std::string> writings{"Z109-WS·2011·Y·BGS-0007", "ｚ109－WS•2011．Y·BGS—7",
                                          "Z109-WS.2011.Y.BGS-007", "Z109-WS·2011·Y·BGS-7"};
  std::atomic<int> made = 0, refused = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 12; ++i) {
      threads.emplace_back([&, i] {
        const Json fields{{"title", "件"}, {"reference_code", writings[static_cast<std::size_t>(i) % writings.size()]}};
        try {
          holdings.engine->create(archivist(), "item", fields);
          ++made;
        } catch (const Error& error) {
          if (error.code() == ErrorCode::already_exists) ++refused;
        }
      });
    }
  }
  BOOST_TEST(made == 1);
  BOOST_TEST(refused == 11);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
