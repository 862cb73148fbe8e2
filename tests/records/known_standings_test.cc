// What lists remember of what they met, and forget.
#include "known_standings.h"

#include <random>
#include <thread>

#include "holdings.h"

namespace lantai::records {
namespace {

struct Office : Holdings {
  Office() {
    for (const char* name : {"甲处", "乙处"}) departments.push_back(add("department", {{"name", name}}).id);
    volume = add("volume", {{"title", "案卷"}, {"department", departments[1]}, {"access_level", "internal"}}).id;
    reader.id = "of-first";
    reader.roles = {"staff"};
    reader.clearance = 1;
    reader.all_departments = false;
    reader.scope = {departments[0]};
  }
  std::string item(int department, Json more = Json::object()) {
    if (!more.contains("volume")) more["department"] = departments[static_cast<std::size_t>(department)];
    if (!more.contains("volume")) more["access_level"] = "internal";
    return add_item("文件", std::move(more)).id;
  }
  // Twice, so that the second goes by what the first remembered.
  std::set<std::string> seen() {
    std::set<std::string> first, second;
    for (auto* found : {&first, &second}) {
      ListRequest request;
      request.limit = 7;
      do {
        auto page = engine->list(reader, "item", request);
        for (const auto& record : page.records) BOOST_TEST(found->insert(record.id).second);
        request.page_token = std::move(page.next_page_token);
      } while (!request.page_token.empty());
    }
    BOOST_TEST((first == second));
    return second;
  }
  std::vector<std::string> departments;
  std::string volume;
  Principal reader;
};

using Ids = std::set<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(known_standings, Office)

BOOST_AUTO_TEST_CASE(a_list_shows_what_may_be_seen_now_whatever_was_remembered) {
  Ids own;
  std::vector<std::string> others;
  for (int i = 0; i < 40; ++i) {
    own.insert(item(0));
    others.push_back(item(1));
  }
  BOOST_TEST((seen() == own));
  // Moved, opened, closed, removed.
  engine->update(archivist(), "item", others[3], 0, {{"department", departments[0]}});
  own.insert(others[3]);
  BOOST_TEST((seen() == own));
  engine->update(archivist(), "item", others[7], 0, {{"access_level", "public"}});
  own.insert(others[7]);
  BOOST_TEST((seen() == own));
  const auto closed = *own.begin();
  engine->update(archivist(), "item", closed, 0, {{"access_level", "restricted"}});
  own.erase(closed);
  BOOST_TEST((seen() == own));
  const auto removed = *own.begin();
  engine->remove(chief(), "item", removed, 0);
  own.erase(removed);
  BOOST_TEST((seen() == own));
  // Another scope of the same person, and a clearance that reaches no further.
  reader.scope = {departments[1]};
  Ids of_second(others.begin(), others.end());
  of_second.erase(others[3]);
  BOOST_TEST((seen() == of_second));
  reader.clearance = 0;
  BOOST_TEST((seen() == Ids{others[7]}));
}

BOOST_AUTO_TEST_CASE(a_change_of_what_they_lie_in_is_seen_at_once) {
  const auto inside = item(0, {{"volume", volume}});
  BOOST_TEST(seen().empty());
  engine->update(archivist(), "volume", volume, 0, {{"department", departments[0]}});
  BOOST_TEST((seen() == Ids{inside}));
  engine->update(archivist(), "volume", volume, 0, {{"access_level", "restricted"}});
  BOOST_TEST(seen().empty());
}

BOOST_AUTO_TEST_CASE(a_record_that_is_closed_opens_on_its_day) {
  const auto one = item(0, {{"closed_until", "2023-11-16"}});  // tomorrow
  BOOST_TEST(seen().empty());
  clock.advance_micros(24LL * 3600 * 1'000'000);
  BOOST_TEST((seen() == Ids{one}));
}

BOOST_AUTO_TEST_CASE(what_is_lent_is_in_the_list_though_it_was_stepped_over) {
  const auto other = item(1);
  BOOST_TEST(seen().empty());
  reader.lent = {"item/" + other};
  BOOST_TEST((seen() == Ids{other}));
}

BOOST_AUTO_TEST_CASE(other_declarations_begin_anew) {
  const auto other = item(1);
  BOOST_TEST(seen().empty());
  engine->replace_schema(shipped_schema());
  engine->update(archivist(), "item", other, 0, {{"department", departments[0]}});
  BOOST_TEST((seen() == Ids{other}));
}

// Somebody who sees little, whatever changes between the lists: the same pages as from an engine that remembers
// nothing.
BOOST_AUTO_TEST_CASE(pages_are_those_of_who_remembers_nothing) {
  std::mt19937 random(29);
  const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  std::vector<std::string> items;
  const auto make = [&] {
    const bool in_volume = any(25) == 0;
    Json more{{"fiscal_year", 2000 + any(6)}, {"keywords", Json::array({"甲", any(2) == 0 ? "乙" : "丙"})}};
    if (in_volume) more["volume"] = volume;
    items.push_back(item(any(25) == 0 ? 0 : 1, more));
  };
  for (int i = 0; i < 400; ++i) make();
  const auto change = [&] {
    const auto& one = items[any(items.size())];
    switch (any(7)) {
      case 0:
        return make();
      case 1:
        if (const auto record = engine->find(chief(), "item", one)) engine->remove(chief(), "item", one, 0);
        return;
      case 2:
        engine->update(archivist(), "volume", volume, 0, {{"department", departments[any(2)]}});
        return;
      default:
        break;
    }
    if (!engine->find(chief(), "item", one)) return;
    const std::vector<Json> changes{{{"department", departments[any(2)]}},
                                    {{"access_level", any(8) == 0 ? "public" : "internal"}},
                                    {{"fiscal_year", 2000 + any(6)}},
                                    {{"keywords", Json::array({any(2) == 0 ? "丁" : "乙"})}}};
    engine->update(archivist(), "item", one, 0, changes[any(changes.size())]);
  };
  const auto pages = [&](RecordEngine& from, ListRequest request) {
    std::vector<std::vector<std::string>> out;
    do {
      auto page = from.list(reader, "item", request);
      out.emplace_back();
      for (const auto& record : page.records) out.back().push_back(record.id + " " + std::to_string(record.version));
      request.page_token = std::move(page.next_page_token);
    } while (!request.page_token.empty());
    return out;
  };
  for (int round = 0; round < 150; ++round) {
    for (std::size_t i = any(4); i > 0; --i) change();
    reader.clearance = any(4) == 0 ? 0 : 1;
    reader.all_departments = any(6) == 0;
    ListRequest request;
    request.limit = 1 + any(9);
    request.descending = any(2) == 0;
    if (any(3) != 0) request.order_by = "fiscal_year";
    if (any(4) == 0) request.where.push_back({"fiscal_year", Json(2000 + any(6)), {}, {}});
    if (any(4) == 0) request.where.push_back({"keywords", Json("乙"), {}, {}});
    if (any(4) == 0) request.where.push_back({"fiscal_year", {}, "2002", "2004"});
    RecordEngine forgetful(*store, shipped_schema(), clock);
    const auto expected = pages(forgetful, request);
    // Of pages only what they show counts: who steps over less may see earlier that there is no more.
    const auto shown = [](const auto& all) {
      std::vector<std::string> out;
      for (const auto& page : all) out.insert(out.end(), page.begin(), page.end());
      return out;
    };
    BOOST_TEST_REQUIRE(shown(pages(*engine, request)) == shown(expected), boost::test_tools::per_element());
    BOOST_TEST_REQUIRE(shown(pages(*engine, request)) == shown(expected), boost::test_tools::per_element());
  }
}

// What a list read is not remembered when it changed meanwhile, however the two meet.
BOOST_AUTO_TEST_CASE(what_changed_since_is_not_remembered) {
  KnownStandings known(*store, container_types(engine->schema()),
                       [](const auto&, const auto&) { return std::set<Bytes>(); });
  const auto today = office_day(clock.now());
  const auto one = item(1), two = item(1);
  const auto standing = [&](const std::string& id) { return engine->standing(engine->get(chief(), "item", id)); };
  const auto followed = known.follow(today);
  const auto before = standing(one);
  engine->update(archivist(), "item", one, 0, {{"department", departments[0]}});
  known.met(followed, "item", {{one, before}, {two, standing(two)}});
  BOOST_TEST(known.find("item", {one})[0] == KnownStandings::kUnknown);
  BOOST_TEST(known.find("item", {two})[0] != KnownStandings::kUnknown);
  // Somebody else's list may have looked at the change already.
  const auto again = known.follow(today);
  const auto old = standing(two);
  engine->update(archivist(), "item", two, 0, {{"department", departments[0]}});
  known.follow(today);
  known.met(again, "item", {{two, old}});
  BOOST_TEST(known.find("item", {two})[0] == KnownStandings::kUnknown);
  // A container changed: nothing read before is known.
  const auto third = known.follow(today);
  const auto of_one = standing(one);
  engine->update(archivist(), "volume", volume, 0, {{"title", "改题"}});
  known.met(third, "item", {{one, of_one}});
  BOOST_TEST(known.find("item", {one})[0] == KnownStandings::kUnknown);

  const Bytes from{0}, to{0xff};
  const auto later = known.follow(today);
  known.seen(later, "viewer", from, to, {});
  BOOST_TEST(known.seen_by("viewer", {from, to, 10, false}).has_value());
  known.seen(later, "another", from, to, {});
  engine->update(archivist(), "item", two, 0, {{"access_level", "public"}});
  known.seen(later, "late", from, to, {});
  BOOST_TEST(!known.seen_by("late", {from, to, 10, false}).has_value());
  BOOST_TEST(known.seen_by("another", {from, to, 10, false}).has_value());
  engine->update(archivist(), "volume", volume, 0, {{"access_level", "public"}});
  known.follow(today);
  BOOST_TEST(!known.seen_by("another", {from, to, 10, false}).has_value());
}

BOOST_AUTO_TEST_CASE(lists_and_changes_at_the_same_time_never_show_what_is_hidden_nor_hide_what_is_not) {
  std::vector<std::string> ids;
  for (int i = 0; i < 60; ++i) ids.push_back(item(1));
  std::atomic<bool> done{false};
  std::vector<std::jthread> lists;
  for (int i = 0; i < 3; ++i)
    lists.emplace_back([&] {
      while (!done) {
        ListRequest request;
        request.limit = 50;
        for (const auto& record : engine->list(reader, "item", request).records) {
          if (record.fields.value("department", "") != departments[0]) done = true;
        }
      }
    });
  for (int round = 0; round < 200 && !done; ++round) {
    const auto& id = ids[static_cast<std::size_t>(round) % ids.size()];
    const auto to = departments[static_cast<std::size_t>(round / 60) % 2];
    engine->update(archivist(), "item", id, 0, {{"department", to}});
    ListRequest request;
    request.limit = 1000;
    const auto page = engine->list(reader, "item", request);
    const bool listed =
        std::any_of(page.records.begin(), page.records.end(), [&](const auto& one) { return one.id == id; });
    if (listed != (to == departments[0])) done = true;
  }
  BOOST_TEST(!done);
  done = true;
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
