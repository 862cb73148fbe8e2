#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "lantai/schema/form_state.h"

using namespace lantai;
using namespace lantai::schema;

namespace {

std::vector<FieldProblem> check(Json& fields, const char* type = "item") {
  return validate(*shipped(), shipped()->type(type), fields);
}

// The rules broken, as `field rule` in one line.
std::string broken(Json fields, const char* type = "item") {
  std::string result;
  for (const auto& problem : check(fields, type))
    result += (result.empty() ? "" : ", ") + problem.field + " " + problem.rule;
  return result;
}

Json normal(Json fields, const char* type = "item") {
  const auto problems = check(fields, type);
  BOOST_TEST(problems.empty(), (problems.empty() ? "" : problems[0].field + " " + problems[0].rule));
  return fields;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(validation)

BOOST_AUTO_TEST_CASE(a_bare_file_name_is_enough_for_an_item) {
  const auto fields = normal({{"title", "扫描件001"}});
  BOOST_TEST(fields["source"] == "manual");
  // What nothing is said of has the level of what it lies in; the default holds where that says nothing, either.
  BOOST_TEST(!fields.contains("access_level"));
}

BOOST_AUTO_TEST_CASE(a_missing_title_is_named) {
  BOOST_TEST(broken(Json::object()) == "title field.required");
  BOOST_TEST(broken({{"title", " 　 "}}) == "title field.required");
}

BOOST_AUTO_TEST_CASE(a_form_hides_what_does_not_apply_and_marks_what_must_be_there) {
  const auto schema = Schema::parse({{"types/key.yaml", R"(
type: key
label: [钥匙, 鑰匙, Key]
plural: [钥匙, 鑰匙, Keys]
title_field: name
fields:
  name: {label: [名称, 名稱, Name], required: true, max: 40}
  lent: {label: [已借出, 已借出, Lent], kind: boolean}
  holder: {label: [借用人, 借用人, Holder], max: 40, required_if: lent, visible_if: lent}
  checks:
    label: [检查, 檢查, Checks]
    kind: table
    columns:
      count: {label: [数量, 數量, Count], kind: integer}
      reason: {label: [说明, 說明, Reason], max: 40, required_if: count < 1}
)"}});
  const auto state = [&](Json fields) {
    validate(*schema, schema->type("key"), fields);
    const auto found = form_state(schema->type("key"), fields);
    return Json{{"hidden", found.hidden}, {"required", found.required}};
  };
  BOOST_TEST(state(Json::object()) == Json::parse(R"({"hidden":["holder"],"required":["name"]})"));
  BOOST_TEST(state({{"lent", "是"}}) == Json::parse(R"({"hidden":[],"required":["name","holder"]})"));
  BOOST_TEST(state(Json::parse(R"({"lent":false,"checks":[{"count":2},{"count":"0"}]})")) ==
             Json::parse(R"({"hidden":["holder"],"required":["name","checks[1].reason"]})"));
  BOOST_TEST(state(Json::parse(R"(["no fields at all"])")) == Json::parse(R"({"hidden":[],"required":[]})"));
}

BOOST_AUTO_TEST_CASE(what_a_complete_entry_lacks_is_a_gap_and_not_an_error) {
  const auto fields = normal({{"title", "t"}, {"date", "2021"}});
  std::vector<std::string> names;
  for (const auto& gap : gaps(shipped()->type("item"), fields)) {
    BOOST_TEST(gap.rule == "field.expected");
    names.push_back(gap.field);
  }
  const std::vector<std::string> expected{"reference_code", "retention", "responsible", "open_status"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(terms_are_accepted_by_label_and_alias_and_kept_as_codes) {
  const auto fields = normal({{"title", "t"},
                              {"retention", "永久"},
                              {"document_type", "會議紀要"},
                              {"secrecy", "秘密"},
                              {"urgency", " 特急 "},
                              {"language", "中文"},
                              {"class_code", "文书"},
                              {"open_status", "延期开放"}});
  BOOST_TEST(fields["retention"] == "Y");
  BOOST_TEST(fields["document_type"] == "minutes");
  BOOST_TEST(fields["secrecy"] == "confidential");
  BOOST_TEST(fields["urgency"] == "very_urgent");
  BOOST_TEST(fields["language"] == "zh");
  BOOST_TEST(fields["class_code"] == "organ.WS");
  BOOST_TEST(fields["open_status"] == "deferred");
}

BOOST_AUTO_TEST_CASE(old_retention_periods_are_never_turned_into_new_ones) {
  BOOST_TEST(normal({{"title", "t"}, {"retention", "长期"}})["retention"] == "long_term");
  BOOST_TEST(normal({{"title", "t"}, {"retention", "短期"}})["retention"] == "short_term");
  BOOST_TEST(normal({{"title", "t"}, {"retention", "15年"}})["retention"] == "15年");
  BOOST_TEST(!normal({{"title", "t"}}).contains("retention"));
}

BOOST_AUTO_TEST_CASE(a_value_outside_a_closed_vocabulary_is_a_problem) {
  BOOST_TEST(broken({{"title", "t"}, {"access_level", "绝密"}}) == "access_level field.not_in_vocabulary");
  Json fields{{"title", "t"}, {"access_level", "nobody"}};
  const auto problems = check(fields);
  BOOST_TEST(problems.at(0).arguments.at("value") == "nobody");
}

BOOST_AUTO_TEST_CASE(a_secrecy_mark_with_its_period_is_taken_apart) {
  const auto fields = normal({{"title", "t"}, {"secrecy", "机密★10年"}});
  BOOST_TEST(fields["secrecy"] == "secret");
  BOOST_TEST(fields["secrecy_period"] == "10年");
  BOOST_TEST(normal({{"title", "t"}, {"secrecy", "机密★10年"}, {"secrecy_period", "10年"}})["secrecy_period"] ==
             "10年");
  BOOST_TEST(broken({{"title", "t"}, {"secrecy", "机密★10年"}, {"secrecy_period", "20年"}}) ==
             "secrecy field.contradicts");
}

BOOST_AUTO_TEST_CASE(dates_take_their_canonical_form) {
  BOOST_TEST(normal({{"title", "t"}, {"date", "2021年3月5日"}})["date"] == "2021-03-05");
  BOOST_TEST(normal({{"title", "t"}, {"date", 20210305}})["date"] == "2021-03-05");
  BOOST_TEST(normal({{"title", "t"}, {"date", "[19450815]"}})["date"] == "[19450815]");
  BOOST_TEST(broken({{"title", "t"}, {"date", "去年"}}) == "date field.not_a_date");
}

BOOST_AUTO_TEST_CASE(numbers_with_units_are_numbers) {
  const auto fields =
      normal({{"title", "t"}, {"fiscal_year", "２０２１年"}, {"page_count", "12页"}, {"item_number", 7.0}});
  BOOST_TEST(fields["fiscal_year"] == 2021);
  BOOST_TEST(fields["page_count"] == 12);
  BOOST_TEST(fields["item_number"] == 7);
  BOOST_TEST(broken({{"title", "t"}, {"fiscal_year", "21"}}) == "fiscal_year field.too_small");
  BOOST_TEST(broken({{"title", "t"}, {"fiscal_year", 99999}}) == "fiscal_year field.too_large");
  BOOST_TEST(broken({{"title", "t"}, {"fiscal_year", "两千"}}) == "fiscal_year field.not_a_number");
  BOOST_TEST(broken({{"title", "t"}, {"fiscal_year", 2021.5}}) == "fiscal_year field.not_a_number");
  BOOST_TEST(broken({{"title", "t"}, {"fiscal_year", UINT64_MAX}}) == "fiscal_year field.not_a_number");
}

BOOST_AUTO_TEST_CASE(a_cell_with_several_values_becomes_a_list) {
  const Json expected{"教务处", "学生处"};
  BOOST_TEST(normal({{"title", "t"}, {"responsible", "教务处；学生处;教务处"}})["responsible"] == expected);
  BOOST_TEST(normal({{"title", "t"}, {"responsible", {"教务处", " 学生处 ", ""}}})["responsible"] == expected);
}

BOOST_AUTO_TEST_CASE(text_is_trimmed_and_a_title_is_one_line) {
  BOOST_TEST(normal({{"title", "　关于\r\n放假的通知 "}})["title"] == "关于 放假的通知");
  BOOST_TEST(normal({{"title", "t"}, {"notes", "一\n二"}})["notes"] == "一\n二");
  BOOST_TEST(broken({{"title", std::string("a\0b", 3)}}) == "title field.control_character");
  BOOST_TEST(broken({{"title", "\xC4\xE3"}}) == "title field.not_text");
  BOOST_TEST(broken({{"title", Json::array({"a", "b"})}}) == "title field.wrong_kind");
}

BOOST_AUTO_TEST_CASE(length_is_counted_in_characters) {
  std::string title;
  for (int i = 0; i < 2000; ++i) title += "题";
  normal({{"title", title}});
  BOOST_TEST(broken({{"title", title + "题"}}) == "title field.too_long");
}

BOOST_AUTO_TEST_CASE(unknown_fields_are_problems) {
  BOOST_TEST(broken({{"title", "t"}, {"colour", "red"}}) == "colour field.unknown");
  BOOST_TEST(broken(Json::array()) == "fields field.wrong_kind");
}

BOOST_AUTO_TEST_CASE(rows_of_a_table_are_checked_one_by_one) {
  const Json search{{"name", "会议纪要"},
                    {"filters", {{{"field", "fiscal_year"}, {"value", " 2021 "}}, {{"value", "x"}}}}};
  BOOST_TEST(broken(search, "saved_search") == "filters[1].field field.required");
}

BOOST_AUTO_TEST_CASE(a_pattern_covers_the_whole_value) {
  BOOST_TEST(normal({{"name", "王芳"}, {"email", "wang@school.example"}}, "person")["email"] == "wang@school.example");
  BOOST_TEST(broken({{"name", "王芳"}, {"email", "wang at school"}}, "person") == "email field.pattern");
}

BOOST_AUTO_TEST_CASE(validating_twice_changes_nothing_more) {
  const auto once =
      normal({{"title", " 通知 "}, {"date", "2021/3/5"}, {"secrecy", "机密★10年"}, {"responsible", "甲；乙"}});
  BOOST_TEST(normal(once) == once);
}

BOOST_AUTO_TEST_SUITE_END()
