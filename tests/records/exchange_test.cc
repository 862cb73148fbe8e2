#include <random>
#include <sstream>

#include "holdings.h"
#include "lantai/records/csv.h"
#include "lantai/records/record_export.h"
#include "lantai/records/record_import.h"

namespace lantai::records {
namespace {

std::vector<Draft> drafts_of_csv(const std::string& text, RowsRead* read = nullptr) {
  std::istringstream in(text);
  std::vector<Draft> out;
  const auto rows =
      read_csv(in, *shipped_schema(), "item", Json::object(), [&](Draft d) { out.push_back(std::move(d)); });
  if (read != nullptr) *read = rows;
  return out;
}

std::vector<Draft> drafts_of_lines(const std::string& text, const Json& defaults = Json::object()) {
  std::istringstream in(text);
  std::vector<Draft> out;
  read_json_lines(in, *shipped_schema(), "item", defaults, [&](Draft d) { out.push_back(std::move(d)); });
  return out;
}

std::vector<std::vector<std::string>> rows_of(const std::string& text) {
  std::istringstream in(text);
  CsvReader reader(in);
  std::vector<std::vector<std::string>> out;
  while (auto row = reader.next()) out.push_back(std::move(*row));
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exchange)

BOOST_AUTO_TEST_CASE(csv_is_read_as_rfc_4180_says_and_a_little_more_kindly) {
  using Rows = std::vector<std::vector<std::string>>;
  BOOST_TEST((rows_of("a,b\r\n1,\"x,\"\"y\"\"\r\nz\"\r\n") == Rows{{"a", "b"}, {"1", "x,\"y\"\r\nz"}}));
  BOOST_TEST((rows_of("\xEF\xBB\xBF题名\n通知") == Rows{{"题名"}, {"通知"}}));
  BOOST_TEST((rows_of("a,,\n") == Rows{{"a", "", ""}}));
  BOOST_TEST((rows_of("5\" disk,\n") == Rows{{"5\" disk", ""}}));
  BOOST_TEST((rows_of("") == Rows{}));
  BOOST_CHECK_THROW(rows_of("a,\"never closed\n1,2"), Error);
}

BOOST_AUTO_TEST_CASE(no_cell_is_run_as_a_formula_and_every_cell_comes_back) {
  for (const std::string text : {"=1+1", "+86", "-x", "@a", "\tb", "'=1", "''+", "'quoted'", "plain", ""}) {
    const auto safe = formula_safe(text);
    BOOST_TEST((safe.empty() || std::string("=+-@\t\r").find(safe[0]) == std::string::npos));
    BOOST_TEST(formula_plain(safe) == text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_exported_as_csv_can_be_read_back) {
  Holdings holdings;
  const Json fields{{"title", "=cmd|' /C calc'!A0"},       {"fiscal_year", 2021},           {"retention", "Y"},
                    {"responsible", {"教务处", "学生处"}}, {"notes", "一行\n\"两行\", 完"}, {"access_level", "public"}};
  const auto item = holdings.add_item(fields["title"], fields);
  for (const auto language : {std::optional<schema::Language>(), std::optional(schema::Language::zh_hans)}) {
    std::ostringstream out;
    BOOST_TEST(export_csv(*holdings.engine, archivist(), "item", out, {language}) == 1U);
    BOOST_TEST(out.str().starts_with(kByteOrderMark));
    BOOST_TEST(out.str().find(",=cmd") == std::string::npos);
    RowsRead read;
    const auto drafts = drafts_of_csv(out.str(), &read);
    BOOST_TEST_REQUIRE(drafts.size() == 1U);
    BOOST_TEST(drafts[0].problems.empty());
    BOOST_TEST(read.unknown_columns.empty());
    BOOST_TEST(drafts[0].fields == item.fields);
  }
}

BOOST_AUTO_TEST_CASE(what_is_exported_as_json_lines_can_be_read_back) {
  Holdings holdings;
  const auto file = holdings.stored("通知.txt", "x");
  holdings.engine->create(archivist(), "item", {{"title", "通知"}, {"keywords", {"放假"}}}, {file});
  std::ostringstream out;
  export_json_lines(*holdings.engine, archivist(), "item", out);
  const auto drafts = drafts_of_lines(out.str());
  BOOST_TEST_REQUIRE(drafts.size() == 1U);
  BOOST_TEST(drafts[0].problems.empty());
  BOOST_TEST(drafts[0].fields["keywords"] == Json::array({"放假"}));
  BOOST_TEST(drafts[0].files.at(0).at("sha256") == to_hex(file.digest));
}

BOOST_AUTO_TEST_CASE(an_export_holds_what_its_reader_may_see_and_needs_the_right) {
  Holdings holdings;
  holdings.add_item("公开", {{"access_level", "public"}});
  holdings.add_item("受限", {{"access_level", "restricted"}});
  std::ostringstream out;
  BOOST_TEST(export_json_lines(*holdings.engine, person("archivist", 1), "item", out) == 1U);
  BOOST_TEST(out.str().find("受限") == std::string::npos);
  BOOST_CHECK_THROW(export_csv(*holdings.engine, reader(), "item", out), Error);
  BOOST_TEST(holdings.last_audit().outcome == "denied");
}

BOOST_AUTO_TEST_CASE(each_row_is_judged_by_itself) {
  RowsRead read;
  const auto drafts = drafts_of_csv(
      "题名,年度,保管期限,文件名,年份外\n通知,2021,永久,a.pdf,\n,2021,,b.pdf,\n报告,去年,30年,,x\n", &read);
  BOOST_TEST_REQUIRE(drafts.size() == 3U);
  BOOST_TEST(read.rows == 3U);
  BOOST_TEST(read.good == 1U);
  BOOST_TEST((read.unknown_columns == std::vector<std::string>{"文件名", "年份外"}));
  BOOST_TEST(drafts[0].fields["retention"] == "Y");
  BOOST_TEST(drafts[0].fields["fiscal_year"] == 2021);
  BOOST_TEST(drafts[0].other.at("文件名") == "a.pdf");
  BOOST_TEST(drafts[1].line == 3U);
  BOOST_TEST(drafts[1].problems.at(0).rule == "field.required");
  BOOST_TEST(drafts[2].problems.at(0).field == "fiscal_year");
  BOOST_TEST((error_of([] { drafts_of_csv("题名,标题\na,b\n"); }).message_id() == "import.ambiguous_column"));
}

BOOST_AUTO_TEST_CASE(a_line_that_is_no_json_spoils_no_other) {
  const auto drafts = drafts_of_lines(
      "{\"fields\":{\"title\":\"甲\"},\"key\":\"k1\"}\n{oops\n\n[1]\n"
      "{\"type\":\"nothing\",\"fields\":{}}\n{\"fields\":{\"title\":\"乙\"}}",
      {{"source", "import"}});
  BOOST_TEST_REQUIRE(drafts.size() == 5U);
  BOOST_TEST(drafts[0].problems.empty());
  BOOST_TEST(drafts[0].key == "k1");
  BOOST_TEST(drafts[0].fields["source"] == "import");
  BOOST_TEST(drafts[1].problems.at(0).rule == "import.bad_json_line");
  BOOST_TEST(drafts[2].line == 4U);
  BOOST_TEST(drafts[3].problems.at(0).rule == "import.unknown_type");
  BOOST_TEST(drafts[4].fields["title"] == "乙");
}

BOOST_AUTO_TEST_CASE(every_term_is_read_back_as_the_same_code_in_every_language) {
  Holdings holdings;
  const auto& schema = *shipped_schema();
  const auto& codes = schema.find_vocabulary("class_code")->terms;
  for (const auto& term : codes) holdings.add_item(term.code, {{"class_code", term.code}});
  for (const auto& name : {"document_type", "retention", "secrecy", "language", "carrier"}) {
    for (const auto& term : schema.find_vocabulary(name)->terms) holdings.add_item(term.code, {{name, term.code}});
  }
  for (const auto language : {schema::Language::zh_hans, schema::Language::zh_hant, schema::Language::en}) {
    std::ostringstream out;
    CsvExportOptions options;
    options.language = language;
    export_csv(*holdings.engine, archivist(), "item", out, options);
    for (const auto& draft : drafts_of_csv(out.str())) {
      BOOST_TEST_REQUIRE(draft.problems.empty());
      const auto title = draft.fields["title"].get<std::string>();
      const bool kept = std::any_of(draft.fields.begin(), draft.fields.end(), [&](const auto& value) {
        return &value != &draft.fields["title"] && value == title;
      });
      BOOST_TEST(kept, title << " in " << schema::tag(language));
    }
  }
}

BOOST_AUTO_TEST_CASE(values_of_a_list_survive_whatever_they_hold) {
  const auto seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  const std::vector<std::string> pieces{"甲", "a", ";", "；", "\\", "\\\\", ",", "'", "=", "b"};
  Holdings holdings;
  std::map<std::string, Json> given;
  const auto add = [&](const Json& keywords) {
    const auto item = holdings.add_item("件" + std::to_string(given.size()), {{"keywords", keywords}});
    given[item.fields["title"]] = item.fields["keywords"];
    BOOST_TEST(item.fields["keywords"] == keywords);
  };
  for (const auto* one : {"甲;乙", "\\\\server\\share", "a\\;b", "end\\"}) add(Json::array({one, "乙"}));
  for (int round = 0; round < 200; ++round) {
    auto keywords = Json::array();
    for (std::size_t i = 0, count = 1 + random() % 3; i < count; ++i) {
      auto word = "k" + std::to_string(i);
      for (std::size_t n = random() % 5; n > 0; --n) word += pieces[random() % pieces.size()];
      keywords.push_back(word);
    }
    add(keywords);
  }
  std::ostringstream out;
  export_csv(*holdings.engine, archivist(), "item", out);
  for (const auto& draft : drafts_of_csv(out.str())) {
    const auto title = draft.fields["title"].get<std::string>();
    BOOST_TEST(draft.fields["keywords"] == given.at(title), given.at(title).dump() << " seed " << seed);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
