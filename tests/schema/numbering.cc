// Reference codes as the standards and the holdings write them.
#include <boost/test/unit_test.hpp>
#include <random>

#include "fixture.h"

using namespace lantai;
using namespace lantai::schema;

namespace {

const NumberingTemplate& numbering(const char* name) {
  const auto* found = shipped()->find_numbering(name);
  BOOST_TEST_REQUIRE((found != nullptr), name);
  return *found;
}

std::string canonical(const char* name, const std::string& as_given) {
  const auto parsed = parse_code(numbering(name), as_given);
  return parsed ? parsed->canonical : "no code";
}

// The number element of a code, for formatting it again.
std::uint64_t number_of(const ParsedCode& parsed) { return std::stoull(parsed.elements.at("number")); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::string widened(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F) {
      result.push_back(c);
      continue;
    }
    const unsigned wide = 0xFF01U + byte - '!';
    result.push_back(static_cast<char>(0xE0U | (wide >> 12U)));
    result.push_back(static_cast<char>(0x80U | ((wide >> 6U) & 0x3FU)));
    result.push_back(static_cast<char>(0x80U | (wide & 0x3FU)));
  }
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(numbering_templates)

BOOST_AUTO_TEST_CASE(the_examples_of_the_standards_are_read_and_written_unchanged) {
  const std::pair<const char*, const char*> examples[] = {{"filed_document", "Z109-WS·2011-Y-BGS-0001"},
                                                          {"organ_item_3", "A439-WS·2015·D30·003-005"},
                                                          {"organ_item", "Z109-WS·2011·Y·办公室-0001"},
                                                          {"organ_item_3", "Z008-WS·2019·Y-037"},
                                                          {"organ_item_3", "J019-LY·2019·Y-001"},
                                                          {"organ_item_5", "C015-WY·TZGG·2019·D10-00001"},
                                                          {"organ_item_3", "B168-SW·2015·Y-001"},
                                                          {"organ_volume_item", "J019-ZY·JC·CC·2019·D30-001-001"},
                                                          {"organ_volume_item", "J019-KU·01·2017-001-001"},
                                                          {"organ_volume_item", "A002-RS-001-002"},
                                                          {"organ_volume", "X032-KJ·KY·01-003"},
                                                          {"organ_volume_item", "K021-ZP·2019·D30-025-005"},
                                                          {"university_volume", "1999-DQ14-5"},
                                                          {"university_item", "1999-DQ14-5-12"}};
  for (const auto& [name, code] : examples) {
    const auto parsed = parse_code(numbering(name), code);
    BOOST_TEST_REQUIRE(parsed.has_value(), name << " " << code);
    BOOST_TEST(parsed->canonical == code);
    BOOST_TEST(format_code(numbering(name), parsed->fields, number_of(*parsed)) == code);
  }
}

BOOST_AUTO_TEST_CASE(a_code_says_what_the_record_is) {
  const auto filed = parse_code(numbering("filed_document"), "Z109-WS·2011-Y-BGS-0001");
  const Json expected{{"fonds_code", "Z109"},
                      {"class_code", "organ.WS"},
                      {"fiscal_year", "2011"},
                      {"retention", "Y"},
                      {"organisation", "BGS"}};
  BOOST_TEST(filed.value().fields == expected);
  BOOST_TEST(filed->elements.at("number") == "0001");
  const auto volume = parse_code(numbering("organ_volume_item"), "J019-ZY·JC·CC·2019·D30-001-002");
  BOOST_TEST(volume.value().fields["subclass"] == "JC·CC");
  BOOST_TEST(volume->fields["volume_number"] == "001");
  // The scheme is a namespace: WS is 文书 for organs and 外事 for universities.
  const auto foreign = parse_code(numbering("university_volume"), "2005-WS12-3");
  BOOST_TEST(foreign.value().fields["class_code"] == "university.WS");
  BOOST_TEST(foreign->fields["subclass"] == "12");
  // What a code says is valid in the record.
  auto fields = volume->fields;
  fields["title"] = "t";
  BOOST_TEST(validate(*shipped(), shipped()->type("item"), fields).empty());
  BOOST_TEST(fields["volume_number"] == 1);
}

BOOST_AUTO_TEST_CASE(every_separator_width_case_and_zero_gives_one_canonical_code) {
  const std::string code = "Z109-WS·2011-Y-BGS-0001";
  for (const auto* dot : {"·", "•", "．", ".", "‧", "・", "∙", " · "})
    for (const auto* dash : {"-", "－", "–", "—", "−", " - ", "‐"}) {
      const auto variant = replaced(replaced(code, "-", dash), "·", dot);
      BOOST_TEST(canonical("filed_document", variant) == code, variant);
      BOOST_TEST(canonical("filed_document", widened(variant)) == code, widened(variant));
    }
  for (const auto* variant :
       {"z109-ws·2011-y-bgs-0001", "Z109-WS·2011-Y-BGS-1", "Z109-WS·2011-Y-BGS-000001", " Z109-WS·2011-Y-BGS-0001　"})
    BOOST_TEST(canonical("filed_document", variant) == code, variant);
}

BOOST_AUTO_TEST_CASE(what_does_not_follow_the_template_is_no_code) {
  for (const auto* given : {"", "Z109", "Z109-WS·2011-Y-BGS", "Z109-WS·211-Y-BGS-0001", "Z109-WS·2011-Q-BGS-0001",
                            "Z109-WS·2011-Y-BGS-000x", "-WS·2011-Y-BGS-0001", "Z109-WS·2011-Y--0001",
                            "Z109-WS·2011-Y-BGS-0001-", "Z109-WS·2011-Y-BGS-20110002"})
    BOOST_TEST(canonical("filed_document", given) == "no code", given);
  BOOST_TEST(!parse_code(numbering("organ_item"), std::string(500, 'A')));
  BOOST_TEST(canonical("organ_item", "A" + replaced(std::string(120, '-'), "-", "·A") + "-1") == "no code");
}

BOOST_AUTO_TEST_CASE(optional_elements_may_be_left_out) {
  BOOST_TEST(canonical("filed_document", "Z109-WS·2011-Y-0001") == "Z109-WS·2011-Y-0001");
  const Json fields{{"fonds_code", "Z109"}, {"class_code", "organ.WS"}, {"fiscal_year", 2011}, {"retention", "D30"}};
  BOOST_TEST(format_code(numbering("organ_item"), fields, 7) == "Z109-WS·2011·D30-0007");
  BOOST_TEST(format_code(numbering("organ_item"), fields, 12345) == "Z109-WS·2011·D30-12345");
}

BOOST_AUTO_TEST_CASE(counters_run_within_the_code_without_its_counter) {
  const Json fields{{"fonds_code", "Z109"},
                    {"class_code", "organ.WS"},
                    {"fiscal_year", 2011},
                    {"retention", "Y"},
                    {"organisation", "办公室"}};
  BOOST_TEST(counter_scope(numbering("organ_item"), fields) == "Z109-WS·2011·Y·办公室");
  BOOST_TEST(
      counter_scope(numbering("organ_item"),
                    {{"fonds_code", "Z109"}, {"class_code", "organ.WS"}, {"fiscal_year", 2011}, {"retention", "Y"}}) ==
      "Z109-WS·2011·Y");
}

BOOST_AUTO_TEST_CASE(a_missing_or_impossible_field_is_named) {
  const auto fault = [](Json fields) {
    try {
      counter_scope(numbering("organ_item"), fields);
    } catch (const Error& e) {
      BOOST_CHECK(e.code() == ErrorCode::invalid_argument);
      return e.message_id() + " " + e.arguments().at("field");
    }
    return std::string("accepted");
  };
  Json fields{{"fonds_code", "Z109"}, {"class_code", "organ.WS"}, {"fiscal_year", 2011}, {"retention", "Y"}};
  BOOST_TEST(fault(fields) == "accepted");
  auto without = fields;
  without.erase("retention");
  BOOST_TEST(fault(without) == "numbering.missing_field retention");
  for (const auto& [name, value] : std::map<std::string, Json>{{"fonds_code", "Z-1"},
                                                               {"class_code", "university.JX"},
                                                               {"fiscal_year", 21},
                                                               {"retention", "forever"},
                                                               {"subclass", "A··B"},
                                                               {"organisation", "a·b"}}) {
    auto wrong = fields;
    wrong[name] = value;
    BOOST_TEST(fault(wrong) == "numbering.unknown_code " + name);
  }
}

BOOST_AUTO_TEST_CASE(a_key_is_the_same_for_every_spelling_and_orders_numbers_by_value) {
  const auto key = code_key("A440-WS·2015·D30·003-005");
  for (const auto* same : {"A440-WS·2015·D30·003-0005", "a440－ws．2015．d30．003—5", "A440-WS·2015·D30·003-000005"})
    BOOST_TEST(code_key(same) == key, same);
  for (const auto* other : {"A440-WS·2015·D30·3-005", "A440-WS·2015·D30·003-050", "A440-WS·2015·D30·003-5a"})
    BOOST_TEST(code_key(other) != key, other);
  const char* ascending[] = {"U-1", "U-2", "U-9", "U-010", "U-99", "U-100", "U-9999999999", "U-12345678901", "U-A"};
  for (std::size_t i = 1; i < std::size(ascending); ++i)
    BOOST_TEST(code_key(ascending[i - 1]).compare(code_key(ascending[i])) < 0, ascending[i]);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_back_is_not_written) {
  const auto fault = [](const Json& fields) {
    try {
      return format_code(numbering("university_volume"), fields, 1);
    } catch (const Error& e) {
      return e.message_id();
    }
  };
  BOOST_TEST(fault({{"fiscal_year", 1999}, {"class_code", "文书"}}) == "numbering.unknown_code");
  BOOST_TEST(fault({{"class_code", "文书"}}) == "numbering.missing_field");  // what is missing is said first
}

BOOST_AUTO_TEST_CASE(parsing_what_was_formatted_gives_it_back) {
  const auto same = [](const Json& read, const Json& given) {
    if (!given.is_number()) return read == given;
    return std::stoull(read.get<std::string>()) == given.get<std::uint64_t>();
  };
  const auto seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::vector<std::string> from) { return from[random() % from.size()]; };
  for (const auto& [name, one] : shipped()->numberings()) {
    const bool university = name.rfind("university", 0) == 0;
    for (int round = 0; round < 300; ++round) {
      Json fields{{"fonds_code", pick({"Z109", "A1", "X", "J019"})},
                  {"class_code", university ? pick({"university.JX", "university.WS", "XYZ"})
                                            : pick({"organ.WS", "organ.KU", "BX", "TZ1"})},
                  {"fiscal_year", 1900 + static_cast<int>(random() % 200)},
                  {"retention", pick({"Y", "D30", "D10", "long_term"})},
                  {"volume_number", random() % 3000}};
      if (random() % 2) fields["organisation"] = pick({"BGS", "办公室", "003", "J1"});
      if (random() % 2)
        fields["subclass"] = university ? pick({"11", "12", "99"}) : pick({"JC", "JC·CC", "TZGG·B2·C3"});
      const std::uint64_t number = 1 + random() % 200'000;
      const auto code = format_code(one, fields, number);
      const auto parsed = parse_code(one, code);
      BOOST_TEST_REQUIRE(parsed.has_value(), name << " " << code << " seed " << seed);
      BOOST_TEST(parsed->canonical == code);
      BOOST_TEST(number_of(*parsed) == number);
      BOOST_TEST(format_code(one, parsed->fields, number) == code);
      for (const auto& element : one.elements)
        if (!element.field.empty() && fields.contains(element.field))
          BOOST_TEST(same(parsed->fields[element.field], fields[element.field]),
                     name << " " << code << " " << element.field << " seed " << seed);
      BOOST_TEST(parse_code(one, widened(code)).value().canonical == code);
      BOOST_TEST(code.rfind(counter_scope(one, fields), 0) == 0U);
    }
  }
}

BOOST_AUTO_TEST_CASE(templates_are_a_vocabulary_that_a_fonds_chooses_from) {
  Json fields{{"code", "Z109"}, {"name", "学校"}, {"item_numbering", "归档文件按件"}};
  fields["item_numbering"] = shipped()->find_numbering("filed_document")->label.zh_hans;
  BOOST_TEST(validate(*shipped(), shipped()->type("fonds"), fields).empty());
  BOOST_TEST(fields["item_numbering"] == "filed_document");
}

BOOST_AUTO_TEST_CASE(a_template_that_cannot_be_read_back_is_refused) {
  const auto fault = [](const std::string& elements) {
    try {
      Schema::parse({{"numbering/n.yaml", "numbering: n\nlabel: [a, b, c]\nelements:\n" + elements}});
    } catch (const Error& e) {
      return e.message();
    }
    return std::string("accepted");
  };
  const std::string number = "  - {name: number, separator: \"-\", form: number}\n";
  BOOST_TEST(fault("  - {name: a, field: a}\n" + number) == "accepted");
  for (const auto& elements : std::vector<std::string>{
           std::string("  - {name: a, field: a}\n"), number + number,
           "  - {name: a, field: a}\n  - {name: n, form: number}\n",
           "  - {name: a, field: a, optional: true}\n" + number, "  - {name: a, field: a, vocabulary: none}\n" + number,
           "  - {name: a, field: a, form: odd}\n" + number, "  - {name: a, field: a, width: 40}\n" + number})
    BOOST_TEST(fault(elements).rfind("numbering/n.yaml:", 0) == 0U, elements);
}

BOOST_AUTO_TEST_SUITE_END()
