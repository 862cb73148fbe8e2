// Expectations are those of the DMN 1.3 specification (chapter 10.3), not of this implementation.
#include "lantai/schema/feel.h"

#include <boost/test/unit_test.hpp>

#include "lantai/base/error.h"

using namespace lantai;
using namespace lantai::schema;
using feel::Expression;

namespace {

struct Case {
  const char* source;
  const char* expected;  // JSON
};

const Json& context() {
  static const Json json = Json::parse(R"({
    "title": "关于放假的通知", "fiscal_year": 2021, "retention": "Y", "date": "2021-03-05",
    "pages": null, "keywords": ["放假", "春节"], "numbers": [1, 2, 3],
    "rows": [{"field": "a", "n": 1}, {"field": "b", "n": 2}]})");
  return json;
}

void expect(std::initializer_list<Case> cases) {
  for (const auto& one : cases)
    BOOST_TEST(Expression::parse(one.source).evaluate(context()) == Json::parse(one.expected), one.source);
}

const feel::Scope& scope() {
  using feel::Kind;
  static const feel::Scope names{
      {"title", {Kind::text}},           {"fiscal_year", {Kind::number}},        {"date", {Kind::date}},
      {"open", {Kind::boolean}},         {"keywords", {Kind::list, Kind::text}}, {"rows", {Kind::list, Kind::context}},
      {"days", {Kind::list, Kind::date}}};
  return names;
}

std::string expression_fault(const std::string& source, bool typed = true) {
  try {
    typed ? Expression::parse(source, scope()) : Expression::parse(source);
  } catch (const Error& e) {
    BOOST_CHECK(e.code() == ErrorCode::invalid_argument);
    return e.message();
  }
  return "accepted";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(feel_conditions)

BOOST_AUTO_TEST_CASE(conjunction_and_disjunction_have_three_values) {  // DMN 1.3, table 50
  expect({{"true and true", "true"},
          {"true and false", "false"},
          {"true and null", "null"},
          {"false and true", "false"},
          {"false and false", "false"},
          {"false and null", "false"},
          {"null and true", "null"},
          {"null and false", "false"},
          {"null and null", "null"},
          {"true or true", "true"},
          {"true or false", "true"},
          {"true or null", "true"},
          {"false or true", "true"},
          {"false or false", "false"},
          {"false or null", "null"},
          {"null or true", "true"},
          {"null or false", "null"},
          {"null or null", "null"},
          {"1 and false", "false"},
          {"1 and true", "null"},
          {"\"x\" or true", "true"},
          {"not(true)", "false"},
          {"not(false)", "true"},
          {"not(null)", "null"},
          {"true or false and false", "true"}});
}

BOOST_AUTO_TEST_CASE(equality_knows_null_and_never_crosses_kinds) {  // table 53
  expect({{"null = null", "true"},
          {"1 = null", "false"},
          {"null = \"\"", "false"},
          {"null != null", "false"},
          {"1 != null", "true"},
          {"1 = 1.0", "true"},
          {"1 = \"1\"", "null"},
          {"1 != \"1\"", "null"},
          {"true = 1", "null"},
          {"\"a\" = \"a\"", "true"},
          {"\"a\" != \"b\"", "true"},
          {"[1, 2] = [1, 2]", "true"},
          {"[1, 2] = [2, 1]", "false"},
          {"[1] = [1, 2]", "false"},
          {"[] = []", "true"},
          {"date(\"2021-03-05\") = date(2021, 3, 5)", "true"},
          {"[1..3] = [1..3]", "true"},
          {"[1..3] = [1..3)", "false"},
          {"0.1 + 0.2 = 0.3", "true"}});
}

BOOST_AUTO_TEST_CASE(order_holds_within_numbers_texts_and_dates) {
  expect({{"1 < 2", "true"},
          {"2 <= 2", "true"},
          {"3 > 4", "false"},
          {"\"a\" < \"b\"", "true"},
          {"\"a\" < null", "null"},
          {"null < null", "null"},
          {"1 < \"2\"", "null"},
          {"true < false", "null"},
          {"date(\"2021-03-05\") < date(\"2021-03-06\")", "true"},
          {"date(\"2021-03-05\") >= @\"2021-03-05\"", "true"}});
}

BOOST_AUTO_TEST_CASE(between_and_in_test_intervals) {  // tables 54 and 55
  expect({{"1 in [1..3]", "true"},
          {"3 in [1..3)", "false"},
          {"1 in (1..3]", "false"},
          {"1 in ]1..3]", "false"},
          {"2 in (1..3)", "true"},
          {"5 in > 4", "true"},
          {"4 in > 4", "false"},
          {"4 in >= 4", "true"},
          {"3 in < 3", "false"},
          {"3 in (1, 2, 3)", "true"},
          {"4 in (1, 2, > 3)", "true"},
          {"4 in (1, 2, 3)", "false"},
          {"1 in [2, 3, 1]", "true"},
          {"1 in [[2..3], [0..1]]", "true"},
          {"\"a\" in [\"a\"]", "true"},
          {"null in [1..3]", "null"},
          {"null in [null]", "true"},
          {"5 between 1 and 5", "true"},
          {"0 between 1 and 5", "false"},
          {"null between 1 and 5", "null"},
          {"2 between 1 and 5 and false", "false"},
          {"date(\"2021-03-05\") in [date(\"2021-01-01\")..date(\"2021-12-31\")]", "true"}});
}

BOOST_AUTO_TEST_CASE(arithmetic_is_decimal_and_null_when_it_cannot_be_done) {  // table 45
  expect({{"1 + 2 * 3", "7"},
          {"(1 + 2) * 3", "9"},
          {"10 / 4", "2.5"},
          {"10 - 4 - 3", "3"},
          {"2 ** 3 ** 2", "64"},
          {"-2 ** 2", "4"},
          {"1 / 0", "null"},
          {"1 + null", "null"},
          {"null - 1", "null"},
          {"\"a\" + \"b\"", "\"ab\""},
          {"\"a\" + 1", "null"},
          {"- (3)", "-3"},
          {"--3", "3"},
          {".5 + 1", "1.5"},
          {"0.1 * 3", "0.3"},
          {"10 ** 400", "null"}});
}

BOOST_AUTO_TEST_CASE(a_condition_that_is_not_true_takes_the_other_branch) {
  expect({{"if true then 1 else 2", "1"},
          {"if false then 1 else 2", "2"},
          {"if null then 1 else 2", "2"},
          {"if 1 then 1 else 2", "2"},
          {"if fiscal_year > 2020 then \"new\" else if fiscal_year > 2000 then \"old\" else \"ancient\"", "\"new\""}});
}

BOOST_AUTO_TEST_CASE(quantifiers_are_conjunctions_and_disjunctions_over_a_list) {
  expect({{"some x in [1, 2, 3] satisfies x > 2", "true"},
          {"every x in [1, 2, 3] satisfies x > 2", "false"},
          {"every x in [] satisfies false", "true"},
          {"some x in [] satisfies true", "false"},
          {"some x in [1, null] satisfies x > 2", "null"},
          {"every x in [1, null] satisfies x > 2", "false"},
          {"for x in [1, 2, 3] return x * x", "[1, 4, 9]"},
          {"some x in rows satisfies x.n = 2", "true"},
          {"some x in null satisfies true", "null"}});
}

BOOST_AUTO_TEST_CASE(lists_are_filtered_and_indexed_from_one) {
  expect({{"[1, 2, 3][item > 1]", "[2, 3]"},
          {"[1, 2, 3][1]", "1"},
          {"[1, 2, 3][-1]", "3"},
          {"[1, 2, 3][0]", "null"},
          {"[1, 2, 3][4]", "null"},
          {"100[1]", "100"},
          {"null[1]", "[]"},
          {"rows[item.n > 1].field", "[\"b\"]"},
          {"rows.n", "[1, 2]"},
          {"keywords[1]", "\"放假\""}});
}

BOOST_AUTO_TEST_CASE(text_functions_count_characters) {  // table 67
  expect({{"string length(\"foo\")", "3"},
          {"string length(title)", "7"},
          {"substring(\"foobar\", 3)", "\"obar\""},
          {"substring(\"foobar\", 3, 3)", "\"oba\""},
          {"substring(\"foobar\", -2, 1)", "\"a\""},
          {"substring(\"foobar\", 0)", "null"},
          {"substring(title, 3, 2)", "\"放假\""},
          {"upper case(\"aBc4\")", "\"ABC4\""},
          {"lower case(\"aBc4\")", "\"abc4\""},
          {"substring before(\"foobar\", \"bar\")", "\"foo\""},
          {"substring before(\"foobar\", \"xyz\")", "\"\""},
          {"substring after(\"foobar\", \"ob\")", "\"ar\""},
          {"contains(\"foobar\", \"of\")", "false"},
          {"contains(title, \"放假\")", "true"},
          {"starts with(\"foobar\", \"fo\")", "true"},
          {"ends with(\"foobar\", \"r\")", "true"},
          {"contains(null, \"a\")", "null"},
          {"string length(\"\\u6863\\u6848\")", "2"},
          {"string(1.10)", "\"1.1\""},
          {"string(null)", "null"},
          {"number(\"12.5\")", "12.5"},
          {"number(\"a\")", "null"}});
}

BOOST_AUTO_TEST_CASE(list_functions_take_lists_or_arguments) {  // table 68
  expect({{"list contains([1, 2, 3], 2)", "true"},
          {"list contains([1, null], null)", "true"},
          {"count([1, 2, 3])", "3"},
          {"count([])", "0"},
          {"min([1, 2, 3])", "1"},
          {"min(1, 2, 3)", "1"},
          {"max([1, 2, 3])", "3"},
          {"min([])", "null"},
          {"sum([1, 2, 3])", "6"},
          {"sum(1, 2, 3)", "6"},
          {"sum([])", "null"},
          {"mean([1, 2, 3])", "2"},
          {"all([false, null, true])", "false"},
          {"all(true)", "true"},
          {"all([])", "true"},
          {"all([true, null])", "null"},
          {"any([false, null, true])", "true"},
          {"any([])", "false"},
          {"any([false, null])", "null"},
          {"append([1], 2, 3)", "[1, 2, 3]"},
          {"concatenate([1, 2], [3])", "[1, 2, 3]"},
          {"reverse([1, 2, 3])", "[3, 2, 1]"},
          {"index of([1, 2, 3, 2], 2)", "[2, 4]"},
          {"distinct values([1, 2, 3, 2, 1])", "[1, 2, 3]"}});
}

BOOST_AUTO_TEST_CASE(numeric_functions_round_as_specified) {  // table 69
  expect({{"floor(1.5)", "1"},
          {"floor(-1.5)", "-2"},
          {"ceiling(1.5)", "2"},
          {"ceiling(-1.5)", "-1"},
          {"abs(-10)", "10"},
          {"modulo(12, 5)", "2"},
          {"modulo(-12, 5)", "3"},
          {"modulo(12, -5)", "-3"},
          {"modulo(-12, -5)", "-2"},
          {"modulo(1, 0)", "null"}});
}

BOOST_AUTO_TEST_CASE(dates_have_parts_and_impossible_ones_are_null) {
  expect({{"date(\"2021-03-05\")", "\"2021-03-05\""},
          {"date(2021, 2, 30)", "null"},
          {"date(\"2021-02-30\")", "null"},
          {"date(\"2021-03-05\").year", "2021"},
          {"date(\"2021-03-05\").month = 3", "true"},
          {"date(date).day", "5"},
          {"date(2012, 12, 25) > date(\"2012-12-24\")", "true"}});
}

BOOST_AUTO_TEST_CASE(names_come_from_the_record_and_absent_ones_are_null) {
  expect({{"fiscal_year = 2021", "true"},
          {"retention in (\"Y\", \"D30\")", "true"},
          {"pages = null", "true"},
          {"nothing_of_the_kind", "null"},
          {"\"春节\" in keywords", "true"},
          {"rows[1].field", "\"a\""}});
  BOOST_TEST(Expression::parse("a").evaluate(Json(3)).is_null());
}

BOOST_AUTO_TEST_CASE(a_date_in_the_record_is_a_date_when_the_declaration_says_so) {
  BOOST_TEST(Expression::parse("date >= date(\"2021-01-01\")", scope()).holds(context()));
  BOOST_TEST(Expression::parse("date.year = 2021", scope()).holds(context()));
  // An incomplete or inferred date cannot be compared.
  BOOST_TEST(Expression::parse("date >= date(\"2021-01-01\")", scope()).evaluate({{"date", "[2021]"}}).is_null());
  BOOST_TEST(Expression::parse("every d in days satisfies d.year > 2000", scope())
                 .holds({{"days", {"2021-03-05", "2020-01-01"}}}));
}

BOOST_AUTO_TEST_CASE(holds_means_true_and_nothing_else) {
  BOOST_TEST(Expression::parse("1 = 1").holds(context()));
  for (const auto* source : {"null", "1", "\"true\"", "1 = 2", "null > 1", "[true]"})
    BOOST_TEST(!Expression::parse(source).holds(context()), source);
}

BOOST_AUTO_TEST_CASE(syntax_errors_say_where) {
  BOOST_TEST(expression_fault("1 +") == "condition, offset 3: a value is expected");
  BOOST_TEST(expression_fault("(1") == "condition, offset 2: `)` is expected, not `end of expression`");
  BOOST_TEST(expression_fault("1 2") == "condition, offset 2: unexpected `2`");
  for (const auto* source : {"",
                             "\"abc",
                             "if 1 then 2",
                             "[1..",
                             "[1..2",
                             "1..2",
                             "a b",
                             "and",
                             "f(1)",
                             "not()",
                             "not(1, 2)",
                             "some x satisfies x",
                             "@\"tomorrow\"",
                             "1 # 2",
                             "12ab",
                             "\"\\q\"",
                             "\"\\ud800\"",
                             "a.",
                             "x[",
                             ")",
                             "substring(\"a\")",
                             "\xff",
                             "]1, 2]",
                             "for x in [1] satisfies x",
                             "1 in",
                             "true true"})
    BOOST_TEST(expression_fault(source, false).rfind("condition, offset ", 0) == 0U,
               source << " gives " << expression_fault(source, false));
}

BOOST_AUTO_TEST_CASE(what_can_never_work_is_refused_when_loaded) {
  BOOST_TEST(expression_fault("titel = \"x\"") == "condition, offset 0: there is no `titel`");
  BOOST_TEST(expression_fault("date > \"2021-01-01\"") == "condition, offset 5: a date and a text never meet");
  for (const auto* source : {"title > 5",
                             "title + 1",
                             "title and open",
                             "open < true",
                             "fiscal_year = \"2021\"",
                             "keywords + 1",
                             "-title",
                             "if title then 1 else 2",
                             "string length(fiscal_year)",
                             "date.hour",
                             "title.x",
                             "keywords[title]",
                             "not(title)",
                             "fiscal_year in [\"a\", \"b\"]",
                             "fiscal_year in [\"a\"..\"b\"]",
                             "date - date",
                             "some x in keywords satisfies x > 1",
                             "title between 1 and 2",
                             "[1..\"a\"] = null",
                             "keywords > 1",
                             "some x in keywords satisfies x"})
    BOOST_TEST(expression_fault(source) != "accepted", source);
  for (const auto* source :
       {"title = null", "fiscal_year + 1 > 2020", "some r in rows satisfies r.n > 1 and r.f = \"x\"",
        "date(title) > date", "open", "if open then title else null", "count(keywords) > 0", "keywords[1] = title",
        "title in (\"a\", \"b\")", "fiscal_year in (1, > 5)", "max(1, 2) > 1"})
    BOOST_TEST(expression_fault(source) == "accepted", source);
}

BOOST_AUTO_TEST_CASE(hostile_input_is_refused_or_null_and_never_slow) {
  const auto repeat = [](const std::string& piece, std::size_t n) {
    std::string result;
    for (std::size_t i = 0; i < n; ++i) result += piece;
    return result;
  };
  for (const auto* piece : {"(", "[", "-", "not(", "if ", "1 in (", "some x in ", "a.", "1+", "x[", "1 in (("})
    BOOST_TEST(expression_fault(repeat(piece, 600), false) != "accepted", piece);
  BOOST_TEST(expression_fault(repeat("1+", 4000) + "1", false) != "accepted");
  BOOST_TEST(expression_fault(repeat(" ", 10'000), false) != "accepted");
  // Wide is fine, deep is not.
  BOOST_TEST(Expression::parse(repeat("true and ", 800) + "true").holds({}));
  // Work that multiplies runs out of steps and is null.
  const std::string tens = "[1,2,3,4,5,6,7,8,9,10]";
  std::string nested = "1";
  for (int i = 0; i < 8; ++i) nested = "count(for x" + std::to_string(i) + " in " + tens + " return " + nested + ")";
  BOOST_TEST(Expression::parse(nested).evaluate({}).is_null());
  std::string doubled = "\"0123456789\"";
  for (int i = 0; i < 14; ++i) doubled = "(for s in [" + doubled + "] return s + s)[1]";
  BOOST_TEST(Expression::parse(doubled).evaluate({}).is_null());
}

BOOST_AUTO_TEST_SUITE_END()
