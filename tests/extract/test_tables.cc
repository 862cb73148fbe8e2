#define BOOST_TEST_MODULE extract_tables
#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "lantai/base/error.h"
#include "samples.h"

namespace lantai::extract::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows table(const std::string& bytes) {
  const MemoryFile file(bytes);
  return shared_extractor().read_table(file.source());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Tables)

BOOST_AUTO_TEST_CASE(separated_text_is_read_in_any_encoding) {
  const std::string text = "题名,责任者,页数\r\n\"关于\"\"放假\"\"的通知\",办公室,3\r\n\"两行\n一格\",,0\r\n";
  const Rows expected = {{"题名", "责任者", "页数"}, {"关于\"放假\"的通知", "办公室", "3"}, {"两行\n一格", "", "0"}};
  for (const char* charset : {"UTF-8", "GB18030", "UTF-16"})
    BOOST_TEST((table(encoded(text, charset)) == expected), charset);
  BOOST_TEST((table("a\tb\n1,5\t2\n") == Rows{{"a", "b"}, {"1,5", "2"}}));
  BOOST_TEST(table("").empty());
}

BOOST_AUTO_TEST_CASE(the_first_sheet_of_a_workbook_is_read) {
  const auto book = xlsx({{"一",
                           "<row><c r=\"A1\"><v>1</v></c><c r=\"C1\" t=\"str\"><v>丙</v></c></row><row/>"
                           "<row><c r=\"B3\"><v>2.5</v></c></row>"},
                          {"二", "<row><c><v>9</v></c></row>"}});
  BOOST_TEST((table(book) == Rows{{"1", "", "丙"}, {}, {"", "2.5"}}));
}

BOOST_AUTO_TEST_CASE(a_wide_row_arrives_whole) {
  std::string line;
  for (int i = 0; i < 9'000; ++i) line += std::string(150, 'x') + ",";
  const auto rows = table(line + "\nend");
  BOOST_REQUIRE(rows.size() == 2U);
  BOOST_TEST(rows[0].size() == 9'001U);
}

BOOST_AUTO_TEST_CASE(what_is_no_table_is_refused_by_name) {
  for (const auto& bytes : {pdf({{{"x"}}}), xlsx({{"一", "<row/>"}}).substr(0, 200)}) {
    BOOST_CHECK_EXCEPTION(table(bytes), Error,
                          [](const Error& error) { return error.code() == ErrorCode::invalid_argument; });
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
