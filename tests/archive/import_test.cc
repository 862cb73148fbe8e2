#include <boost/test/unit_test.hpp>

#include "holdings.h"

using namespace lantai;
using namespace lantai::archive;
using namespace lantai::archive::test;

BOOST_AUTO_TEST_SUITE(files_folders_and_archives)

BOOST_AUTO_TEST_CASE(a_folder_becomes_one_item_a_file_in_order_of_names) {
  Holdings holdings;
  holdings.folder.write("papers/b/关于放假的通知.txt", "放假");
  holdings.folder.write("papers/a.txt", "first");
  holdings.folder.write("papers/c.txt", "third");
  const auto imported = holdings.import({holdings.folder.path() / "papers"});
  BOOST_TEST(imported.report.created == 3U);
  BOOST_REQUIRE(imported.files.size() == 3U);
  BOOST_TEST(imported.files[0].path == (holdings.folder.path() / "papers/a.txt").string());
  BOOST_TEST(imported.files[1].path == (holdings.folder.path() / "papers/b/关于放假的通知.txt").string());
  const auto record = holdings.record(imported.files[1].record);
  BOOST_TEST(record.fields.at("title") == "关于放假的通知");
  BOOST_TEST(record.fields.at("source") == "import");
  BOOST_TEST(holdings.content(record.files.at(0).current()) == "放假");
  BOOST_TEST(record.files.at(0).current().media_type == "text/plain");
  BOOST_TEST(imported.report.last_position > 0U);
}

BOOST_AUTO_TEST_CASE(a_second_run_changes_nothing) {
  Holdings holdings;
  for (int i = 0; i < 40; ++i) holdings.folder.write("papers/" + std::to_string(i) + ".txt", "same");
  const auto first = holdings.import({holdings.folder.path() / "papers"});
  const auto before = holdings.store->changes().last_position();
  const auto second = holdings.import({holdings.folder.path() / "papers"});
  BOOST_TEST(first.report.created == 40U);
  BOOST_TEST(second.report.unchanged == 40U);
  BOOST_TEST(holdings.store->changes().last_position() == before);
  BOOST_TEST(second.files[7].record == first.files[7].record);
}

BOOST_AUTO_TEST_CASE(a_changed_file_becomes_a_new_version_of_its_item) {
  Holdings holdings;
  const auto path = holdings.folder.write("minutes.txt", "draft");
  const auto first = holdings.import({path});
  holdings.folder.write("minutes.txt", "final");
  const auto second = holdings.import({path});
  BOOST_TEST((second.files.at(0).status == ImportStatus::updated));
  BOOST_TEST(second.files.at(0).record == first.files.at(0).record);
  const auto record = holdings.record(first.files.at(0).record);
  BOOST_REQUIRE(record.files.size() == 1U);
  BOOST_REQUIRE(record.files[0].versions.size() == 2U);
  BOOST_TEST(holdings.content(record.files[0].versions[0]) == "draft");
  BOOST_TEST(holdings.content(record.files[0].current()) == "final");
}

BOOST_AUTO_TEST_CASE(an_import_that_was_killed_before_it_remembered_makes_no_duplicates) {
  Holdings holdings;
  for (int i = 0; i < 20; ++i) holdings.folder.write("papers/" + std::to_string(i) + ".txt", std::to_string(i));
  const auto first = holdings.import({holdings.folder.path() / "papers"});
  // As if killed between the records' commits and that of what the sources became.
  holdings.store->run_transaction([](storage::Transaction& transaction) {
    for (const auto& entry : transaction.scan(storage::KeySpace::imports, {{}, {}, 1000}).entries) {
      transaction.erase(storage::KeySpace::imports, entry.key);
    }
  });
  const auto second = holdings.import({holdings.folder.path() / "papers"});
  BOOST_TEST(holdings.engine.count(holdings.who, "item") == 20U);
  BOOST_TEST(second.files[3].record == first.files[3].record);
}

BOOST_AUTO_TEST_CASE(a_stopped_import_is_finished_by_the_next) {
  Holdings holdings;
  for (int i = 0; i < 300; ++i) holdings.folder.write("papers/" + std::to_string(i) + ".txt", std::to_string(i));
  std::size_t seen = 0;
  const auto report = holdings.imports.run(
      holdings.who, {holdings.folder.path() / "papers"}, {}, [&](const ImportedFile&) { ++seen; },
      [&] { return seen >= 5; });
  BOOST_TEST(report.stopped);
  holdings.import({holdings.folder.path() / "papers"});
  BOOST_TEST(holdings.engine.count(holdings.who, "item") == 300U);
}

BOOST_AUTO_TEST_CASE(the_same_folder_in_another_place_is_known_again) {
  Holdings holdings;
  holdings.folder.write("here/papers/a.txt", "one");
  holdings.folder.write("there/papers/a.txt", "one");
  holdings.import({holdings.folder.path() / "here/papers"});
  const auto moved = holdings.import({holdings.folder.path() / "there/papers"});
  BOOST_TEST((moved.files.at(0).status == ImportStatus::unchanged));
}

BOOST_AUTO_TEST_CASE(hidden_files_and_links_are_passed_over_and_said_so) {
  Holdings holdings;
  holdings.folder.write("papers/a.txt", "one");
  holdings.folder.write("papers/.hidden", "two");
  holdings.folder.write("papers/~$report.docx", "three");
  fs::create_symlink("a.txt", holdings.folder.path() / "papers/link.txt");
  const auto imported = holdings.import({holdings.folder.path() / "papers"});
  BOOST_TEST(imported.report.created == 1U);
  BOOST_TEST(imported.report.skipped == 3U);
  BOOST_TEST(imported.at(".hidden").error_code == "import.hidden");
  BOOST_TEST(imported.at("link.txt").error_code == "import.symbolic_link");
  BOOST_TEST(!imported.at("link.txt").error.empty());
}

BOOST_AUTO_TEST_CASE(a_name_in_gb18030_is_decoded_and_its_bytes_are_kept) {
  Holdings holdings;
  const std::string raw = "\xb9\xd8\xd3\xda\xcd\xa8\xd6\xaa.txt";  // 关于通知
  holdings.folder.write("papers/" + raw, "text");
  const auto imported = holdings.import({holdings.folder.path() / "papers"});
  const auto record = holdings.record(imported.files.at(0).record);
  BOOST_TEST(record.fields.at("title") == "关于通知");
  BOOST_TEST(record.files.at(0).current().name == "关于通知.txt");
  BOOST_TEST((record.files.at(0).current().raw_name == to_bytes(raw)));
}

BOOST_AUTO_TEST_CASE(a_named_archive_is_taken_apart_and_one_in_a_folder_is_kept_whole) {
  Holdings holdings;
  const std::string packed = "PK\x03\x04\n通知/一.txt=one\n__MACOSX/x=no\n二.txt=two";
  const auto archive = holdings.folder.write("box.zip", packed);
  holdings.folder.write("folder/box.zip", packed);
  const auto apart = holdings.import({archive});
  BOOST_TEST(apart.report.created == 2U);
  BOOST_TEST(apart.at("box.zip!/__MACOSX/x").error_code == "import.hidden");
  const auto record = holdings.record(apart.at("box.zip!/通知/一.txt").record);
  BOOST_TEST(record.fields.at("title") == "一");
  BOOST_TEST(holdings.content(record.files.at(0).current()) == "one");
  const auto whole = holdings.import({holdings.folder.path() / "folder"});
  BOOST_TEST(whole.report.created == 1U);
  BOOST_TEST(holdings.import({archive}).report.unchanged == 2U);
}

BOOST_AUTO_TEST_CASE(an_archive_that_cannot_be_opened_is_kept_as_it_came) {
  Holdings holdings;
  const auto imported = holdings.import({holdings.folder.write("broken.zip", "PK\x03\x04\nno member")});
  BOOST_TEST(imported.report.created == 1U);
  BOOST_TEST(holdings.record(imported.files.at(0).record).fields.at("title") == "broken");
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_reported_and_stops_nothing) {
  Holdings holdings;
  const auto imported = holdings.import({holdings.folder.path() / "nowhere", holdings.folder.write("a.txt", "one")});
  BOOST_TEST(imported.report.failed == 1U);
  BOOST_TEST(imported.report.created == 1U);
  BOOST_TEST(imported.files.at(0).error_code == "import.no_such_path");
}

BOOST_AUTO_TEST_CASE(a_dry_run_says_what_would_happen_and_stores_nothing) {
  Holdings holdings;
  holdings.folder.write("papers/a.txt", "one");
  ImportOptions options;
  options.dry_run = true;
  const auto imported = holdings.import({holdings.folder.path() / "papers"}, options);
  BOOST_TEST(imported.report.planned == 1U);
  BOOST_TEST(holdings.store->changes().last_position() == 0U);
}

BOOST_AUTO_TEST_CASE(who_may_not_create_records_may_not_import) {
  Holdings holdings;
  holdings.who = {};
  holdings.who.id = "guest";
  holdings.who.roles = {"reader"};
  BOOST_CHECK_EXCEPTION(holdings.import({holdings.folder.path()}), Error,
                        [](const Error& error) { return error.code() == ErrorCode::permission_denied; });
}

BOOST_AUTO_TEST_CASE(an_item_that_was_deleted_comes_back_when_it_is_imported_again) {
  Holdings holdings;
  const auto path = holdings.folder.write("a.txt", "one");
  const auto first = holdings.import({path});
  const auto id = first.files.at(0).record.substr(5);
  holdings.engine.remove(holdings.who, "item", id, 0);
  const auto again = holdings.import({path});
  BOOST_TEST((again.files.at(0).status == ImportStatus::created));
  BOOST_TEST(again.files.at(0).record != first.files.at(0).record);
  BOOST_TEST(holdings.import({path}).report.unchanged == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
