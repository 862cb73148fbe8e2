// What a reference code says, how it is kept and within what it is unique.
#include <algorithm>
#include <thread>

#include "holdings.h"

namespace lantai::records {
namespace {

std::string code(const Record& record) { return record.fields.value("reference_code", ""); }

std::string fonds(Holdings& holdings, const std::string& code, Json more = Json::object()) {
  more["code"] = code;
  more["name"] = code;
  return holdings.add("fonds", std::move(more)).id;
}

Record update(Holdings& holdings, const Record& record, const Json& patch) {
  return holdings.engine->update(archivist(), record.type, record.id, record.version, patch).record;
}

// The first rule that is broken, as `field rule`.
template <typename F>
std::string broken(F&& body) {
  const auto error = error_of(body);
  if (error.problems().empty()) return error.message_id();
  return error.problems().at(0).field + " " + error.problems().at(0).rule;
}

struct Example {
  const char* type;
  const char* code;
};
// standards.md, and the university scheme by item.
constexpr Example kExamples[] = {{"item", "Z109-WS·2011-Y-BGS-0001"},
                                 {"item", "A439-WS·2015·D30·003-005"},
                                 {"item", "Z109-WS·2011·Y·办公室-0001"},
                                 {"item", "Z008-WS·2019·Y-037"},
                                 {"item", "J019-LY·2019·Y-001"},
                                 {"item", "C015-WY·TZGG·2019·D10-00001"},
                                 {"item", "B168-SW·2015·Y-001"},
                                 {"item", "J019-ZY·JC·CC·2019·D30-001-001"},
                                 {"item", "J019-KU·01·2017-001-001"},
                                 {"item", "A002-RS-001-002"},
                                 {"item", "K021-ZP·2019·D30-025-005"},
                                 {"volume", "X032-KJ·KY·01-003"},
                                 {"volume", "1999-DQ14-5"},
                                 {"item", "1999-DQ14-5-12"}};

const Json kOrgan{{"fonds_code", "T1"}, {"class_code", "WS"}, {"fiscal_year", 2011}, {"retention", "Y"}};

}  // namespace

BOOST_AUTO_TEST_SUITE(codes)

BOOST_AUTO_TEST_CASE(the_examples_of_the_standards_are_stored_as_they_are) {
  Holdings holdings;
  for (const auto& [type, example] : kExamples) {
    const auto record = holdings.add(type, {{"title", "件"}, {"reference_code", example}});
    BOOST_TEST(code(record) == example);
    BOOST_TEST(holdings.engine->find_by(archivist(), type, "reference_code", example).value().id == record.id, example);
  }
  const auto volume = holdings.engine->find_by(archivist(), "volume", "reference_code", "1999-DQ14-5").value();
  BOOST_TEST(!volume.fields.contains("fonds_code"));
  BOOST_TEST(volume.fields["class_code"] == "university.DQ");
  BOOST_TEST(volume.fields["subclass"] == "14");
  BOOST_TEST(volume.fields["fiscal_year"] == 1999);
  BOOST_TEST(volume.fields["volume_number"] == 5);
}

BOOST_AUTO_TEST_CASE(a_code_of_every_template_is_found_by_list_and_find_by) {
  Holdings holdings;
  auto& engine = *holdings.engine;
  int made = 0;
  for (const auto& [name, numbering] : engine.schema().numberings()) {
    const auto type = numbering.types.at(0);
    const auto of = "F" + std::to_string(++made);
    const auto id = fonds(holdings, of, {{type + "_numbering", name}});
    const bool university = name.starts_with("university");
    const Json fields{{"title", "件"},       {"fonds", id},        {"class_code", university ? "DQ" : "WS"},
                      {"fiscal_year", 2015}, {"retention", "D30"}, {"subclass", university ? "14" : "003"},
                      {"volume_number", 7}};
    const auto record = holdings.add(type, fields);
    BOOST_TEST_REQUIRE(!code(record).empty(), name);
    auto loose = code(record);  // another spelling
    std::transform(loose.begin(), loose.end(), loose.begin(), [](unsigned char c) { return std::tolower(c); });
    loose.insert(loose.rfind('-') + 1, "00");
    for (const auto& asked : {code(record), loose}) {
      BOOST_TEST(engine.find_by(archivist(), type, "reference_code", asked).value().id == record.id, asked);
      ListRequest request;
      request.where.push_back({"reference_code", asked, {}, {}});
      BOOST_TEST(engine.list(archivist(), type, request).records.size() == 1U, asked);
    }
  }
}

BOOST_AUTO_TEST_CASE(codes_are_listed_by_their_numbers) {
  Holdings holdings;
  const auto id = fonds(holdings, "U1", {{"volume_numbering", "university_volume"}});
  for (const auto* one : {"1999-DQ14-10", "1999-DQ14-2", "1999-DQ14-1"})
    holdings.add("volume", {{"title", "卷"}, {"fonds", id}, {"reference_code", one}});
  ListRequest request;
  request.order_by = "reference_code";
  std::vector<std::string> order;
  for (const auto& record : holdings.engine->list(archivist(), "volume", request).records)
    order.push_back(code(record));
  BOOST_TEST((order == std::vector<std::string>{"1999-DQ14-1", "1999-DQ14-2", "1999-DQ14-10"}));
}

BOOST_AUTO_TEST_CASE(the_fonds_code_follows_the_link_and_the_code) {
  Holdings holdings;
  const auto l1 = fonds(holdings, "L1");
  const auto item = holdings.add_item("一", {{"fonds", l1}, {"reference_code", "旧字第3号"}});
  BOOST_TEST(item.fields["fonds_code"] == "L1");
  BOOST_TEST(broken([&] {
               holdings.add_item("二", {{"fonds", l1}, {"fonds_code", "L1"}, {"reference_code", "旧字第3号"}});
             }) == "record.duplicate");
  BOOST_TEST(broken([&] {
               holdings.add_item("三", {{"fonds", l1}, {"fonds_code", "L2"}});
             }) == "fonds_code field.contradicts");
  BOOST_TEST(broken([&] {
               holdings.add_item("四", {{"fonds", l1}, {"reference_code", "L2-WS·2011·Y-0001"}});
             }) == "reference_code field.contradicts");
  const auto numbered =
      holdings.add_item("五", {{"fonds", l1}, {"class_code", "WS"}, {"fiscal_year", 2000}, {"retention", "Y"}});
  BOOST_TEST(code(numbered) == "L1-WS·2000·Y-0001");
  BOOST_TEST(numbered.fields["item_number"] == 1);
  BOOST_TEST(broken([&] { update(holdings, numbered, {{"fonds_code", "Q2"}}); }) == "fonds_code field.contradicts");
  const auto l2 = fonds(holdings, "L2");
  BOOST_TEST(update(holdings, item, {{"fonds", l2}}).fields["fonds_code"] == "L2");
  // A fonds that is called otherwise by now stops nobody from editing what is in it.
  holdings.engine->update(chief(), "fonds", l1, 1, {{"code", "L9"}});
  BOOST_TEST(update(holdings, numbered, {{"notes", "n"}}).version == 2U);
}

BOOST_AUTO_TEST_CASE(a_code_that_names_no_fonds_is_unique_within_the_linked_one) {
  Holdings holdings;
  for (const auto* one : {"U1", "U2"}) {
    const auto id = fonds(holdings, one, {{"volume_numbering", "university_volume"}});
    const Json fields{{"title", "卷"}, {"fonds", id}, {"reference_code", "1999-DQ14-7"}};
    BOOST_TEST(code(holdings.add("volume", fields)) == "1999-DQ14-7");
    BOOST_TEST(broken([&] { holdings.add("volume", fields); }) == "record.duplicate");
  }
}

BOOST_AUTO_TEST_CASE(a_code_and_its_record_never_contradict_each_other) {
  Holdings holdings;
  const std::string given = "D1-WS·2011·Y·BGS-0001";
  const Json wrong[] = {
      {{"fonds_code", "OTHER"}}, {{"fiscal_year", 1999}}, {{"retention", "D10"}}, {{"class_code", "KJ"}}};
  for (auto fields : wrong) {
    fields["reference_code"] = given;
    BOOST_TEST(broken([&] { holdings.add_item("件", fields); }) == "reference_code field.contradicts", fields.dump());
  }
  const auto item = holdings.add_item("件", {{"reference_code", given}, {"organisation", "办公室"}});
  for (const auto& patch : wrong) {
    BOOST_TEST(broken([&] { update(holdings, item, patch); }) == patch.begin().key() + " field.contradicts");
  }
  const auto moved = update(holdings, item, {{"reference_code", "D1-WS·2012·D30·BGS-0004"}});
  BOOST_TEST(moved.fields["fiscal_year"] == 2012);  // what only the code had said follows it
  BOOST_TEST(moved.fields["retention"] == "D30");
  BOOST_TEST(moved.fields["item_number"] == 4);
}

BOOST_DATA_TEST_CASE(one_code_under_several_fonds_codes_at_the_same_time_is_taken_once, kBackends, backend) {
  Holdings holdings(backend);
  const auto id = fonds(holdings, "L1");
  const Json ways[] = {
      {{"fonds", id}}, {{"fonds", id}, {"fonds_code", "L1"}}, {{"fonds_code", "L1"}}, {{"fonds_code", "l1"}}};
  std::atomic<int> made = 0, refused = 0;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 12; ++i) {
      threads.emplace_back([&, i] {
        auto fields = ways[i % std::size(ways)];
        fields["title"] = "件";
        fields["reference_code"] = "旧字第3号";
        try {
          holdings.engine->create(archivist(), "item", fields);
          ++made;
        } catch (const Error& error) {
          if (error.code() == ErrorCode::already_exists) ++refused;
        }
      });
    }
  }
  BOOST_TEST(made == 1);
  BOOST_TEST(refused == 11);
}

BOOST_AUTO_TEST_CASE(what_a_code_cannot_mean_is_kept_as_it_is) {
  Holdings holdings;
  for (const auto* odd : {"D1-WS·0007·Y-0001", "ABCDEFGHIJKLMNOPQRSTUVWXY-WS·2007·Y-0001", "2011-A1-3", "旧字第3号"}) {
    const auto item = holdings.add_item("件", {{"reference_code", odd}});
    BOOST_TEST(code(item) == odd);
    BOOST_TEST(!item.fields.contains("fonds_code"));
    BOOST_TEST(update(holdings, item, {{"notes", "n"}}).version == 2U);
  }
  BOOST_TEST(holdings.add_item("件", {{"reference_code", 20110001}}).fields["reference_code_as_given"] == "20110001");
}

BOOST_AUTO_TEST_CASE(a_corrected_mistake_does_not_spoil_the_series) {
  Holdings holdings;
  const auto next = [&] { return code(holdings.add_item("件", kOrgan)); };
  BOOST_TEST(next() == "T1-WS·2011·Y-0001");
  const auto slip = holdings.add_item("误", {{"reference_code", "T1-WS·2011·Y-0200"}});
  update(holdings, slip, {{"reference_code", "T1-WS·2011·Y-0002"}});
  BOOST_TEST(next() == "T1-WS·2011·Y-0003");
  for (const auto* absurd : {"T1-WS·2011·Y-20110002", "T1-WS·2011·Y-999999999999999999"})
    holdings.add_item("误", {{"reference_code", absurd}});
  BOOST_TEST(next() == "T1-WS·2011·Y-0004");
  holdings.add_item("末", {{"reference_code", "T1-WS·2011·Y-999999"}});
  BOOST_TEST(broken(next) == "reference_code numbering.used_up");
}

BOOST_AUTO_TEST_CASE(a_number_that_the_engine_gave_stays_given_when_the_code_is_corrected) {
  Holdings holdings;
  const auto item = holdings.add_item("件", kOrgan);
  update(holdings, item, {{"reference_code", "T1-WS·2012·Y-0001"}});
  BOOST_TEST(code(holdings.add_item("件", kOrgan)) == "T1-WS·2011·Y-0002");
}

BOOST_AUTO_TEST_CASE(an_item_number_that_is_given_becomes_the_code) {
  Holdings holdings;
  auto fields = kOrgan;
  fields["item_number"] = 5;
  BOOST_TEST(code(holdings.add_item("件", fields)) == "T1-WS·2011·Y-0005");
  BOOST_TEST(broken([&] { holdings.add_item("件", fields); }) == "record.duplicate");
}

BOOST_AUTO_TEST_CASE(a_class_code_belongs_to_the_scheme_of_its_fonds) {
  Holdings holdings;
  const auto university = fonds(holdings, "U1", {{"class_scheme", "university"}});
  Json fields{
      {"title", "外事卷"}, {"fonds", university}, {"class_code", "WS"}, {"fiscal_year", 2005}, {"subclass", "12"}};
  const auto volume = holdings.add("volume", fields);
  BOOST_TEST(volume.fields["class_code"] == "university.WS");
  BOOST_TEST(code(volume) == "2005-WS12-1");
  fields["class_code"] = "organ.WS";
  BOOST_TEST(broken([&] { holdings.add("volume", fields); }) == "class_code numbering.unknown_code");
  BOOST_TEST(holdings.add_item("件", {{"class_code", "WS"}}).fields["class_code"] == "organ.WS");
  const auto by_template = fonds(holdings, "U2", {{"volume_numbering", "university_volume"}});
  fields["fonds"] = by_template;
  fields["class_code"] = "外事";
  BOOST_TEST(code(holdings.add("volume", fields)) == "2005-WS12-1");
}

BOOST_AUTO_TEST_CASE(a_tree_of_classes_is_of_one_scheme) {
  Holdings holdings;
  const auto organ = holdings.add("class", {{"scheme", "organ"}, {"code", "WS"}, {"name", "文书"}});
  const Json child{{"scheme", "university"}, {"code", "DQ"}, {"name", "党群"}, {"parent", organ.id}};
  BOOST_TEST(broken([&] { holdings.add("class", child); }) == "scheme field.contradicts");
  auto fitting = child;
  fitting["scheme"] = "organ";
  const auto below = holdings.add("class", fitting);
  BOOST_TEST(broken([&] { update(holdings, organ, {{"scheme", "own"}}); }) == "scheme field.contradicts");
  BOOST_TEST(broken([&] { update(holdings, below, {{"scheme", "own"}}); }) == "scheme field.contradicts");
  BOOST_TEST(update(holdings, below, {{"scheme", "own"}, {"parent", nullptr}}).version == 2U);
}

BOOST_AUTO_TEST_CASE(what_was_typed_last_and_every_former_code_are_kept) {
  Holdings holdings;
  auto item = holdings.add_item("件", {{"reference_code", "F1-WS.2011.Y-1"}, {"former_codes", {"旧1"}}});
  item = update(holdings, item, {{"reference_code", "F1-WS．2011．Y-5"}});
  BOOST_TEST(item.fields["reference_code_as_given"] == "F1-WS．2011．Y-5");
  item = update(holdings, item, {{"former_codes", nullptr}, {"reference_code_as_given", "别的"}, {"notes", "n"}});
  BOOST_TEST((item.fields["former_codes"] == Json::array({"旧1", "F1-WS·2011·Y-0001"})));
  BOOST_TEST(item.fields["reference_code_as_given"] == "F1-WS．2011．Y-5");
  holdings.engine->remove(archivist(), "item", item.id, item.version);
  BOOST_TEST(code(holdings.add_item("新", {{"reference_code", "F1-WS·2011·Y-0001"}})) == "F1-WS·2011·Y-0001");
}

BOOST_AUTO_TEST_CASE(a_term_with_its_suffix_replaces_both) {
  Holdings holdings;
  const auto item = holdings.add_item("密件", {{"secrecy", "机密★10年"}});
  const auto changed = update(holdings, item, {{"secrecy", "秘密★5年"}});
  BOOST_TEST(changed.fields["secrecy"] == "confidential");
  BOOST_TEST(changed.fields["secrecy_period"] == "5年");
  BOOST_TEST(broken([&] {
               update(holdings, changed, {{"secrecy", "秘密★5年"}, {"secrecy_period", "9年"}});
             }) == "secrecy field.contradicts");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
