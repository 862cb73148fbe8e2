#include <boost/test/unit_test.hpp>

#include "holdings.h"
#include "lantai/archive/rename_announcer.h"

using namespace lantai;
using namespace lantai::archive;
using namespace lantai::archive::test;

namespace {

struct RenamingOffice : Holdings {
  std::unique_ptr<RenameAnnouncer> announcer;
  void start() {
    announcer.reset();
    announcer = RenameAnnouncer::start(*store, engine, clock);
  }

  std::string make(const std::string& type, const schema::Json& fields) {
    return engine.create(who, type, fields).record.id;
  }
  void rename(const std::string& department, const std::string& name) {
    engine.update(who, "department", department, 0, {{"name", name}});
  }
  // Ids of the records that were announced, in order.
  std::vector<std::string> announced() {
    BOOST_REQUIRE(announcer->wait_until(store->changes().last_position(), soon()) > 0U);
    std::vector<std::string> ids;
    for (const auto& change : store->changes().read(0, 100'000)) {
      if (change.kind == "rename") ids.push_back(change.subject + "/" + change.id);
    }
    return ids;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(rename_announcer)

BOOST_AUTO_TEST_CASE(whoever_links_to_a_renamed_record_is_announced_and_nobody_else) {
  RenamingOffice office;
  office.start();
  const auto teaching = office.make("department", {{"name", "教务处"}});
  const auto other = office.make("department", {{"name", "总务处"}});
  const auto item = office.make("item", {{"title", "甲"}, {"department", teaching}});
  office.make("item", {{"title", "乙"}, {"department", other}});
  const auto below = office.make("department", {{"name", "教材科"}, {"parent", teaching}});
  BOOST_TEST(office.announced().empty());
  office.rename(teaching, "教学事务部");
  auto announced = office.announced();
  std::sort(announced.begin(), announced.end());
  BOOST_TEST(announced == (std::vector<std::string>{"department/" + below, "item/" + item}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_change_that_leaves_the_name_announces_nobody) {
  RenamingOffice office;
  office.start();
  const auto department = office.make("department", {{"name", "教务处"}});
  office.make("item", {{"title", "甲"}, {"department", department}});
  const auto item = office.make("item", {{"title", "乙"}});
  office.engine.update(office.who, "department", department, 0, {{"notes", "三楼"}});
  office.engine.update(office.who, "item", item, 0, {{"title", "丙"}});
  BOOST_TEST(office.announced().empty());
}

BOOST_AUTO_TEST_CASE(whoever_links_to_a_record_of_another_level_now_is_announced) {
  RenamingOffice office;
  office.start();
  const auto volume = office.make("volume", {{"title", "案卷"}, {"access_level", "public"}});
  const auto item = office.make("item", {{"title", "甲"}, {"volume", volume}});
  BOOST_TEST(office.announced().empty());
  office.engine.update(office.who, "volume", volume, 0, {{"access_level", "restricted"}});
  BOOST_TEST(office.announced() == std::vector<std::string>{"item/" + item}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(more_than_one_batch_is_announced_whole_and_once_however_often_it_starts) {
  RenamingOffice office;
  const auto department = office.make("department", {{"name", "教务处"}});
  const std::size_t count = RenameAnnouncer::kBatch * 2 + 7;
  std::set<std::string> items;
  for (std::size_t i = 0; i < count; ++i) {
    items.insert("item/" + office.make("item", {{"title", std::to_string(i)}, {"department", department}}));
  }
  office.rename(department, "教学事务部");
  office.start();
  office.announced();
  office.start();
  const auto announced = office.announced();
  BOOST_TEST(announced.size() == count);
  BOOST_TEST((std::set<std::string>(announced.begin(), announced.end()) == items));
}

BOOST_AUTO_TEST_CASE(stopped_at_any_moment_it_goes_on_and_forgets_nobody) {
  RenamingOffice office;
  std::vector<std::string> departments;
  std::set<std::string> items;
  for (int d = 0; d < 5; ++d) departments.push_back(office.make("department", {{"name", "科室" + std::to_string(d)}}));
  for (int i = 0; i < 1500; ++i) {
    items.insert("item/" + office.make("item", {{"title", std::to_string(i)}, {"department", departments[i % 5]}}));
  }
  for (int d = 0; d < 5; ++d) office.rename(departments[d], "新科室" + std::to_string(d));
  for (int round = 0; round < 20; ++round) {
    office.start();  // stops the one before, wherever it is
  }
  const auto announced = office.announced();
  BOOST_TEST((std::set<std::string>(announced.begin(), announced.end()) == items));
}

BOOST_AUTO_TEST_SUITE_END()
