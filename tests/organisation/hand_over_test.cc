// What becomes of somebody's work when they leave?
#include "school.h"

namespace lantai::organisation {
namespace {

struct Leaving : School {
  Leaving() {
    office = department("办公室");
    archive = department("档案馆");
    wang = person("王一");
    li = person("李二");
    engine->update(records::chief(), "department", archive, 0, {{"head", wang}});
    director = appoint(wang, office, "主任", {{"head", true}, {"main", true}, {"from", "2020-01-01"}});
    keeper = appoint(wang, archive, "兼职馆员", {{"from", "2021-01-01"}});
    wangs = account("wang", wang);
    lis = account("li", li);
    admin = as(account("admin", "", {"administrator"}));
    as_wang = accounts->authenticate(accounts->sign_in({"wang", "correct horse battery", ""}).key, "")->principal;
    search = engine->create(as_wang, "saved_search", {{"name", "本周来文"}, {"query", "来文"}}).record.id;
  }
  static records::Principal as(const identity::Account& account) {
    return {account.id, account.name, account.roles, account.clearance, {}, "10.0.0.7", false};
  }
  HandOverRequest request() const { return {wang, li, {director}, organisation_day, "调任他校"}; }
  std::string problem_of(const HandOverRequest& asked) {
    try {
      hand_over->run(admin, asked);
      return "";
    } catch (const Error& error) {
      return error.problems().empty() ? error.message_id() : error.problems()[0].field;
    }
  }
  Json record(const char* type, const std::string& id) { return engine->get(records::chief(), type, id).fields; }

  std::string organisation_day = organisation.today();
  std::string office, archive, wang, li, director, keeper, search;
  identity::Account wangs, lis;
  records::Principal admin, as_wang;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handing_over, Leaving)

BOOST_AUTO_TEST_CASE(what_is_held_is_told_before) {
  const auto held = hand_over->held(admin, wang);
  std::multiset<std::string> kinds;
  for (const auto& one : held) kinds.insert(one.kind);
  BOOST_TEST((kinds == std::multiset<std::string>{"account", "appointment", "appointment", "headship", "owned"}));
  BOOST_TEST(held.front().what == "主任");
  BOOST_CHECK_THROW(hand_over->held(as_wang, wang), Error);
}

BOOST_AUTO_TEST_CASE(posts_end_and_what_is_passed_on_goes_on_the_next_day) {
  const auto written = hand_over->run(admin, request());
  BOOST_TEST(record("appointment", director)["to"] == organisation_day);
  BOOST_TEST(record("appointment", keeper)["to"] == organisation_day);
  clock.advance_micros(24LL * 3600 * 1'000'000);
  const auto next = organisation.today();
  BOOST_TEST(organisation.appointments_of(wang, next).empty());
  const auto taken = organisation.appointments_of(li, next);
  BOOST_TEST_REQUIRE(taken.size() == 1U);
  BOOST_TEST(taken[0].position == "主任");
  BOOST_TEST(taken[0].head);
  BOOST_TEST(taken[0].main);
  BOOST_TEST(taken[0].from == next);
  BOOST_TEST(names(organisation.heads_of(office, organisation_day)).at(0) == "王一");
  BOOST_TEST(names(organisation.heads_of(office, next)).at(0) == "李二");
  BOOST_TEST(record("department", archive)["head"] == li);
}

BOOST_AUTO_TEST_CASE(the_account_is_shut_and_records_of_ones_own_are_the_successors) {
  const auto key = accounts->sign_in({"wang", "correct horse battery", ""}).key;
  const auto second = account("wang-too", wang);  // somebody may have two
  const auto token = accounts->make_token(as_wang, wangs.id, "脚本", std::chrono::hours(1)).key;
  hand_over->run(admin, request());
  BOOST_TEST(accounts->find(wangs.id)->disabled);
  BOOST_TEST(accounts->find(second.id)->disabled);
  BOOST_TEST(!accounts->authenticate(key, "").has_value());
  BOOST_TEST(!accounts->authenticate(token, "").has_value());
  BOOST_TEST(engine->get(as(lis), "saved_search", search).fields["owner"] == lis.id);
  BOOST_TEST(record("person", wang)["active_to"] == organisation_day);
}

BOOST_AUTO_TEST_CASE(what_was_lent_and_delegated_ends) {
  const auto item = add_item("借出的");
  accounts->give_grant(identity::operator_principal(),
                       {wangs.id, "item/" + item.id, Timestamp{clock.now().micros + 1'000'000'000}, "查阅", {}, {}});
  accounts->give_delegation(as_wang, {{}, wangs.id, lis.id, {}, organisation_day, organisation_day, "出差", {}, {}});
  hand_over->run(admin, request());
  BOOST_TEST(accounts->grants(wangs.id, {}).empty());
  BOOST_TEST(accounts->delegations({}).empty());
}

BOOST_AUTO_TEST_CASE(a_record_says_what_there_was_and_where_it_went) {
  const auto id = hand_over->run(admin, request()).id;
  const auto fields = record("handover", id);
  BOOST_TEST(fields["person"] == wang);
  BOOST_TEST(fields["successor"] == li);
  BOOST_TEST(fields["reason"] == "调任他校");
  std::map<std::string, std::string> outcomes;
  for (const auto& item : fields["items"]) outcomes[item["record"]] = item["outcome"];
  BOOST_TEST(outcomes.at("appointment/" + director) == "passed_on");
  BOOST_TEST(outcomes.at("appointment/" + keeper) == "ended");
  BOOST_TEST(outcomes.at("department/" + archive) == "passed_on");
  BOOST_TEST(outcomes.at("saved_search/" + search) == "passed_on");
  BOOST_TEST(outcomes.at("account/" + wangs.id) == "ended");
  storage::AuditFilter filter;
  filter.action = "person.hand_over";
  const auto noted = store->audit().find(filter, UINT64_MAX, 10).entries;
  BOOST_TEST_REQUIRE(noted.size() == 1U);
  BOOST_TEST(noted[0].actor == admin.id);
  // What it lists nobody changes by hand.
  BOOST_CHECK_THROW(engine->update(records::chief(), "handover", id, 0, {{"items", Json::array()}}), Error);
}

// Cut short, it is given again: what is done is not done twice.
BOOST_AUTO_TEST_CASE(given_again_it_ends_what_is_left) {
  hand_over->run(admin, request());
  const auto late = appoint(wang, office, "顾问", {{"from", "2023-01-01"}});
  auto again = request();
  again.pass_on = {};
  hand_over->run(admin, again);
  BOOST_TEST(record("appointment", late)["to"] == organisation_day);
  clock.advance_micros(24LL * 3600 * 1'000'000);
  BOOST_TEST(organisation.appointments_of(li, organisation.today()).size() == 1U);
}

BOOST_AUTO_TEST_CASE(without_a_successor_everything_ends_and_records_of_ones_own_stay) {
  auto alone = request();
  alone.successor.clear();
  alone.pass_on.clear();
  hand_over->run(admin, alone);
  BOOST_TEST(!record("department", archive).contains("head"));
  BOOST_TEST(engine->get(as_wang, "saved_search", search).fields["owner"] == wangs.id);
}

BOOST_AUTO_TEST_CASE(what_does_not_hold_is_refused_before_anything_changes) {
  const auto bad = [&](auto&& change) {
    auto asked = request();
    change(asked);
    return problem_of(asked);
  };
  BOOST_TEST(bad([&](auto& r) { r.successor = wang; }) == "successor");
  BOOST_TEST(bad([&](auto& r) { r.successor = "none"; }) == "successor");
  BOOST_TEST(bad([&](auto& r) { r.successor.clear(); }) == "successor");
  BOOST_TEST(bad([&](auto& r) { r.pass_on = {"none"}; }) == "pass_on");
  BOOST_TEST(bad([&](auto& r) { r.date = "2199-01-01"; }) == "date");
  BOOST_TEST(bad([&](auto& r) { r.date = "2020-06-01"; }) == "date");  // before the second post began
  BOOST_TEST(bad([&](auto& r) { r.date = "昨天"; }) == "date");
  BOOST_TEST(bad([&](auto& r) { r.reason.clear(); }) == "reason");
  BOOST_CHECK_THROW(hand_over->run(as_wang, request()), Error);
  BOOST_CHECK_THROW(hand_over->run(records::archivist(), request()), Error);
  BOOST_TEST(!record("appointment", director).contains("to"));
  BOOST_TEST(!accounts->find(wangs.id)->disabled);
}

BOOST_AUTO_TEST_CASE(nobody_shuts_their_own_account_nor_the_last_officers) {
  const auto self = person("赵三");
  auto zhao = account("zhao", self, {"administrator"});
  auto asked = request();
  asked.person = self;
  asked.pass_on = {};
  BOOST_CHECK_THROW(hand_over->run(as(zhao), asked), Error);
  hand_over->run(admin, asked);
  const auto last = person("钱四");
  auto only = *accounts->find(admin.id);
  only.person = last;
  accounts->update(identity::operator_principal(), only);
  asked.person = last;
  asked.successor.clear();
  try {
    hand_over->run(identity::operator_principal(), asked);
    BOOST_FAIL("the last administrator was shut out");
  } catch (const Error& error) {
    BOOST_TEST(error.message_id() == "auth.last_administrator");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::organisation
