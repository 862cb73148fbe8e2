#include "lantai/search/query.h"

#include <boost/test/unit_test.hpp>

#include "lantai/base/error.h"

namespace search = lantai::search;
using Kind = search::QueryNode::Kind;

namespace {

const search::FieldNames& names() {
  static const search::FieldNames made = {std::make_shared<const search::FieldAliases>(search::FieldAliases{
                                              {"年度", "fiscal_year"}, {"标题", "title"}, {"文号", "document_number"}}),
                                          [](const std::string& name) { return name == "title"; }};
  return made;
}

std::string shown(const search::QueryNode& node) {
  const std::string field = node.field.empty() ? "" : node.field + ":";
  const auto list = [&](const char* name) {
    std::string out = std::string(name) + "(";
    for (const auto& child : node.children) out += (out.back() == '(' ? "" : " ") + shown(child);
    return out + ")";
  };
  switch (node.kind) {
    case Kind::everything:
      return "*";
    case Kind::text:
      return field + node.text;
    case Kind::phrase:
      return field + "'" + node.text + "'";
    case Kind::code:
      return field + "<" + node.text + ">";
    case Kind::prefix:
      return field + node.text + "*";
    case Kind::near:
      return field + list("near") + "~" + std::to_string(node.distance);
    case Kind::range:
      return field + "[" + node.from + "," + node.to + "]";
    case Kind::all_of:
      return list("and");
    case Kind::any_of:
      return list("or");
    default:
      return list("not");
  }
}

std::string parsed(const std::string& query) { return shown(search::parse_query(query, names()).root); }

std::string hints(const std::string& query) {
  std::string out;
  for (const auto& hint : search::parse_query(query, names()).hints) out += hint.code + "|";
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(query)

BOOST_AUTO_TEST_CASE(pieces_are_wanted_together) {
  BOOST_TEST(parsed("") == "*");
  BOOST_TEST(parsed("会议纪要") == "会议纪要");
  BOOST_TEST(parsed("会议　纪要 PDF") == "and(会议 纪要 PDF)");
}

BOOST_AUTO_TEST_CASE(phrases_stand_in_any_quotes) {
  BOOST_TEST(parsed("\"a b\" “会议” 「纪要」 『通知』 ＂x＂") == "and('a b' '会议' '纪要' '通知' 'x')");
}

BOOST_AUTO_TEST_CASE(the_marks_of_a_sentence_that_was_pasted_are_no_syntax) {
  BOOST_TEST(parsed("（三）据以作出决定 (a b)") == "and(三 据以作出决定 a b)");
  BOOST_TEST(parsed("村（居）民委员会") == "and(村 居 民委员会)");
  for (const char* text : {"（三）据以作出决定", "村（居）民委员会", "推进“放管服”改革"}) {
    BOOST_TEST(hints(text).empty());
    BOOST_TEST(!search::parse_query(text, names()).boolean);
  }
  BOOST_TEST(parsed("推进“放管服”改革") == "and(推进 放管服 改革)");
  BOOST_TEST(parsed("“放管服”改革的「意见」") == "and(放管服 改革的 意见)");
  BOOST_TEST(parsed("推进\"放管服\"改革") == "and(推进 '放管服' 改革)");  // typed
  BOOST_TEST(parsed("标题:“会议” “纪要”") == "and(title:'会议' '纪要')");
  BOOST_TEST(search::parse_query("（a 或 b）", names()).boolean);
  BOOST_TEST(search::parse_query("标题:（会议 纪要）", names()).boolean);
  BOOST_CHECK_THROW(search::parse_query("（三", names(), true), lantai::Error);
}

BOOST_AUTO_TEST_CASE(operators_bind_not_before_and_before_or) {
  BOOST_TEST(parsed("a OR b c") == "or(a and(b c))");
  BOOST_TEST(parsed("a AND NOT b OR -c") == "or(and(a not(b)) not(c))");
  BOOST_TEST(parsed("（a 或 b） 且 非 c") == "and(or(a b) not(c))");
  BOOST_TEST(parsed("a and b or") == "and(a and b or)");
  BOOST_TEST(parsed("NOT NOT a") == "a");
}

BOOST_AUTO_TEST_CASE(pieces_near_each_other_are_written_in_two_ways) {
  BOOST_TEST(parsed("\"食堂 预算\"~20") == "near('食堂' '预算')~20");
  BOOST_TEST(parsed("“食堂　预算”～２０ 通知") == "and(near('食堂' '预算')~20 通知)");
  BOOST_TEST(parsed("标题:\"食堂 预算\"~5") == "title:near('食堂' '预算')~5");
  BOOST_TEST(parsed("\"食堂预算\"~20") == "near(食堂预算)~20");  // its words
  BOOST_TEST(parsed("食堂 NEAR 预算") == "near(食堂 预算)~20");
  BOOST_TEST(parsed("食堂 NEAR/5 \"预算 方案\" NEAR/9 2021年3月5日") == "near(食堂 '预算 方案' <2021年3月5日>)~9");
  BOOST_TEST(parsed("标题:a NEAR/3 b c") == "and(title:near(title:a b)~3 c)");
  BOOST_TEST(parsed("标题:(a NEAR/3 b OR c)") == "or(title:near(title:a title:b)~3 title:c)");
  BOOST_TEST(parsed("a NOT b NEAR c") == "and(a not(near(b c)~20))");
  BOOST_TEST(parsed("a NEAR/99999999999999999999 b") == "near(a b)~1000");
}

BOOST_AUTO_TEST_CASE(near_is_text_where_it_joins_nothing) {
  BOOST_TEST(parsed("NEAR") == "NEAR");
  BOOST_TEST(parsed("a NEAR") == "and(a NEAR)");
  BOOST_TEST(parsed("NEAR/5 a") == "and(NEAR/5 a)");
  BOOST_TEST(parsed("a near b") == "and(a near b)");
  BOOST_TEST(parsed("a NEARBY b") == "and(a NEARBY b)");
  BOOST_TEST(parsed("a NEAR/x b") == "and(a NEAR/x b)");
  BOOST_TEST(parsed("\"a b\" ~20") == "and('a b' ~20)");
  BOOST_TEST(parsed("\"a b\"~") == "and('a b' ~)");
  for (const char* query : {"a NEAR (b OR c)", "a NEAR 标题:b", "a NEAR b*", "a NEAR NOT b"})
    BOOST_TEST(!hints(query).empty(), query);
  BOOST_TEST(hints("a NEAR b*") == "search.bad_near|");
  std::string many = "a";
  for (int i = 0; i < 20; ++i) many += " NEAR a";
  BOOST_TEST(hints(many) == "search.too_complex|");
}

BOOST_AUTO_TEST_CASE(or_and_and_alone_are_text) { BOOST_TEST(parsed("或") == "或"); }

BOOST_AUTO_TEST_CASE(fields_are_named_by_label_or_declared_name) {
  BOOST_TEST(parsed("年度:2019..2021") == "fiscal_year:[2019,2021]");
  BOOST_TEST(parsed("年度：2019..") == "fiscal_year:[2019,]");
  BOOST_TEST(parsed("标题:\"会议 纪要\" title:a") == "and(title:'会议 纪要' title:a)");
  BOOST_TEST(parsed("标题:(a OR b) c") == "and(or(title:a title:b) c)");
  BOOST_TEST(parsed("-标题:a") == "not(title:a)");
}

BOOST_AUTO_TEST_CASE(an_unknown_field_is_text_with_a_hint) {
  BOOST_TEST(parsed("作者:王") == "作者:王");
  BOOST_TEST(hints("作者:王") == "search.unknown_field|");
  BOOST_TEST(hints("http://x 12:30") == "");
}

BOOST_AUTO_TEST_CASE(numbers_and_codes_are_one_piece_in_any_dress) {
  BOOST_TEST(parsed("校办〔2021〕5号") == "<校办〔2021〕5号>");
  BOOST_TEST(parsed("校办 （２０２１） 第 5 号 通知") == "and(<校办 （２０２１） 第 5 号> 通知)");
  BOOST_TEST(parsed("校办(2021)5号") == "<校办(2021)5号>");
  BOOST_TEST(parsed("Z109 - WS·2011 - Y") == "<Z109 - WS·2011 - Y>");
  BOOST_TEST(parsed("文号:校办[2021]5号") == "document_number:<校办[2021]5号>");
  BOOST_TEST(parsed("会议(a OR b)") == "and(会议 or(a b))");
}

BOOST_AUTO_TEST_CASE(a_star_makes_a_prefix) {
  BOOST_TEST(parsed("通知* rep*") == "and(通知* rep*)");
  BOOST_TEST(hints("*") == "search.bad_prefix|");
}

BOOST_AUTO_TEST_CASE(bad_syntax_is_text_with_a_hint) {
  BOOST_TEST(parsed("\"会议 纪要") == "and(会议 纪要)");
  BOOST_TEST(hints("\"会议 纪要") == "search.unbalanced_quote|");
  BOOST_TEST(parsed("(会议 纪要") == "and(会议 纪要)");
  BOOST_TEST(hints("(会议 纪要") == "search.unbalanced_parenthesis|");
  BOOST_TEST(hints("会议 纪要)") == "search.unbalanced_parenthesis|");
  BOOST_TEST(hints("a AND") == "search.dangling_operator|");
  BOOST_TEST(parsed("a AND") == "and(a)");
  BOOST_TEST(hints("AND OR") == "search.dangling_operator|");
  BOOST_TEST(parsed("AND OR") == "*");
  BOOST_TEST(hints("\"\"") == "search.empty_phrase|");
  BOOST_TEST(hints(std::string(60, '(') + "a" + std::string(60, ')')) == "search.too_complex|");
}

BOOST_AUTO_TEST_CASE(strict_parsing_refuses_bad_syntax_and_says_where) {
  for (const std::string query : {"会议 \"纪要", "会议 (纪要", "会议 AND", "作者:王"}) {
    try {
      search::parse_query(query, names(), true);
      BOOST_ERROR("accepted " << query);
    } catch (const lantai::Error& error) {
      BOOST_TEST((error.code() == lantai::ErrorCode::invalid_argument));
      BOOST_TEST(error.arguments().contains("position"));
    }
  }
  BOOST_CHECK_NO_THROW(search::parse_query("会议 AND (纪要 OR \"通知\")", names(), true));
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_pieces_are_cut_with_a_hint) {
  std::string query;
  for (int i = 0; i < 20'000; ++i) query += "字 ";
  BOOST_TEST(hints(query).find("search.too_many_terms") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
