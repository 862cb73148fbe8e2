#include "lantai/archive/suggestions.h"

#include <boost/test/unit_test.hpp>

#include "holdings.h"

namespace lantai::archive::test {
namespace {

constexpr const char* kLetter =
    "机密★10年\n特急\n滨海一中文件\n滨一中〔２０２１〕第05号    "
    "签发人：李明\n关于召开校务会议的通知\n各处室、图书馆：\n请准时到会。\n"
    "滨海一中办公室\n二〇二一年三月五日\n抄送：市教育局。\n";

struct Suggesting : Holdings {
  std::map<std::string, Suggestion> suggested(const std::string& text) {
    auto pipeline = ExtractionPipeline::start(*store, engine, extractor, texts, {2});
    const auto imported = import({folder.write("a.txt", text)});
    BOOST_REQUIRE(pipeline->wait_until(store->changes().last_position(), soon()) > 0U);
    const auto declared = declarations();
    std::map<std::string, Suggestion> found;
    for (auto& one : suggest(*declared, declared->type("item"), record(imported.files.at(0).record), texts))
      found.emplace(one.field, std::move(one));
    return found;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(suggestions)

BOOST_AUTO_TEST_CASE(fields_get_what_the_document_says_as_they_would_keep_it) {
  Suggesting holdings;
  const auto found = holdings.suggested(kLetter);
  const std::map<std::string, schema::Json> expected = {{"secrecy", "secret"},
                                                        {"secrecy_period", "10年"},
                                                        {"urgency", "very_urgent"},
                                                        {"document_number", "滨一中〔2021〕5号"},
                                                        {"signatory", {"李明"}},
                                                        {"title", "关于召开校务会议的通知"},
                                                        {"document_type", "notice"},
                                                        {"main_recipient", {"各处室", "图书馆"}},
                                                        {"responsible", {"滨海一中办公室"}},
                                                        {"date", "2021-03-05"},
                                                        {"copied", {"市教育局"}}};
  BOOST_TEST(found.size() == expected.size());
  for (const auto& [field, value] : expected) {
    const auto one = found.find(field);
    BOOST_TEST_REQUIRE((one != found.end()), field);
    BOOST_TEST(one->second.value == value, field);
    BOOST_TEST(one->second.file == 1U);
    for (const auto& place : one->second.places)
      BOOST_TEST(std::string(kLetter).substr(place.begin, place.end - place.begin) == place.text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_official_document_suggests_nothing) {
  Suggesting holdings;
  BOOST_TEST(holdings.suggested("今天天气很好。\n2021年3月5日\n").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::archive::test
