// A second factor: what a stolen password alone does not open.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "lantai/base/error.h"
#include "office.h"
#include "one_time_code.h"
#include "support/authenticator.h"

namespace lantai::identity {
namespace {

// Wang with a second factor, and the telephone it was set up on.
struct Enrolled : Office {
  Enrolled() : wang(add("wang")) {
    enrolment = accounts->enrol_second_factor(as(wang), kGood);
    recovery = accounts->confirm_second_factor(as(wang), code());
    clock.advance_micros(60 * kSecond);  // that code was taken
  }
  std::string code() { return lantai::testing::code_at(enrolment.secret, clock.now().micros / kSecond); }
  std::string try_with(const std::string& given, const char* address = "10.0.0.7") {
    return error_of([&] { accounts->sign_in({"wang", kGood, address, given}); }).message_id();
  }
  bool opens_with(const std::string& given) {
    try {
      return open(accounts->sign_in({"wang", kGood, "10.0.0.7", given}).key);
    } catch (const Error&) {
      return false;
    }
  }
  Account wang;
  Accounts::Enrolment enrolment;
  std::vector<std::string> recovery;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(second_factor)

// RFC 6238, appendix B: the secret and the last six of the eight digits given there.
BOOST_AUTO_TEST_CASE(codes_are_those_of_the_standard) {
  const struct {
    std::int64_t seconds;
    const char* code;
  } kGiven[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  const std::string secret = "12345678901234567890";
  for (const auto& given : kGiven) {
    StoredSecondFactor factor{to_bytes(secret), true, 0, {}};
    BOOST_TEST(take_device_code(factor, given.code, Timestamp{given.seconds * kSecond}));
    BOOST_TEST(!take_device_code(factor, given.code, Timestamp{given.seconds * kSecond}));
  }
  // RFC 4648 writes these twenty bytes so.
  BOOST_TEST(base32(to_bytes(secret)) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

BOOST_FIXTURE_TEST_CASE(the_password_alone_no_longer_does, Enrolled) {
  BOOST_TEST(try_with("") == "auth.code_required");
  BOOST_TEST(try_with("000000x") == "auth.bad_code");
  BOOST_TEST(last_audit().outcome == "failed");
  BOOST_TEST(last_audit().subject == "account/" + wang.id);
  BOOST_TEST(opens_with(code()));
  BOOST_TEST(accounts->find(wang.id)->second_factor);
}

BOOST_FIXTURE_TEST_CASE(a_code_is_good_once_and_for_a_step_around_its_time, Enrolled) {
  const auto now = code();
  BOOST_TEST(opens_with(now));
  BOOST_TEST(!opens_with(now));
  clock.advance_micros(60 * kSecond);
  const auto soon_old = code();
  clock.advance_micros(30 * kSecond);
  BOOST_TEST(opens_with(soon_old.substr(0, 3) + " " + soon_old.substr(3)));
  clock.advance_micros(120 * kSecond);
  const auto old = code();
  clock.advance_micros(61 * kSecond);
  BOOST_TEST(!opens_with(old));
  // An older one than the one taken last is no good either.
  const auto before = lantai::testing::code_at(enrolment.secret, clock.now().micros / kSecond - 30);
  BOOST_TEST(opens_with(code()));
  BOOST_TEST(!opens_with(before));
}

BOOST_FIXTURE_TEST_CASE(each_recovery_code_opens_once, Enrolled) {
  BOOST_TEST_REQUIRE(recovery.size() == kRecoveryCodes);
  std::string shouted = recovery[3];
  std::transform(shouted.begin(), shouted.end(), shouted.begin(), [](unsigned char c) { return std::toupper(c); });
  BOOST_TEST(opens_with(shouted));
  BOOST_TEST(last_audit().detail.find("recovery_codes_left") != std::string::npos);
  BOOST_TEST(!opens_with(recovery[3]));
  BOOST_TEST(opens_with(recovery[4]));
  BOOST_TEST(accounts->second_factor(as(wang)).recovery_codes_left == kRecoveryCodes - 2);
}

// Wrong codes count for the account, from wherever they come; they do not keep out anybody else.
BOOST_FIXTURE_TEST_CASE(codes_cannot_be_guessed_from_many_addresses, Enrolled) {
  for (unsigned i = 0; i < options.failures_before_delay; ++i) {
    BOOST_TEST(try_with("123123x", ("10.0.1." + std::to_string(i)).c_str()) == "auth.bad_code");
  }
  BOOST_TEST(try_with(code(), "10.0.2.1") == "auth.too_many_failures");
  BOOST_TEST(!sign_in("admin").empty());
  clock.advance_micros(kSecond);
  BOOST_TEST(opens_with(code()));
}

// Who does not know the password learns nothing of it, and cannot make the owner wait.
BOOST_FIXTURE_TEST_CASE(a_wrong_password_is_refused_before_any_code, Enrolled) {
  for (unsigned i = 0; i < 3 * options.failures_before_delay; ++i) {
    const auto address = "10.0.3." + std::to_string(i);
    const auto told = error_of([&] { accounts->sign_in({"wang", "wrong", address, code()}); });
    BOOST_TEST(told.message_id() == "auth.bad_credentials");
  }
  BOOST_TEST(opens_with(code()));
}

BOOST_AUTO_TEST_CASE(nothing_is_asked_for_before_the_enrolment_is_confirmed) {
  Office office;
  const auto wang = office.add("wang");
  BOOST_TEST(error_of([&] { office.accounts->enrol_second_factor(office.as(wang), "wrong"); }).problems().at(0).field ==
             "password");
  const auto enrolment = office.accounts->enrol_second_factor(office.as(wang), kGood);
  BOOST_TEST(enrolment.uri == "otpauth://totp/Lantai:wang?secret=" + enrolment.secret + "&issuer=Lantai");
  BOOST_TEST(
      error_of([&] { office.accounts->confirm_second_factor(office.as(wang), "000000x"); }).problems().at(0).field ==
      "code");
  BOOST_TEST(!office.sign_in("wang").empty());
  BOOST_TEST(!office.accounts->second_factor(office.as(wang)).on);
}

BOOST_FIXTURE_TEST_CASE(it_is_removed_with_password_and_code_or_by_the_security_officer, Enrolled) {
  BOOST_TEST(error_of([&] { accounts->enrol_second_factor(as(wang), kGood); }).message_id() == "auth.second_factor_on");
  BOOST_TEST(error_of([&] { accounts->remove_second_factor(as(wang), "wrong", code()); }).problems().at(0).field ==
             "password");
  BOOST_TEST(error_of([&] { accounts->remove_second_factor(as(wang), kGood, "1"); }).problems().at(0).field == "code");
  BOOST_TEST(accounts->second_factor(as(wang)).on);
  accounts->remove_second_factor(as(wang), kGood, recovery[0]);
  BOOST_TEST(!sign_in("wang").empty());

  enrolment = accounts->enrol_second_factor(as(wang), kGood);
  accounts->confirm_second_factor(as(wang), code());
  // Not by whoever could set the password as well.
  BOOST_TEST(
      (error_of([&] { accounts->reset_second_factor(as(admin), wang.id); }).code() == ErrorCode::permission_denied));
  BOOST_TEST(try_with("") == "auth.code_required");
  accounts->reset_second_factor(as(security), wang.id);
  BOOST_TEST(last_audit().action == "account.second_factor");
  BOOST_TEST(!sign_in("wang").empty());
}

// What an administrator changes of an account, a new password included, leaves it on.
BOOST_FIXTURE_TEST_CASE(a_new_password_leaves_it_on, Enrolled) {
  auto changed = *accounts->find(wang.id);
  changed.name = "王";
  changed.second_factor = false;
  accounts->update(as(admin), changed, "another good one");
  BOOST_TEST(error_of([&] { sign_in("wang", "another good one"); }).message_id() == "auth.code_required");
}

BOOST_FIXTURE_TEST_CASE(other_recovery_codes_take_the_place_of_those_left, Enrolled) {
  BOOST_TEST(error_of([&] { accounts->renew_recovery_codes(as(wang), recovery[0]); }).problems().at(0).field == "code");
  const auto renewed = accounts->renew_recovery_codes(as(wang), code());
  BOOST_TEST(renewed.size() == 10U);
  BOOST_TEST(!opens_with(recovery[0]));
  BOOST_TEST(opens_with(renewed[0]));
  BOOST_TEST(accounts->second_factor(as(wang)).recovery_codes_left == 9U);
}

BOOST_FIXTURE_TEST_CASE(a_grave_act_takes_password_and_code_a_short_while_before, Enrolled) {
  const auto key = accounts->sign_in({"wang", kGood, "10.0.0.7", code()}).key;
  const auto verified = [&](const std::string& session) { return accounts->authenticate(session, "")->verified; };
  BOOST_TEST(verified(key));
  clock.advance_micros(options.verified_for.count() * kSecond);
  BOOST_TEST(!verified(key));
  BOOST_TEST(error_of([&] { accounts->verify(as(wang), key, "wrong", code()); }).problems().at(0).field == "password");
  BOOST_TEST(error_of([&] { accounts->verify(as(wang), key, kGood, ""); }).problems().at(0).field == "code");
  BOOST_TEST(!verified(key));
  accounts->verify(as(wang), key, kGood, code());
  BOOST_TEST(last_audit().action == "session.verify");
  BOOST_TEST(verified(key));
  // Of one's own session only, and programs are never asked.
  const auto other = sign_in("admin");
  clock.advance_micros(options.verified_for.count() * kSecond);
  BOOST_TEST(
      (error_of([&] { accounts->verify(as(wang), other, kGood, code()); }).code() == ErrorCode::unauthenticated));
  const auto token = accounts->make_token(as(wang), wang.id, "x", std::chrono::hours(1)).key;
  clock.advance_micros(options.verified_for.count() * kSecond);
  BOOST_TEST(verified(token));
}

BOOST_FIXTURE_TEST_CASE(no_recovery_code_is_stored_or_logged, Enrolled) {
  const auto view = store->read_view();
  for (const auto space : {storage::KeySpace::accounts, storage::KeySpace::audit}) {
    for (const auto& entry : view->scan(space, {{}, {}, 1000, false}).entries) {
      const std::string text(as_chars(entry.value));
      for (auto secret : recovery) {
        BOOST_TEST(text.find(secret) == std::string::npos);
        std::erase(secret, '-');
        BOOST_TEST(text.find(secret) == std::string::npos);
      }
      if (space == storage::KeySpace::audit) BOOST_TEST(text.find(enrolment.secret) == std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(one_sees_where_one_is_signed_in_and_ends_it) {
  Office office;
  const auto wang = office.add("wang");
  const auto desk = office.accounts->sign_in({"wang", kGood, "10.0.0.7", {}, "Firefox"}).key;
  office.clock.advance_micros(kSecond);
  const auto train = office.accounts->sign_in({"wang", kGood, "192.0.2.9", {}, "Phone \xff"}).key;
  office.accounts->make_token(office.as(wang), wang.id, "x", std::chrono::hours(1));
  const auto other = office.sign_in("admin");
  const auto sessions = office.accounts->sessions(office.as(wang), desk);
  BOOST_TEST_REQUIRE(sessions.size() == 2U);
  BOOST_TEST(sessions[0].address == "192.0.2.9");
  BOOST_TEST(sessions[0].agent.starts_with("Phone "));
  BOOST_TEST(!sessions[0].current);
  BOOST_TEST(sessions[1].agent == "Firefox");
  BOOST_TEST(sessions[1].current);
  // Nobody else's.
  BOOST_TEST((error_of([&] { office.accounts->end_session(office.as(office.admin), sessions[0].id); }).code() ==
              ErrorCode::not_found));
  office.accounts->end_session(office.as(wang), sessions[0].id);
  BOOST_TEST(office.last_audit().action == "session.end");
  BOOST_TEST(!office.open(train));
  BOOST_TEST(office.open(desk));
  const auto third = office.sign_in("wang");
  BOOST_TEST(office.accounts->end_other_sessions(office.as(wang), desk) == 1U);
  BOOST_TEST(!office.open(third));
  BOOST_TEST(office.open(desk));
  BOOST_TEST(office.open(other));
  BOOST_TEST(office.accounts->tokens(office.as(wang), wang.id).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::identity
