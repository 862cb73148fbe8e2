// Who works where, and who headed what on a day?
#include "school.h"

namespace lantai::organisation {
namespace {

using Names = std::vector<std::string>;

void check(const Names& found, const Names& expected) {
  BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(the_organisation, School)

BOOST_AUTO_TEST_CASE(who_headed_a_department_on_the_day_of_signing) {
  const auto office = department("校长办公室");
  const auto wang = person("王一"), li = person("李二");
  appoint(wang, office, "主任", {{"head", true}, {"from", "2015-09-01"}, {"to", "2021-03-04"}});
  appoint(li, office, "主任", {{"head", true}, {"from", "2021-03-05"}});
  check(names(organisation.heads_of(office, "2021-03-04")), {"王一"});
  check(names(organisation.heads_of(office, "2021-03-05")), {"李二"});
  check(names(organisation.heads_of(office, "2015-08-31")), {});
  check(names(organisation.heads_of(office, organisation.today())), {"李二"});
}

// Old papers often know the month or the year only.
BOOST_AUTO_TEST_CASE(a_month_holds_from_its_first_day_to_its_last) {
  const auto office = department("教务处");
  const auto wang = person("王一");
  appoint(wang, office, "处长", {{"head", true}, {"from", "2019-09"}, {"to", "2020"}});
  check(names(organisation.heads_of(office, "2019-08-31")), {});
  check(names(organisation.heads_of(office, "2019-09-01")), {"王一"});
  check(names(organisation.heads_of(office, "2020-12-31")), {"王一"});
  check(names(organisation.heads_of(office, "2021-01-01")), {});
}

BOOST_AUTO_TEST_CASE(whom_the_department_names_heads_it_today_where_nobody_is_appointed) {
  const auto wang = person("王一"), li = person("李二");
  const auto office = department("总务处", {{"head", wang}});
  check(names(organisation.heads_of(office, organisation.today())), {"王一"});
  check(names(organisation.heads_of(office, "2001-01-01")), {});
  appoint(li, office, "处长", {{"head", true}});
  check(names(organisation.heads_of(office, organisation.today())), {"李二"});
}

BOOST_AUTO_TEST_CASE(somebody_with_several_posts_is_in_each_department) {
  const auto office = department("办公室"), archive = department("档案馆");
  const auto wang = person("王一");
  appoint(wang, archive, "馆长", {{"head", true}, {"from", "2022-01-01"}});
  appoint(wang, office, "副主任", {{"main", true}, {"from", "2020-01-01"}});
  check(names(organisation.people_in(office, organisation.today())), {"王一"});
  check(names(organisation.people_in(archive, organisation.today())), {"王一"});
  const auto posts = organisation.appointments_of(wang, organisation.today());
  BOOST_TEST_REQUIRE(posts.size() == 2U);
  BOOST_TEST(posts[0].position == "副主任");  // the main one first
  BOOST_TEST(organisation.appointments_of(wang, "2021-01-01").size() == 1U);
  BOOST_TEST(organisation.appointments_of(wang, "").size() == 2U);
}

// A small school writes department and position on the person; an appointment, once there is one, says it better.
BOOST_AUTO_TEST_CASE(who_has_no_appointment_works_where_their_record_says) {
  const auto office = department("办公室"), library = department("图书馆");
  const auto zhao = person("赵三", {{"department", office}, {"position", "干事"}, {"active_to", "2022-06-30"}});
  check(names(organisation.people_in(office, "2022-06-30")), {"赵三"});
  check(names(organisation.people_in(office, "2022-07-01")), {});
  appoint(zhao, library, "馆员", {{"from", "2020-01-01"}, {"to", "2020-12-31"}});
  check(names(organisation.people_in(office, "2020-06-01")), {});
  check(names(organisation.people_in(library, "2020-06-01")), {"赵三"});
  check(names(organisation.people_in(office, "2021-06-01")), {"赵三"});
  BOOST_TEST(organisation.sizes("2020-06-01")[library] == 1U);
  BOOST_TEST(!organisation.sizes("2020-06-01").contains(office));
}

BOOST_AUTO_TEST_CASE(departments_are_those_of_the_day_in_their_order) {
  department("新校区办", {{"effective_from", "2022-01-01"}, {"order", 1}});
  department("老校区办", {{"effective_to", "2021-12-31"}, {"order", 2}});
  department("办公室", {{"order", 3}});
  const auto names_on = [&](const char* day) {
    Names names;
    for (const auto& one : organisation.departments(day)) names.push_back(one.name);
    return names;
  };
  check(names_on("2021-12-31"), {"老校区办", "办公室"});
  check(names_on("2022-01-01"), {"新校区办", "办公室"});
}

// What is asked follows every change at once: moved, renamed, dissolved, deleted.
BOOST_AUTO_TEST_CASE(it_follows_every_change) {
  const auto top = department("学校"), office = department("办公室", {{"parent", top}});
  const auto wang = person("王一");
  const auto post = appoint(wang, office, "主任", {{"head", true}});
  BOOST_TEST((organisation.with_those_below({top}) == std::set<std::string>{top, office}));
  engine->update(records::chief(), "department", office, 0, {{"parent", nullptr}});
  BOOST_TEST((organisation.with_those_below({top}) == std::set<std::string>{top}));
  engine->update(records::chief(), "appointment", post, 0, {{"department", top}});
  check(names(organisation.people_in(office, organisation.today())), {});
  check(names(organisation.people_in(top, organisation.today())), {"王一"});
  engine->remove(records::chief(), "appointment", post, 0);
  check(names(organisation.people_in(top, organisation.today())), {});
  BOOST_TEST(!organisation.appointment(post).has_value());
}

BOOST_AUTO_TEST_CASE(who_is_in_a_group_while_it_lasts_is_lent_what_is_lent_to_it) {
  const auto wang = person("王一"), li = person("李二");
  const auto board = add("group", {{"name", "编委会"}, {"members", {wang}}, {"effective_to", "2023-11-15"}}).id;
  const auto of_wang = account("wang", wang), of_li = account("li", li);
  const auto item = "item/" + add_item("借出的").id;
  accounts->give_grant(identity::operator_principal(),
                       {"group/" + board, item, Timestamp{clock.now().micros + 1'000'000'000'000}, "修史", {}, {}});
  const auto lent = [&](const identity::Account& to) { return accounts->principal_of(to).lent.contains(item); };
  BOOST_TEST(lent(of_wang));
  BOOST_TEST(!lent(of_li));
  engine->update(records::chief(), "group", board, 0, {{"members", {li}}});
  BOOST_TEST(!lent(of_wang));
  BOOST_TEST(lent(of_li));
  clock.advance_micros(24LL * 3600 * 1'000'000);  // the group's last day is over
  BOOST_TEST(!lent(of_li));
}

BOOST_AUTO_TEST_CASE(nothing_ends_before_it_begins) {
  const auto office = department("办公室");
  const auto wang = person("王一");
  const auto refused = [&](const char* type, Json fields, const char* field) {
    try {
      add(type, std::move(fields));
      return false;
    } catch (const Error& error) {
      return error.problems().size() == 1 && error.problems()[0].field == field;
    }
  };
  const Json post{{"person", wang}, {"department", office}, {"position", "主任"}, {"from", "2021-03-05"}};
  auto before = post;
  before["to"] = "2021-03-04";
  BOOST_TEST(refused("appointment", before, "to"));
  before["to"] = "2020";
  BOOST_TEST(refused("appointment", before, "to"));
  before["to"] = "2021";
  BOOST_TEST(!refused("appointment", before, "to"));
  BOOST_TEST(
      refused("department", {{"name", "x"}, {"effective_from", "2021"}, {"effective_to", "2020-12"}}, "effective_to"));
  BOOST_TEST(refused("person", {{"name", "x"}, {"active_from", "2021-02"}, {"active_to", "2021-01"}}, "active_to"));
}

// Administrators alone appoint: accounts may take their departments from it.
BOOST_AUTO_TEST_CASE(an_archivist_appoints_nobody) {
  const Json post{{"person", person("王一")}, {"department", department("办公室")}, {"position", "主任"}};
  BOOST_CHECK_THROW(engine->create(records::archivist(), "appointment", post), Error);
}

// After a long import of other things, too.
BOOST_AUTO_TEST_CASE(it_is_right_after_very_many_changes) {
  const auto office = department("办公室");
  const auto wang = person("王一");
  appoint(wang, office, "主任");
  check(names(organisation.people_in(office, organisation.today())), {"王一"});
  std::vector<records::NewRecord> many(1000, {"synonym", {}, {}, {}});
  for (int round = 0; round < 21; ++round) {
    for (std::size_t i = 0; i < many.size(); ++i)
      many[i].fields = {{"word", std::to_string(round) + "-" + std::to_string(i)}, {"also", {"x"}}};
    engine->create_all(records::chief(), many);
  }
  const auto li = person("李二");
  appoint(li, office, "副主任");
  check(names(organisation.people_in(office, organisation.today())), {"王一", "李二"});
}

// The picture asked while others change it is never torn: every answer is one there was.
BOOST_AUTO_TEST_CASE(it_may_be_asked_while_it_changes) {
  const auto office = department("办公室");
  std::atomic<bool> done{false};
  std::thread asking([&] {
    while (!done) {
      const auto posts = organisation.people_in(office, "2023-01-01");
      const auto size = organisation.sizes("2023-01-01");
      if (posts.size() > 50 || size.size() > 1) done = true;
    }
  });
  for (int i = 0; i < 50; ++i) appoint(person("人" + std::to_string(i)), office, "职员");
  done = true;
  asking.join();
  BOOST_TEST(organisation.people_in(office, "2023-01-01").size() == 50U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::organisation
