// What is shipped: types, vocabularies, templates and messages in three languages.
#include <boost/test/unit_test.hpp>
#include <set>

#include "fixture.h"
#include "support/places.h"

using namespace lantai;
using namespace lantai::schema;

BOOST_AUTO_TEST_SUITE(declarations)

BOOST_AUTO_TEST_CASE(the_first_types_are_there) {
  for (const auto* name : {"fonds", "class", "volume", "item", "department", "person", "saved_search"})
    BOOST_TEST((shipped()->find_type(name) != nullptr), name);
  BOOST_CHECK_EXCEPTION(shipped()->type("nonsense"), Error,
                        [](const Error& e) { return e.code() == ErrorCode::not_found; });
}

BOOST_AUTO_TEST_CASE(programs_find_the_same_declarations_beside_themselves) {
  BOOST_TEST(Schema::load({lantai::test::binary_directory() / "share/lantai/schema"})->hash() == shipped()->hash());
}

BOOST_AUTO_TEST_CASE(item_fields_carry_the_names_of_the_standards) {
  const auto& item = shipped()->type("item");
  const std::map<std::string, std::pair<std::string, std::string>> expected{{"title", {"题名", "M22"}},
                                                                            {"reference_code", {"档号", "M8"}},
                                                                            {"fonds_code", {"全宗号", "M9"}},
                                                                            {"fiscal_year", {"年度", "M11"}},
                                                                            {"retention", {"保管期限", "M12"}},
                                                                            {"organisation", {"机构或问题", "M13"}},
                                                                            {"document_number", {"文件编号", "M31"}},
                                                                            {"responsible", {"责任者", "M32"}},
                                                                            {"date", {"日期", "M33"}},
                                                                            {"document_type", {"文种", "M34"}},
                                                                            {"urgency", {"紧急程度", "M35"}},
                                                                            {"main_recipient", {"主送", "M36"}},
                                                                            {"copied", {"抄送", "M37"}},
                                                                            {"secrecy", {"密级", "M38"}},
                                                                            {"secrecy_period", {"保密期限", "M39"}},
                                                                            {"page_count", {"页数", "M43"}},
                                                                            {"subject_terms", {"主题词", "M26"}},
                                                                            {"keywords", {"关键词", "M27"}},
                                                                            {"persons", {"人名", "M28"}},
                                                                            {"abstract", {"摘要", "M29"}},
                                                                            {"notes", {"附注", "M75"}},
                                                                            {"manuscript", {"稿本", "M45"}},
                                                                            {"language", {"语种", "M44"}}};
  for (const auto& [name, names] : expected) {
    const auto* field = item.find_field(name);
    BOOST_TEST_REQUIRE((field != nullptr), name);
    BOOST_TEST(field->label.zh_hans == names.first);
    BOOST_TEST(field->standard == "DA/T 46 " + names.second);
  }
  BOOST_TEST(item.find_field("class_code")->standard == "DA/T 46 M14");
  BOOST_TEST(item.find_field("item_number")->standard == "DA/T 46 M17");
  BOOST_TEST(item.files);
}

BOOST_AUTO_TEST_CASE(only_the_title_of_an_item_is_required) {
  for (const auto& field : shipped()->type("item").fields) BOOST_TEST(field.required == (field.name == "title"));
}

BOOST_AUTO_TEST_CASE(the_facets_of_an_item_are_those_people_narrow_by) {
  std::set<std::string> facets;
  for (const auto& field : shipped()->type("item").fields)
    if (field.facet) facets.insert(field.name);
  for (const auto* name : {"fiscal_year", "class_code", "department", "retention", "access_level", "secrecy",
                           "document_type", "format", "source"})
    BOOST_TEST(facets.count(name) == 1U, name);
}

BOOST_AUTO_TEST_CASE(people_name_fields_in_their_own_words) {
  const auto& item = shipped()->type("item");
  const std::map<std::string, std::string> words{{"标题", "title"},           {"題名", "title"},
                                                 {"文号", "document_number"}, {"发文字号", "document_number"},
                                                 {"年度", "fiscal_year"},     {"Fiscal_Year", "fiscal_year"},
                                                 {"门类", "class_code"},      {"密级", "secrecy"},
                                                 {"部门", "department"},      {"ＴＩＴＬＥ", "title"}};
  for (const auto& [word, name] : words) {
    const auto* field = item.match_field(word);
    BOOST_TEST_REQUIRE((field != nullptr), word);
    BOOST_TEST(field->name == name);
  }
  BOOST_TEST((item.match_field("不存在") == nullptr));
  BOOST_TEST((item.match_field("") == nullptr));
}

BOOST_AUTO_TEST_CASE(the_fifteen_kinds_of_official_document_are_terms) {
  const auto* types = shipped()->find_vocabulary("document_type");
  for (const auto* name : {"决议", "决定", "命令", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "请示",
                           "批复", "议案", "函", "纪要"})
    BOOST_TEST((types->match(name) != nullptr), name);
}

BOOST_AUTO_TEST_CASE(access_levels_rank_from_public_to_restricted) {
  const auto* levels = shipped()->find_vocabulary("access_level");
  BOOST_TEST(levels->find("public")->rank == 0);
  BOOST_TEST(levels->find("internal")->rank == 1);
  BOOST_TEST(levels->find("restricted")->rank == 2);
}

BOOST_AUTO_TEST_CASE(a_scheme_is_a_namespace_of_class_codes) {
  const auto* classes = shipped()->find_vocabulary("class_code");
  BOOST_TEST(classes->find("organ.WS")->label.zh_hans == "文书");
  BOOST_TEST(classes->find("university.WS")->label.zh_hans == "外事");
  BOOST_TEST(classes->find("organ.WS")->written == "WS");
  BOOST_TEST(classes->match("教学")->code == "university.JX");
}

BOOST_AUTO_TEST_CASE(every_label_is_there_in_three_languages) {
  const auto whole = [](const Label& label) {
    return !label.zh_hans.empty() && !label.zh_hant.empty() && !label.en.empty();
  };
  for (const auto& type : shipped()->types()) {
    BOOST_TEST(whole(type.label), type.name);
    for (const auto& field : type.fields) BOOST_TEST(whole(field.label), type.name << "." << field.name);
  }
  for (const auto& [name, vocabulary] : shipped()->vocabularies())
    for (const auto& term : vocabulary.terms) BOOST_TEST(whole(term.label), name << "." << term.code);
}

BOOST_AUTO_TEST_CASE(the_language_is_the_best_the_reader_accepts) {
  BOOST_CHECK(parse_language("") == Language::zh_hans);
  BOOST_CHECK(parse_language("zh-TW,zh;q=0.9,en;q=0.8") == Language::zh_hant);
  BOOST_CHECK(parse_language("en-GB,en;q=0.9") == Language::en);
  BOOST_CHECK(parse_language("fr, en;q=0.5, zh-CN;q=0.7") == Language::zh_hans);
  BOOST_CHECK(parse_language("zh-Hant") == Language::zh_hant);
  BOOST_CHECK(parse_language("zh-Hans-HK") == Language::zh_hans);
  BOOST_CHECK(parse_language("de") == Language::zh_hans);
  BOOST_CHECK(parse_language("en;q=0, zh-HK;q=0.1") == Language::zh_hant);
}

BOOST_AUTO_TEST_CASE(messages_speak_the_readers_language_and_fill_their_placeholders) {
  BOOST_TEST(shipped()->message("field.too_long", Language::zh_hans, {{"max", "20"}}) == "最多 20 个字");
  BOOST_TEST(shipped()->message("field.too_long", Language::en, {{"max", "20"}}) == "At most 20 characters");
  BOOST_TEST(shipped()->message("no.such_message", Language::en) == "no.such_message");
  const Error stale(ErrorCode::conflict, "version 3, not 2", "record.stale");
  BOOST_TEST(shipped()->message(stale, Language::zh_hant) == "此記錄已被他人修改，請重新整理後再試");
  BOOST_TEST(shipped()->message(Error(ErrorCode::internal, "broken"), Language::en) == "broken");
  // An argument is text, not a template.
  BOOST_TEST(shipped()->message("field.unknown", Language::en, {{"name", "{name}"}}) == "There is no field “{name}”");
}

BOOST_AUTO_TEST_CASE(the_description_tells_a_client_all_it_needs_to_draw_a_form) {
  const auto json = shipped()->describe(Language::en);
  BOOST_TEST(json["language"] == "en");
  BOOST_TEST(json["hash"] == shipped()->hash());
  const auto& types = json["types"];
  const auto item = std::find_if(types.begin(), types.end(), [](const auto& type) { return type["name"] == "item"; });
  BOOST_TEST_REQUIRE((item != types.end()));
  BOOST_TEST((*item)["title_field"] == "title");
  BOOST_TEST((*item)["fields"][0]["label"] == "Title");
  BOOST_TEST((*item)["fields"][0]["required"] == true);
  BOOST_TEST((*item)["form"][0]["fields"][0] == "title");
  BOOST_TEST(json["vocabularies"]["access_level"]["terms"][2]["code"] == "restricted");
  BOOST_TEST(json["vocabularies"]["access_level"]["terms"][2]["rank"] == 2);
  BOOST_TEST(json["messages"]["field.required"] == "Required");
}

BOOST_AUTO_TEST_SUITE_END()
