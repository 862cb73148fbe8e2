// The three officers, and what the office asks of whoever signs in.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "office.h"
#include "support/authenticator.h"

namespace lantai::identity {
namespace {

using Roles = std::set<std::string>;

struct ThreeOfficers : Office {
  ThreeOfficers() : auditor(accounts->create(operator_principal(), make("auditor", "auditor"), kGood)) {}
  bool denied(const std::function<void()>& act) {
    const bool refused = error_of(act).code() == ErrorCode::permission_denied;
    return refused && last_audit().outcome == "denied";
  }
  std::string refused(const Account& by, const Account& changed) {
    const auto error = error_of([&] { accounts->update(as(by), changed); });
    return error.problems().empty() ? error.message_id() : error.problems().at(0).rule;
  }
  Account with_roles(const Account& account, Roles roles) {
    auto changed = *accounts->find(account.id);
    changed.roles = std::move(roles);
    return changed;
  }
  SecurityPolicy change(const schema::Json& change) { return accounts->change_policy(as(security), change); }
  Duty duty(const std::string& key) { return accounts->authenticate(key, "")->duty; }
  Account auditor;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(officers, ThreeOfficers)

BOOST_AUTO_TEST_CASE(the_administrator_makes_accounts_and_the_security_officer_gives_them_rights) {
  auto plain = make("li", "staff");
  BOOST_TEST(denied([&] { accounts->create(as(admin), plain, kGood); }));
  plain.roles = {};
  plain.clearance = 0;
  for (const auto& other : {security, auditor}) BOOST_TEST(denied([&] { accounts->create(as(other), plain, kGood); }));
  auto li = accounts->create(as(admin), plain, kGood);
  BOOST_TEST(accounts->authenticate(sign_in("li"), "")->principal.roles.empty());

  auto granted = li;
  granted.roles = {"archivist"};
  granted.clearance = 2;
  for (const auto& other : {admin, auditor, li}) BOOST_TEST(denied([&] { accounts->update(as(other), granted); }));
  li = accounts->update(as(security), granted);
  BOOST_TEST((li.roles == Roles{"archivist"}));
  const auto entry = last_audit();
  BOOST_TEST(entry.actor == security.id);
  const auto detail = schema::Json::parse(entry.detail);
  BOOST_TEST(detail["before"]["roles"].empty());
  BOOST_TEST(detail["after"]["clearance"] == 2);

  auto renamed = li;
  renamed.name = "李";
  for (const auto& other : {security, auditor}) BOOST_TEST(denied([&] { accounts->update(as(other), renamed); }));
  li = accounts->update(as(admin), renamed);
  auto disabled = li;
  disabled.disabled = true;
  BOOST_TEST(denied([&] { accounts->update(as(auditor), disabled); }));
  li = accounts->update(as(security), disabled);
  disabled.disabled = false;
  disabled.version = li.version;
  BOOST_TEST(denied([&] { accounts->update(as(security), disabled); }));
  accounts->update(as(admin), disabled);
}

BOOST_AUTO_TEST_CASE(nobody_raises_oneself_nor_speaks_as_another_officer) {
  BOOST_TEST(denied([&] { accounts->update(as(security), with_roles(security, {"archivist"})); }));
  auto cleared = security;
  cleared.clearance = 2;
  BOOST_TEST(denied([&] { accounts->update(as(security), cleared); }));
  // Whoever sets another's password can sign in as them.
  for (const auto& officer : {security, auditor}) {
    BOOST_TEST(denied([&] { accounts->set_password(as(admin), officer.id, "another good one"); }));
    BOOST_TEST(denied([&] { accounts->update(as(admin), officer, "another good one"); }));
    BOOST_TEST(denied([&] { accounts->make_token(as(admin), officer.id, "x", std::chrono::hours(1)); }));
  }
  const auto wang = add("wang");
  accounts->set_password(as(admin), wang.id, "another good one");
  BOOST_TEST(denied([&] { accounts->set_password(as(security), wang.id, "another good one"); }));
  BOOST_TEST(denied([&] { accounts->make_token(as(admin), wang.id, "x", std::chrono::hours(1)); }));
  accounts->set_password(operator_principal(), auditor.id, "another good one");
  BOOST_TEST(!sign_in("auditor", "another good one").empty());
}

BOOST_AUTO_TEST_CASE(officers_are_kept_apart_until_the_office_says_otherwise) {
  const auto wang = add("wang");
  for (const auto& roles : {Roles{"administrator", "security_officer"}, Roles{"auditor", "staff"},
                            Roles{"administrator", "security_officer", "auditor"}}) {
    BOOST_TEST(refused(security, with_roles(wang, roles)) == "auth.officers_apart");
    auto made = make("li", "staff");
    made.roles = roles;
    const auto error = error_of([&] { accounts->create(operator_principal(), made, kGood); });
    BOOST_TEST(error.problems().at(0).field == "roles");
  }
  for (const auto& other : {admin, auditor, wang})
    BOOST_TEST(denied([&] { accounts->change_policy(as(other), {{"officers_combined", true}}); }));
  change({{"officers_combined", true}});
  BOOST_TEST(last_audit().action == "policy.update");
  const auto detail = schema::Json::parse(last_audit().detail);
  BOOST_TEST(detail["before"]["officers_combined"] == false);
  BOOST_TEST(detail["after"]["officers_combined"] == true);
  accounts->update(as(security), with_roles(wang, {"administrator", "security_officer", "auditor", "archivist"}));
  // One person alone grants also to oneself then.
  accounts->update(as(*accounts->find(wang.id)), with_roles(wang, {"administrator", "security_officer", "archivist"}));

  const auto back = error_of([&] { change({{"officers_combined", false}}); });
  BOOST_TEST(back.message_id() == "auth.officers_combined");
  BOOST_TEST(back.arguments().at("login") == "wang");
  accounts->update(as(security), with_roles(wang, {"archivist"}));
  BOOST_TEST(!change({{"officers_combined", false}}).officers_combined);
}

BOOST_AUTO_TEST_CASE(of_each_officer_one_remains) {
  const auto wang = add("wang");
  for (const auto& [officer, id] : {std::pair(admin, "auth.last_administrator"), {auditor, "auth.last_auditor"}}) {
    BOOST_TEST(refused(security, with_roles(officer, {"staff"})) == id);
    auto disabled = officer;
    disabled.disabled = true;
    BOOST_TEST(refused(security, disabled) == id);
  }
  accounts->update(as(security), with_roles(wang, {"security_officer"}));
  BOOST_TEST((error_of([&] {
                accounts->update(as(*accounts->find(wang.id)), with_roles(security, {"staff"}));
              }).code() == ErrorCode::internal));
  BOOST_TEST(error_of([&] { accounts->update(operator_principal(), with_roles(wang, {"staff"})); }).message_id() ==
             "auth.last_security_officer");
}

// However calls fall together: no account that combines officers while the policy keeps them apart.
BOOST_AUTO_TEST_CASE(combining_and_forbidding_it_never_cross) {
  for (int round = 0; round < 20; ++round) {
    change({{"officers_combined", true}});
    const auto wang = add("wang" + std::to_string(round));
    const auto both = with_roles(wang, {"administrator", "archivist"});
    std::atomic<int> done = 0;
    {
      std::jthread one(
          [&] { done += error_of([&] { accounts->update(as(security), both); }).code() == ErrorCode::internal; });
      std::jthread other([&] {
        done += error_of([&] { change({{"officers_combined", false}}); }).code() == ErrorCode::internal;
      });
    }
    BOOST_TEST(done == 1);
    BOOST_TEST(accounts->policy().officers_combined == combines_officers(accounts->find(wang.id)->roles));
    accounts->update(operator_principal(), with_roles(wang, {"archivist"}));
  }
}

BOOST_AUTO_TEST_CASE(a_policy_that_is_none_is_refused_and_changes_nothing) {
  const auto before = accounts->policy();
  const auto field = [&](const schema::Json& change) {
    const auto error = error_of([&] { this->change(change); });
    return error.problems().empty() ? error.message_id()
                                    : error.problems().at(0).field + " " + error.problems().at(0).rule;
  };
  BOOST_TEST(field({{"password_characters", 9}}) == "password_characters field.too_small");
  BOOST_TEST(field({{"password_characters", 65}}) == "password_characters field.too_large");
  BOOST_TEST(field({{"password_days", -1}}) == "password_days field.too_small");
  BOOST_TEST(field({{"password_history", 11}}) == "password_history field.too_large");
  BOOST_TEST(field({{"password_history", "two"}}) == "password_history field.wrong_kind");
  BOOST_TEST(field({{"officers_combined", 1}}) == "officers_combined field.wrong_kind");
  BOOST_TEST(field({{"second_factor_roles", "staff"}}) == "second_factor_roles field.wrong_kind");
  BOOST_TEST(field({{"second_factor_roles", {"emperor"}}}) == "auth.unknown_role");
  BOOST_TEST(field({{"officers", true}}) == "officers field.unknown");
  BOOST_TEST(field(3) == "request.bad_json");
  BOOST_TEST((accounts->policy() == before));
}

BOOST_AUTO_TEST_CASE(a_role_may_ask_for_a_second_factor) {
  const auto wang = add("wang");
  const auto key = sign_in("wang");
  BOOST_TEST((duty(key) == Duty::none));
  change({{"second_factor_roles", {"staff"}}});
  BOOST_TEST((duty(key) == Duty::set_up_second_factor));
  BOOST_TEST((accounts->sign_in({"wang", kGood, "10.0.0.7"}).duty == Duty::set_up_second_factor));
  BOOST_TEST((duty(sign_in("admin")) == Duty::none));
  const auto enrolment = accounts->enrol_second_factor(as(wang), kGood);
  accounts->confirm_second_factor(as(wang), lantai::testing::code_at(enrolment.secret, clock.now().micros / kSecond));
  BOOST_TEST((duty(key) == Duty::none));
}

BOOST_AUTO_TEST_CASE(a_password_ends_after_its_days_and_only_serves_to_choose_another) {
  const auto wang = add("wang");
  const auto token = accounts->make_token(as(wang), wang.id, "x", std::chrono::hours(24 * 365)).key;
  change({{"password_days", 90}});
  const auto day = 24LL * 3600 * kSecond;
  clock.advance_micros(89 * day);
  BOOST_TEST((duty(sign_in("wang")) == Duty::none));
  clock.advance_micros(day);
  BOOST_TEST((duty(sign_in("wang")) == Duty::change_password));
  BOOST_TEST((duty(token) == Duty::none));
  accounts->change_password(as(wang), kGood, "another good one");
  BOOST_TEST((duty(sign_in("wang", "another good one")) == Duty::none));
}

BOOST_AUTO_TEST_CASE(the_last_passwords_are_not_taken_again) {
  const auto wang = add("wang");
  const auto taken = [&](const char* from, const char* to) {
    const auto error = error_of([&] { accounts->change_password(as(wang), from, to); });
    return !error.problems().empty() && error.problems().at(0).rule == "auth.password_taken_before" &&
           error.problems().at(0).field == "new";
  };
  BOOST_TEST(taken(kGood, kGood));  // the present one, unless the policy says otherwise
  change({{"password_history", 3}});
  const char* const kPasswords[] = {kGood, "second good one", "third good one", "fourth good one"};
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(!taken(kPasswords[i], kPasswords[i + 1]));
    for (int j = std::max(0, i - 1); j <= i + 1; ++j) BOOST_TEST(taken(kPasswords[i + 1], kPasswords[j]));
  }
  BOOST_TEST(!taken(kPasswords[3], kPasswords[0]));
  BOOST_TEST(!sign_in("wang").empty());
}

BOOST_AUTO_TEST_CASE(a_longer_password_is_asked_for_where_the_policy_says_so) {
  change({{"password_characters", 16}});
  const auto wang = add("wang");  // 21 characters
  const auto error = error_of([&] { accounts->change_password(as(wang), kGood, "fifteen letters"); });
  BOOST_TEST(error.problems().at(0).rule == "auth.weak_password");
  BOOST_TEST(error.problems().at(0).arguments.at("min") == "16");
  accounts->change_password(as(wang), kGood, "sixteen letters!");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::identity
