#include "holdings.h"

namespace lantai::records {

BOOST_AUTO_TEST_SUITE(files)

BOOST_DATA_TEST_CASE(component_files_have_versions_and_keep_their_bytes, kBackends, backend) {
  Holdings holdings(backend);
  auto& engine = *holdings.engine;
  const auto first = holdings.stored("通知.txt", "第一稿"), second = holdings.stored("通知.txt", "第二稿");
  const auto annex = holdings.stored("附件.txt", "名单");
  auto item = engine.create(archivist(), "item", {{"title", "通知"}}, {first}).record;
  item = engine.add_file(archivist(), "item", item.id, 1, second, 1).record;
  item = engine.add_file(archivist(), "item", item.id, 2, annex).record;
  BOOST_TEST_REQUIRE(item.files.size() == 2U);
  BOOST_TEST(item.files[0].versions.size() == 2U);
  BOOST_TEST(item.files[0].current().digest == second.digest);
  BOOST_TEST(item.files[1].number == 2U);

  item = engine.remove_file(archivist(), "item", item.id, 3, 2).record;
  BOOST_TEST(item.files[1].removed);
  item = engine.add_file(archivist(), "item", item.id, 4, annex).record;
  BOOST_TEST(item.files.at(2).number == 3U);
  const auto history = history_of(engine, archivist(), "item", item.id);
  BOOST_TEST(history.at(1).operation == "add_file");
  BOOST_TEST(history.at(3).operation == "remove_file");
  BOOST_TEST(history.at(3).differences.at(0).field == "files[2]");
  BOOST_TEST(history.at(3).differences.at(0).after.is_null());

  engine.remove(archivist(), "item", item.id, 5);
  holdings.store->blobs().collect(std::chrono::seconds(0));
  for (const auto& file : {first, second, annex}) BOOST_TEST(holdings.store->blobs().find(file.digest).has_value());
  BOOST_TEST(engine.get_version(archivist(), "item", item.id, 2).files.at(0).current().digest == second.digest);
}

BOOST_AUTO_TEST_CASE(a_role_is_one_of_the_vocabulary) {
  Holdings holdings;
  auto file = holdings.stored("a.txt", "文");
  file.role = "whatever";
  const auto error = error_of([&] { holdings.engine->create(archivist(), "item", {{"title", "件"}}, {file}); });
  BOOST_TEST_REQUIRE(error.problems().size() == 1U);
  BOOST_TEST(error.problems()[0].rule == "field.not_in_vocabulary");
  file.role = "附件";
  const auto item = holdings.engine->create(archivist(), "item", {{"title", "件"}}, {file}).record;
  BOOST_TEST(item.files.at(0).role == "attachment");
}

BOOST_AUTO_TEST_CASE(a_refused_record_owns_no_bytes) {
  Holdings holdings;
  const auto file = holdings.stored("a.txt", "无主");
  BOOST_CHECK_THROW(holdings.engine->create(archivist(), "item", {{"fiscal_year", 2020}}, {file}), Error);
  holdings.clock.advance_micros(1'000'000);
  holdings.store->blobs().collect(std::chrono::seconds(0));
  BOOST_TEST(!holdings.store->blobs().find(file.digest));
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_are_refused) {
  Holdings holdings;
  auto& engine = *holdings.engine;
  const auto file = holdings.stored("a.txt", "x");
  BOOST_TEST(error_of([&] {
               engine.create(archivist(), "fonds", {{"code", "A"}, {"name", "A"}}, {file});
             }).message_id() == "record.no_files");
  auto unknown = file;
  unknown.digest = Bytes(32, 9);
  BOOST_TEST(error_of([&] {
               engine.create(archivist(), "item", {{"title", "x"}}, {unknown});
             }).message_id() == "record.unknown_blob");
  const auto item = holdings.add_item("x");
  BOOST_TEST(error_of([&] { engine.add_file(archivist(), "item", item.id, 1, file, 7); }).message_id() ==
             "record.file_not_found");
  BOOST_TEST(error_of([&] { engine.remove_file(archivist(), "item", item.id, 1, 1); }).message_id() ==
             "record.file_not_found");
}

BOOST_AUTO_TEST_CASE(the_same_file_again_makes_no_version) {
  Holdings holdings;
  const auto file = holdings.stored("a.txt", "x");
  const auto item = holdings.engine->create(archivist(), "item", {{"title", "x"}}, {file}).record;
  BOOST_TEST(holdings.engine->add_file(archivist(), "item", item.id, 1, file, 1).record.version == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
