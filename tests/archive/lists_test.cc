#include <boost/test/unit_test.hpp>

#include "holdings.h"

using namespace lantai;
using namespace lantai::archive;
using namespace lantai::archive::test;

BOOST_AUTO_TEST_SUITE(tables_and_json_lines)

BOOST_AUTO_TEST_CASE(a_row_becomes_an_item_with_its_files) {
  Holdings holdings;
  holdings.folder.write("批复.txt", "同意");
  holdings.folder.write("附件.txt", "清单");
  const auto table = holdings.folder.write(
      "目录.csv", "题名,年度,保管期限,文件\n关于经费的批复,2021,永久,批复.txt；附件.txt\n没有文件的一件,2020,10年,\n");
  const auto imported = holdings.import({table});
  BOOST_TEST(imported.report.created == 2U);
  const auto record = holdings.record(imported.at("目录.csv#2").record);
  BOOST_TEST(record.fields.at("title") == "关于经费的批复");
  BOOST_TEST(record.fields.at("fiscal_year") == 2021);
  BOOST_TEST(record.fields.at("retention") == "Y");
  BOOST_REQUIRE(record.files.size() == 2U);
  BOOST_TEST(record.files[0].role == "main");
  BOOST_TEST(record.files[1].role == "attachment");
  BOOST_TEST(holdings.content(record.files[1].current()) == "清单");
  BOOST_TEST(holdings.import({table}).report.unchanged == 2U);
}

BOOST_AUTO_TEST_CASE(rows_that_are_not_understood_are_named_with_their_reason) {
  Holdings holdings;
  const auto table =
      holdings.folder.write("list.csv", "title,fiscal_year,file,颜色\nA,2021,missing.txt,红\nB,soon,,\nC,2020,,\n");
  ImportOptions options;
  options.dry_run = true;
  options.language = schema::Language::en;
  for (const bool dry_run : {true, false}) {
    options.dry_run = dry_run;
    const auto imported = holdings.import({table}, options);
    BOOST_TEST(imported.at("list.csv#2").error_code == "import.no_such_file");
    BOOST_TEST(imported.at("list.csv#2").error.find("Row 2") == 0U);
    BOOST_TEST(imported.at("list.csv#2").error.find("missing.txt") != std::string::npos);
    BOOST_TEST((imported.at("list.csv#3").status == ImportStatus::failed));
    BOOST_TEST(imported.at("list.csv#1").error_code == "import.unknown_column");
    BOOST_TEST((imported.at("list.csv#4").status == (dry_run ? ImportStatus::planned : ImportStatus::created)));
  }
}

BOOST_AUTO_TEST_CASE(a_dry_run_knows_the_records_that_rows_further_up_would_make_and_no_others) {
  Holdings holdings;
  const auto list = holdings.folder.write(
      "list.jsonl",
      "{\"type\":\"department\",\"fields\":{\"name\":\"教务处\"}}\n"
      "{\"type\":\"item\",\"fields\":{\"title\":\"甲\",\"fiscal_year\":2020,\"department\":\"教务处\"}}\n"
      "{\"type\":\"item\",\"fields\":{\"title\":\"乙\",\"fiscal_year\":2020,\"department\":\"没有的处\"}}\n");
  ImportOptions options;
  for (const bool dry_run : {true, false}) {
    options.dry_run = dry_run;
    const auto imported = holdings.import({list}, options);
    BOOST_TEST((imported.at("list.jsonl#2").status == (dry_run ? ImportStatus::planned : ImportStatus::created)));
    BOOST_TEST((imported.at("list.jsonl#3").status == ImportStatus::failed));
  }
}

BOOST_AUTO_TEST_CASE(a_list_with_columns_that_would_be_lost_is_an_item_itself) {
  Holdings holdings;
  const std::string content = "序号,标题,日期,经办人,金额\n1,购置投影仪,2019-03-01,张三,4200\n";
  const auto table = holdings.folder.write("报销登记.csv", content);
  ImportOptions options;
  options.dry_run = true;
  const auto planned = holdings.import({table}, options);
  BOOST_TEST(planned.report.planned == 1U);
  BOOST_TEST(planned.at("报销登记.csv#1").error_code == "import.list_kept_whole");
  BOOST_TEST(planned.at("报销登记.csv#1").error.find("经办人、金额") != std::string::npos);
  const auto imported = holdings.import({table});
  BOOST_TEST(imported.report.created == 1U);
  BOOST_TEST(holdings.content(holdings.record(imported.at("报销登记.csv").record).files.at(0).current()) == content);
}

BOOST_AUTO_TEST_CASE(a_list_whose_columns_are_all_understood_needs_no_files) {
  Holdings holdings;
  const auto imported =
      holdings.import({holdings.folder.write("目录.csv", "序号,题名,年度\n1,第一件,2019\n2,第二件,2020\n")});
  BOOST_TEST(imported.report.created == 2U);
  BOOST_TEST(holdings.record(imported.at("目录.csv#2").record).fields.at("title") == "第一件");
}

BOOST_AUTO_TEST_CASE(a_gbk_name_that_is_also_utf8_is_read_as_gbk) {
  Holdings holdings;
  holdings.folder.write("in/\xCD\xA8\xD6\xAA.txt", "x");
  holdings.folder.write("in/Привет.txt", "y");
  holdings.folder.write("in/Re\xCC\x81sume\xCC\x81.txt", "w");
  holdings.folder.write("in/通知.txt", "z");
  std::multiset<std::string> titles;
  for (const auto& file : holdings.import({holdings.folder.path() / "in"}).files)
    titles.insert(holdings.record(file.record).fields.at("title"));
  BOOST_TEST(titles.count("通知") == 2U);
  BOOST_TEST(titles.count("Привет") == 1U);
  BOOST_TEST(titles.count("Re\xCC\x81sume\xCC\x81") + titles.count("Résumé") == 1U);
}

BOOST_AUTO_TEST_CASE(of_many_tables_in_a_folder_each_list_brings_its_own_files_and_the_others_are_papers) {
  Holdings holdings;
  for (int i = 0; i < 40; ++i) {
    const std::string number = std::to_string(i), first = "a" + number + ".txt", second = "b" + number + ".txt";
    holdings.folder.write("papers/" + first, "first " + number);
    holdings.folder.write("papers/" + second, "second " + number);
    holdings.folder.write("papers/list" + number + ".csv",
                          "题名,文件名\n甲" + number + "," + first + "\n乙" + number + "," + second + "\n");
    holdings.folder.write("papers/scores" + number + ".csv", "姓名,分数\n甲," + number + "\n");
  }
  const auto imported = holdings.import({holdings.folder.path() / "papers"});
  BOOST_TEST(imported.report.created == 120U);  // two rows of each list, and the scores
  BOOST_TEST(imported.report.failed == 0U);
  std::map<std::string, int> titles;
  for (const auto& file : imported.files)
    if (!file.record.empty()) ++titles[holdings.record(file.record).fields.value("title", std::string())];
  for (int i = 0; i < 40; ++i) {
    BOOST_TEST(titles["甲" + std::to_string(i)] == 1);
    BOOST_TEST(titles["乙" + std::to_string(i)] == 1);
  }
}

BOOST_AUTO_TEST_CASE(files_of_a_table_in_a_folder_are_not_taken_twice) {
  Holdings holdings;
  holdings.folder.write("papers/1.txt", "one");
  holdings.folder.write("papers/2.txt", "two");
  holdings.folder.write("papers/loose.txt", "three");
  holdings.folder.write("papers/目录.csv", "题名,文件名\n第一件,1.txt\n第二件,2.txt\n");
  holdings.folder.write("papers/scores.csv", "姓名,分数\n甲,90\n");
  const auto imported = holdings.import({holdings.folder.path() / "papers"});
  BOOST_TEST(imported.report.created == 4U);
  BOOST_TEST(holdings.record(imported.at("目录.csv#2").record).fields.at("title") == "第一件");
  BOOST_TEST(holdings.record(imported.at("scores.csv").record).fields.at("title") == "scores");
}

BOOST_AUTO_TEST_CASE(json_lines_bring_records_of_any_type_with_texts_and_files) {
  Holdings holdings;
  holdings.folder.write("files/a.txt", "scan");
  const auto lines = holdings.folder.write(
      "holdings.jsonl", R"({"type":"fonds","key":"f","fields":{"code":"Z109","name":"实验学校"}})"
                        "\n"
                        R"({"type":"department","key":"d","fields":{"code":"JWC","name":"教务处"}})"
                        "\n\n"
                        R"({"type":"item","fields":{"title":"课表","fonds":"Z109","department":"教务处"},)"
                        R"("files":[{"name":"正文.txt","text":"星期一"},{"path":"files/a.txt"}]})"
                        "\n"
                        "not json\n"
                        R"({"type":"spaceship","fields":{}})"
                        "\n"
                        R"({"type":"item","fields":{"title":"x","colour":"red"}})"
                        "\n");
  const auto imported = holdings.import({lines});
  BOOST_TEST(imported.report.created == 3U);
  BOOST_TEST(imported.report.failed == 3U);
  const auto item = holdings.record(imported.at("#4").record);
  BOOST_TEST("fonds/" + item.fields.at("fonds").get<std::string>() == imported.at("#1").record);
  BOOST_TEST("department/" + item.fields.at("department").get<std::string>() == imported.at("#2").record);
  BOOST_TEST(holdings.content(item.files.at(0).current()) == "星期一");
  BOOST_TEST(item.files.at(1).current().name == "a.txt");
  BOOST_TEST(imported.at("#5").error_code == "import.bad_json_line");
  BOOST_TEST(imported.at("#6").error_code == "import.unknown_type");
  BOOST_TEST(imported.at("#7").error.find("colour") != std::string::npos);
  BOOST_TEST(holdings.import({lines}).report.unchanged == 3U);
}

BOOST_AUTO_TEST_CASE(a_changed_line_with_a_key_updates_its_record) {
  Holdings holdings;
  const auto write = [&](const std::string& title, const std::string& text) {
    return holdings.folder.write("a.jsonl", R"({"key":"1","fields":{"title":")" + title +
                                                R"("},"files":[{"name":"t.txt","text":")" + text + R"("}]})");
  };
  const auto first = holdings.import({write("旧", "old")});
  const auto second = holdings.import({write("新", "new")});
  BOOST_TEST((second.files.at(0).status == ImportStatus::updated));
  BOOST_TEST(second.files.at(0).record == first.files.at(0).record);
  const auto record = holdings.record(first.files.at(0).record);
  BOOST_TEST(record.fields.at("title") == "新");
  BOOST_REQUIRE(record.files.size() == 1U);
  BOOST_TEST(holdings.content(record.files[0].current()) == "new");
  BOOST_TEST((holdings.import({write("新", "new")}).files.at(0).status == ImportStatus::unchanged));
}

BOOST_AUTO_TEST_CASE(equal_lines_without_a_key_are_records_of_their_own_and_known_again) {
  Holdings holdings;
  const std::string line = R"({"fields":{"title":"同"}})";
  const auto path = holdings.folder.write("a.jsonl", line + "\n" + line + "\n");
  BOOST_TEST(holdings.import({path}).report.created == 2U);
  BOOST_TEST(holdings.import({path}).report.unchanged == 2U);
  BOOST_TEST(holdings.engine.count(holdings.who, "item") == 2U);
}

BOOST_AUTO_TEST_CASE(a_row_that_was_sent_cannot_name_a_file_outside) {
  Holdings holdings;
  holdings.folder.write("secret.txt", "secret");
  const auto lines =
      holdings.folder.write("sent/a.jsonl", R"({"fields":{"title":"x"},"files":[{"path":"../secret.txt"}]})");
  ImportOptions options;
  options.root = holdings.folder.path() / "sent";
  const auto imported = holdings.import({lines}, options);
  BOOST_TEST(imported.files.at(0).error_code == "import.unsafe_path");
  BOOST_TEST(imported.files.at(0).path == "a.jsonl#1");
}

BOOST_AUTO_TEST_SUITE_END()
