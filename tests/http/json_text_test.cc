#include "json_text.h"

#include <boost/test/unit_test.hpp>

namespace lantai::http {

using schema::Json;

BOOST_AUTO_TEST_SUITE(json_text)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_as_the_same_values) {
  JsonText out;
  out.begin_object().member("none", Json()).member("yes", true).member("no", false);
  out.member("most", std::uint64_t{UINT64_MAX}).member("half", Json(0.5)).member("text", "校办〔2021〕5号");
  out.name("empty").begin_array().end_array().name("nothing").begin_object().end_object();
  out.name("list").begin_array().value("a").value(std::string("b"));
  out.begin_object().member("deep", std::uint64_t{1}).end_object().begin_array().value(true).end_array().end_array();
  out.member("last", Json{{"x", 1}}).end_object();
  const Json expected{{"none", nullptr},
                      {"yes", true},
                      {"no", false},
                      {"most", UINT64_MAX},
                      {"half", 0.5},
                      {"text", "校办〔2021〕5号"},
                      {"empty", Json::array()},
                      {"nothing", Json::object()},
                      {"list", {"a", "b", {{"deep", 1}}, Json::array({true})}},
                      {"last", {{"x", 1}}}};
  BOOST_TEST(Json::parse(out.take()) == expected);
}

BOOST_AUTO_TEST_CASE(every_character_of_a_text_comes_back) {
  for (int first = 0; first < 0x300; ++first) {
    std::string text = "前";
    if (first < 0x80) text += static_cast<char>(first);
    if (first >= 0x80) text += {static_cast<char>(0xC0 | first >> 6), static_cast<char>(0x80 | (first & 0x3F))};
    JsonText out;
    out.begin_array().value(text + "\"\\/").value(text).end_array();
    const auto written = out.take();
    BOOST_TEST(Json::parse(written) == Json::array({text + "\"\\/", text}), first << ": " << written);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_replaced_as_in_every_answer) {
  JsonText out;
  out.begin_object()
      .member("name",
              "x\xFF"
              "y")
      .end_object();
  BOOST_TEST(Json::parse(out.take())["name"] ==
             "x\xEF\xBF\xBD"
             "y");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::http
