// Who stands in for whom, as which post somebody acts, and whose departments follow their posts.
#include <boost/test/unit_test.hpp>

#include "office.h"

namespace lantai::identity {
namespace {

// Today is 2023-11-15 in the office. Wang is dean and keeps the archive of the party office besides.
struct Posts : Office {
  Posts() {
    options.posts_of = [this](const std::string& person) { return held[person]; };
    options.departments_below = [](const std::vector<std::string>& names) {
      std::set<std::string> all(names.begin(), names.end());
      if (all.contains("teaching")) all.insert("teaching-registry");
      return all;
    };
    accounts = Accounts::make(*store, clock, options);
    appoint({{"dean", "teaching"}, {"keeper", "party"}});
    wang = with_person("wang", "person-wang");
    li = with_person("li", "");
  }
  // Appointments are records: they change with a commit.
  void appoint(std::vector<HeldPost> posts) {
    held["person-wang"] = std::move(posts);
    store->run_transaction([](storage::Transaction& t) {
      t.append_change({"record", "appointment", "1", 1, "update"});
    });
  }
  Account with_person(const std::string& login, const std::string& person) {
    auto account = make(login, "staff");
    account.person = person;
    account.scope = DepartmentScope::own;
    account.departments_by_post = true;
    account.departments = {login + "-home"};
    return accounts->create(operator_principal(), account, kGood);
  }
  Delegation delegation(const std::string& post = "") const {
    return {{}, wang.id, li.id, post, "2023-11-15", "2023-11-20", "出差", {}, {}};
  }
  std::string given(const std::string& post = "") { return accounts->give_delegation(as(wang), delegation(post)).id; }
  records::Principal who(const std::string& key) { return accounts->authenticate(key, "10.0.0.7")->principal; }
  std::string field_of(const std::function<void(Delegation&)>& change) {
    auto asked = delegation();
    change(asked);
    const auto error = error_of([&] { accounts->give_delegation(as(wang), asked); });
    return error.problems().empty() ? error.message_id() : error.problems()[0].field;
  }
  void next_days(int days) { clock.advance_micros(days * 24LL * 3600 * kSecond); }

  std::map<std::string, std::vector<HeldPost>> held;
  Account wang, li;
};

using Departments = std::set<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(delegations, Posts)

BOOST_AUTO_TEST_CASE(departments_follow_the_posts_where_the_account_says_so) {
  const auto key = sign_in("wang");
  BOOST_TEST((who(key).scope == Departments{"wang-home", "teaching", "party"}));
  appoint({{"keeper", "party"}});
  BOOST_TEST((who(key).scope == Departments{"wang-home", "party"}));
  auto fixed = *accounts->find(wang.id);
  fixed.departments_by_post = false;
  accounts->update(operator_principal(), fixed);
  BOOST_TEST((who(key).scope == Departments{"wang-home"}));
}

BOOST_AUTO_TEST_CASE(that_they_follow_is_a_right_and_whose_account_it_is_is_not) {
  auto changed = *accounts->find(li.id);
  changed.departments_by_post = false;
  BOOST_TEST((error_of([&] { accounts->update(as(admin), changed); }).code() == ErrorCode::permission_denied));
  BOOST_CHECK_NO_THROW(accounts->update(as(security), changed));
  changed = *accounts->find(li.id);
  changed.person = "person-li";
  BOOST_TEST((error_of([&] { accounts->update(as(security), changed); }).code() == ErrorCode::permission_denied));
  BOOST_CHECK_NO_THROW(accounts->update(as(admin), changed));
}

BOOST_AUTO_TEST_CASE(one_acts_as_the_main_post_until_another_is_chosen) {
  const auto key = sign_in("wang");
  BOOST_TEST(who(key).post == "dean");
  accounts->act_as(who(key), key, "keeper", {});
  BOOST_TEST(who(key).post == "keeper");
  BOOST_TEST(who(sign_in("wang")).post == "dean");  // another session
  appoint({{"dean", "teaching"}});
  BOOST_TEST(who(key).post == "dean");  // the post ended
  const auto error = error_of([&] { accounts->act_as(who(key), key, "keeper", {}); });
  BOOST_TEST_REQUIRE(error.problems().size() == 1U);
  BOOST_TEST(error.problems()[0].field == "post");
}

BOOST_AUTO_TEST_CASE(a_substitute_sees_what_the_posts_see_while_acting_so_and_only_then) {
  const auto id = given();
  const auto key = sign_in("li");
  BOOST_TEST((who(key).scope == Departments{"li-home"}));
  accounts->act_as(who(key), key, {}, id);
  const auto acting = who(key);
  BOOST_TEST(acting.behalf == wang.id);
  BOOST_TEST(acting.id == li.id);
  BOOST_TEST(acting.post == "dean");
  BOOST_TEST((acting.scope == Departments{"li-home", "wang-home", "teaching", "party"}));
  accounts->act_as(acting, key, {}, {});
  BOOST_TEST(who(key).behalf.empty());
  BOOST_TEST((who(key).scope == Departments{"li-home"}));
}

// Roles and clearance are a person's own: standing in for a chief makes nobody one.
BOOST_AUTO_TEST_CASE(a_substitute_gains_neither_role_nor_clearance) {
  auto high = *accounts->find(wang.id);
  high.roles = {"archivist"};
  high.clearance = 2;
  high.scope = DepartmentScope::all;
  accounts->update(operator_principal(), high);
  const auto id = given();
  const auto key = sign_in("li");
  accounts->act_as(who(key), key, {}, id);
  BOOST_TEST((who(key).roles == std::set<std::string>{"staff"}));
  BOOST_TEST(who(key).clearance == 1);
  BOOST_TEST(!who(key).all_departments);
}

BOOST_AUTO_TEST_CASE(of_one_post_only_its_department_passes) {
  auto wide = *accounts->find(wang.id);
  wide.scope = DepartmentScope::subtree;
  accounts->update(operator_principal(), wide);
  const auto id = given("dean");
  const auto key = sign_in("li");
  accounts->act_as(who(key), key, {}, id);
  BOOST_TEST((who(key).scope == Departments{"li-home", "teaching", "teaching-registry"}));
  appoint({{"keeper", "party"}});  // the post is somebody else's now
  BOOST_TEST(who(key).behalf.empty());
  BOOST_TEST((who(key).scope == Departments{"li-home"}));
}

BOOST_AUTO_TEST_CASE(it_holds_from_its_first_day_to_its_last) {
  auto later = delegation();
  later.begins = "2023-11-16";
  later.ends = "2023-11-17";
  const auto id = accounts->give_delegation(as(wang), later).id;
  const auto key = sign_in("li");
  BOOST_TEST(accounts->stood_in_for(li.id).empty());  // not begun
  const auto tried = [&] { return error_of([&] { accounts->act_as(who(key), key, {}, id); }); };
  BOOST_TEST(tried().problems().at(0).field == "delegation");
  next_days(1);
  const auto fresh = sign_in("li");
  accounts->act_as(who(fresh), fresh, {}, id);
  BOOST_TEST(who(fresh).behalf == wang.id);
  next_days(1);  // the last day: another session, for the first has grown too old
  const auto last = sign_in("li");
  accounts->act_as(who(last), last, {}, id);
  BOOST_TEST(who(last).behalf == wang.id);
  BOOST_TEST(accounts->delegations(li.id).size() == 1U);
  // The office's midnight, 16:00 UTC, comes 17 h 47 min after 22:13 UTC; the session lives through it.
  for (int hour = 0; hour < 18; ++hour) {
    clock.advance_micros(3600 * kSecond);
    who(last);
  }
  BOOST_TEST(who(last).behalf.empty());
  BOOST_TEST(accounts->delegations(li.id).empty());
}

BOOST_AUTO_TEST_CASE(either_of_the_two_or_the_security_officer_ends_it) {
  for (const auto& by : {wang, li, security}) {
    const auto id = given();
    const auto key = sign_in("li");
    accounts->act_as(who(key), key, {}, id);
    accounts->revoke_delegation(as(by), id);
    BOOST_TEST(who(key).behalf.empty());
    BOOST_TEST((error_of([&] { accounts->revoke_delegation(as(by), id); }).code() == ErrorCode::not_found));
  }
  const auto id = given();
  BOOST_TEST(
      (error_of([&] { accounts->revoke_delegation(as(add("other")), id); }).code() == ErrorCode::permission_denied));
  BOOST_TEST(last_audit().outcome == "denied");
}

BOOST_AUTO_TEST_CASE(only_whoever_is_stood_in_for_or_the_security_officer_gives_it) {
  const auto refused = error_of([&] { accounts->give_delegation(as(li), delegation()); });
  BOOST_TEST((refused.code() == ErrorCode::permission_denied));
  BOOST_TEST(
      (error_of([&] { accounts->give_delegation(as(admin), delegation()); }).code() == ErrorCode::permission_denied));
  BOOST_TEST(!accounts->give_delegation(as(security), delegation()).id.empty());
  // Nobody passes on what they only stand in for.
  const auto id = given();
  const auto key = sign_in("li");
  accounts->act_as(who(key), key, {}, id);
  Delegation onwards{{}, li.id, add("third").id, {}, "2023-11-15", "2023-11-16", "转托", {}, {}};
  BOOST_TEST(error_of([&] { accounts->give_delegation(who(key), onwards); }).message_id() == "auth.not_delegable");
}

BOOST_AUTO_TEST_CASE(what_does_not_hold_is_refused_by_its_field) {
  BOOST_TEST(field_of([&](auto& d) { d.to = "none"; }) == "login");
  BOOST_TEST(field_of([&](auto& d) { d.to = wang.id; }) == "login");
  BOOST_TEST(field_of([&](auto& d) { d.post = "rector"; }) == "post");
  BOOST_TEST(field_of([&](auto& d) { d.begins = "2023-11-31"; }) == "begins");
  BOOST_TEST(field_of([&](auto& d) { d.ends = "2023-11-14"; }) == "ends");
  BOOST_TEST(field_of([&](auto& d) { d.begins = d.ends = "2023-11-14"; }) == "ends");
  BOOST_TEST(field_of([&](auto& d) { d.ends = "2024-11-15"; }) == "ends");  // 367 days
  BOOST_TEST(field_of([&](auto& d) { d.reason.clear(); }) == "reason");
  auto longest = delegation();
  longest.ends = "2024-11-14";
  BOOST_CHECK_NO_THROW(accounts->give_delegation(as(wang), longest));
  auto gone = *accounts->find(li.id);
  gone.disabled = true;
  accounts->update(operator_principal(), gone);
  BOOST_TEST(field_of([](auto&) {}) == "login");
}

BOOST_AUTO_TEST_CASE(who_left_is_stood_in_for_no_longer) {
  const auto id = given();
  const auto key = sign_in("li");
  accounts->act_as(who(key), key, {}, id);
  auto gone = *accounts->find(wang.id);
  gone.disabled = true;
  BOOST_TEST(accounts->stood_in_for(li.id).size() == 1U);
  BOOST_TEST(accounts->stood_in_for(wang.id).empty());
  accounts->update(operator_principal(), gone);
  BOOST_TEST(who(key).behalf.empty());
  BOOST_TEST(accounts->stood_in_for(li.id).empty());
}

BOOST_AUTO_TEST_CASE(what_is_done_so_stands_in_the_log_with_post_and_person) {
  const auto id = given("dean");
  const auto key = sign_in("li");
  accounts->act_as(who(key), key, {}, id);
  accounts->state_purpose(who(key), key, "编写校史");
  accounts->make_token(who(key), li.id, "x", std::chrono::hours(1));
  const auto entry = last_audit();
  BOOST_TEST(entry.actor == li.id);
  const auto detail = schema::Json::parse(entry.detail);
  BOOST_TEST(detail["post"] == "dean");
  BOOST_TEST(detail["on_behalf_of"] == wang.id);
  BOOST_TEST(detail["purpose"] == "编写校史");
}

BOOST_AUTO_TEST_CASE(a_token_acts_as_its_account_only) {
  const auto id = given();
  const auto token = accounts->make_token(as(li), li.id, "脚本", std::chrono::hours(1)).key;
  BOOST_TEST(error_of([&] { accounts->act_as(who(token), token, {}, id); }).message_id() == "auth.not_for_tokens");
  // Nor does anybody change another's session.
  const auto key = sign_in("li");
  BOOST_TEST((error_of([&] { accounts->state_purpose(as(wang), key, "x"); }).code() == ErrorCode::unauthenticated));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::identity
