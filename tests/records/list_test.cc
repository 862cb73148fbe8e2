#include <chrono>
#include <random>

#include "holdings.h"
#include "lantai/storage/key_codec.h"
#include "record_keys.h"

namespace lantai::records {
namespace {

std::vector<std::string> titles(const ListPage& page) {
  std::vector<std::string> out;
  for (const auto& record : page.records) out.push_back(record.fields.value("title", record.fields.value("name", "")));
  return out;
}

// Every page, one after the other.
std::vector<std::string> all_titles(const RecordEngine& engine, const Principal& who, const std::string& type,
                                    ListRequest request) {
  std::vector<std::string> out;
  for (;;) {
    const auto page = engine.list(who, type, request);
    for (auto& title : titles(page)) out.push_back(std::move(title));
    if (page.next_page_token.empty()) return out;
    request.page_token = page.next_page_token;
  }
}

Condition equal(std::string field, Json value) { return {std::move(field), std::move(value), {}, {}}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(lists)

BOOST_DATA_TEST_CASE(lists_filter_order_and_page, kBackends, backend) {
  Holdings holdings(backend);
  auto& engine = *holdings.engine;
  std::vector<std::string> by_year;
  for (int i = 0; i < 30; ++i) {
    Json fields{{"fiscal_year", 2000 + i / 3}, {"retention", i % 2 == 0 ? "Y" : "D30"}};
    holdings.add_item("件" + std::to_string(i), fields);
    by_year.push_back("件" + std::to_string(i));
  }
  ListRequest request;
  request.limit = 7;
  request.order_by = "fiscal_year";
  auto found = all_titles(engine, archivist(), "item", request);
  BOOST_TEST(found.size() == 30U);
  const auto number = [](const std::string& title) { return std::stoi(title.substr(3)); };
  for (std::size_t i = 1; i < found.size(); ++i) BOOST_TEST(number(found[i - 1]) / 3 <= number(found[i]) / 3);
  BOOST_TEST(
      (std::set<std::string>(found.begin(), found.end()) == std::set<std::string>(by_year.begin(), by_year.end())));

  request.descending = true;
  const auto backwards = all_titles(engine, archivist(), "item", request);
  BOOST_TEST(backwards == std::vector<std::string>(found.rbegin(), found.rend()), boost::test_tools::per_element());

  request.descending = false;
  request.where = {equal("retention", "永久"), {"fiscal_year", {}, "2003", "2005"}};
  const auto some = all_titles(engine, archivist(), "item", request);
  BOOST_TEST(some == (std::vector<std::string>{"件10", "件12", "件14", "件16"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_range_without_an_order_comes_in_its_own_order) {
  Holdings holdings;
  holdings.add_item("c", {{"date", "2021-03-05"}});
  holdings.add_item("a", {{"date", "2019"}});
  holdings.add_item("b", {{"date", "2020-12"}});
  holdings.add_item("d", {{"date", "2021-12-31"}});
  holdings.add_item("e", {{"date", "2022"}});
  ListRequest request;
  request.where = {{"date", {}, "2020", "2021"}};
  BOOST_TEST(titles(holdings.engine->list(archivist(), "item", request)) == (std::vector<std::string>{"b", "c", "d"}),
             boost::test_tools::per_element());
  request.where = {{"date", {}, {}, "2020-12"}};
  BOOST_TEST(titles(holdings.engine->list(archivist(), "item", request)) == (std::vector<std::string>{"a", "b"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(absent_values_and_many_values_can_be_asked_for) {
  Holdings holdings;
  holdings.add_item("a", {{"keywords", {"放假", "通知"}}});
  holdings.add_item("b", {{"keywords", {"通知"}}});
  holdings.add_item("c");
  ListRequest request;
  request.where = {equal("keywords", "通知")};
  BOOST_TEST(titles(holdings.engine->list(archivist(), "item", request)) == (std::vector<std::string>{"a", "b"}),
             boost::test_tools::per_element());
  request.where = {equal("keywords", nullptr)};
  BOOST_TEST(titles(holdings.engine->list(archivist(), "item", request)) == (std::vector<std::string>{"c"}),
             boost::test_tools::per_element());
  holdings.add_item("d", {{"box", "7"}});
  request.where = {equal("box", nullptr)};
  BOOST_TEST(titles(holdings.engine->list(archivist(), "item", request)) == (std::vector<std::string>{"a", "b", "c"}),
             boost::test_tools::per_element());
  request = {};
  request.order_by = "keywords";
  BOOST_TEST((error_of([&] { holdings.engine->list(archivist(), "item", request); }).problems().at(0).rule ==
              "field.not_sortable"));
}

// Which records have no value is only kept in order for fields that are declared sortable.
BOOST_AUTO_TEST_CASE(what_is_not_sortable_orders_only_those_that_have_a_value) {
  Holdings holdings;
  holdings.add_item("c", {{"closed_until", "2031-05-01"}});
  holdings.add_item("a", {{"closed_until", "2030-01-01"}});
  holdings.add_item("b");
  ListRequest request;
  request.order_by = "closed_until";
  BOOST_TEST((error_of([&] { holdings.engine->list(archivist(), "item", request); }).problems().at(0).rule ==
              "field.not_sortable"));
  request.where = {{"closed_until", {}, {}, "2031"}};
  BOOST_TEST(titles(holdings.engine->list(archivist(), "item", request)) == (std::vector<std::string>{"a", "c"}),
             boost::test_tools::per_element());
  request.where = {equal("closed_until", nullptr)};
  BOOST_TEST((error_of([&] { holdings.engine->list(archivist(), "item", request); }).problems().at(0).rule ==
              "field.not_sortable"));
}

// A field without a value has no entry, unless an order needs it: of an item with nothing but a title a dozen are left.
BOOST_AUTO_TEST_CASE(what_is_absent_is_not_written_down) {
  Holdings holdings;
  holdings.add_item("a");
  const auto prefix = record_prefix("item");
  const auto entries = holdings.store->read_view()->scan(
      storage::KeySpace::indexes, {prefix, storage::after_prefix(prefix), storage::kMaxPageEntries, false});
  BOOST_TEST(entries.entries.size() <= 15U);
}

// Against a plain filter over everything, for many random questions.
BOOST_AUTO_TEST_CASE(every_answer_is_that_of_a_plain_filter) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  Holdings holdings;
  std::vector<Record> all;
  const std::vector<std::string> retentions{"Y", "D30", "D10"};
  for (int i = 0; i < 200; ++i) {
    Json fields = Json::object();
    if (random() % 5 != 0) fields["fiscal_year"] = 2000 + static_cast<int>(random() % 6);
    if (random() % 5 != 0) fields["retention"] = retentions[random() % 3];
    if (random() % 5 != 0) fields["box"] = std::string(1, static_cast<char>('a' + random() % 4));
    if (random() % 5 != 0) fields["document_number"] = "校办〔2021〕" + std::to_string(random() % 9) + "号";
    all.push_back(holdings.add_item("件" + std::to_string(i), fields));
  }
  for (int round = 0; round < 60; ++round) {
    ListRequest request;
    request.limit = 1 + random() % 20;
    request.descending = random() % 2 == 0;
    if (random() % 2 == 0) request.where.push_back(equal("retention", retentions[random() % 3]));
    if (random() % 2 == 0) request.where.push_back({"fiscal_year", {}, "2001", "2003"});
    if (random() % 3 == 0) request.where.push_back(equal("box", random() % 2 == 0 ? Json("b") : Json()));
    std::vector<std::string> orders{"", "fiscal_year", "document_number", "title"};
    for (const auto& condition : request.where)
      if (!condition.equals || !condition.equals->is_null()) orders.push_back(condition.field);
    request.order_by = orders[random() % orders.size()];
    std::set<std::string> expected;
    for (const auto& record : all) {
      const bool fits = std::all_of(request.where.begin(), request.where.end(), [&](const Condition& c) {
        const auto value = record.fields.find(c.field);
        if (c.equals && c.equals->is_null()) return value == record.fields.end();
        if (c.equals) return value != record.fields.end() && *value == *c.equals;
        return value != record.fields.end() && *value >= 2001 && *value <= 2003;
      });
      if (fits) expected.insert(record.fields["title"]);
    }
    const auto found = all_titles(*holdings.engine, archivist(), "item", request);
    BOOST_TEST(found.size() == expected.size());
    BOOST_TEST((std::set<std::string>(found.begin(), found.end()) == expected));
  }
}

BOOST_AUTO_TEST_CASE(records_that_come_and_go_between_pages_hide_and_repeat_no_others) {
  Holdings holdings;
  auto& engine = *holdings.engine;
  std::vector<Record> items;
  for (int i = 0; i < 10; ++i) items.push_back(holdings.add_item("b" + std::to_string(i)));
  ListRequest request;
  request.limit = 4;
  request.order_by = "title";
  const auto first = engine.list(archivist(), "item", request);
  BOOST_TEST(titles(first).back() == "b3");
  holdings.add_item("a");
  holdings.add_item("b3+");
  engine.remove(archivist(), "item", items[3].id, 1);
  engine.update(archivist(), "item", items[2].id, 1, {{"title", "z"}});
  request.page_token = first.next_page_token;
  BOOST_TEST(titles(engine.list(archivist(), "item", request)) == (std::vector<std::string>{"b3+", "b4", "b5", "b6"}),
             boost::test_tools::per_element());
  for (const std::string& bad : {std::string("x"), first.next_page_token + "9", std::string(60, '.')}) {
    request.page_token = bad;
    BOOST_TEST(error_of([&] { engine.list(archivist(), "item", request); }).message_id() == "record.bad_page_token");
  }
  request.page_token = first.next_page_token;
  request.descending = true;
  BOOST_TEST(error_of([&] { engine.list(archivist(), "item", request); }).message_id() == "record.bad_page_token");
}

BOOST_AUTO_TEST_CASE(what_is_not_indexed_cannot_be_asked_for) {
  Holdings holdings;
  ListRequest request;
  request.where = {equal("abstract", "x")};
  BOOST_TEST((error_of([&] { holdings.engine->list(archivist(), "item", request); }).problems().at(0).rule ==
              "field.not_indexed"));
  request = {};
  request.limit = 1001;
  BOOST_TEST(error_of([&] { holdings.engine->list(archivist(), "item", request); }).message_id() == "record.bad_limit");
}

BOOST_DATA_TEST_CASE(children_are_listed_under_their_parent, kBackends, backend) {
  Holdings holdings(backend);
  auto& engine = *holdings.engine;
  const auto top = holdings.add("department", {{"name", "校"}});
  holdings.add("department", {{"name", "乙"}, {"parent", top.id}, {"order", 2}});
  holdings.add("department", {{"name", "甲"}, {"parent", top.id}, {"order", 1}});
  ListRequest request;
  request.order_by = "order";
  BOOST_TEST(titles(engine.children(reader(), "department", top.id, request)) == (std::vector<std::string>{"甲", "乙"}),
             boost::test_tools::per_element());
  BOOST_TEST(titles(engine.children(reader(), "department", {}, {})) == (std::vector<std::string>{"校"}),
             boost::test_tools::per_element());
  BOOST_TEST((error_of([&] { engine.children(reader(), "fonds", top.id, {}); }).code() == ErrorCode::invalid_argument));
}

// A reader who may see one record in a thousand gets short pages, but each in bounded work, and reaches the end.
BOOST_AUTO_TEST_CASE(a_page_full_of_hidden_records_ends_and_goes_on) {
  Holdings holdings;
  for (int i = 0; i < 600; ++i) holdings.add_item("秘" + std::to_string(i), {{"access_level", "restricted"}});
  holdings.add_item("公", {{"access_level", "public"}});
  ListRequest request;
  request.limit = 10;
  BOOST_TEST(all_titles(*holdings.engine, reader(), "item", request) == (std::vector<std::string>{"公"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
