#include "lantai/identity/accounts.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "office.h"
#include "password_policy.h"

namespace lantai::identity {

BOOST_AUTO_TEST_SUITE(accounts)

BOOST_DATA_TEST_CASE(an_account_signs_in_and_out, kBackends, backend) {
  Office office(backend);
  const auto wang = office.add("Wang.Xm");
  BOOST_TEST(wang.login == "wang.xm");
  const auto session = office.accounts->sign_in({"WANG.xm", kGood, "10.0.0.7"});
  BOOST_TEST(!session.csrf_token.empty());
  BOOST_TEST(session.csrf_token != session.key);
  const auto seen = office.accounts->authenticate(session.key, "10.0.0.8");
  BOOST_TEST_REQUIRE(seen.has_value());
  BOOST_TEST(seen->principal.id == wang.id);
  BOOST_TEST(seen->principal.address == "10.0.0.8");
  BOOST_TEST(seen->principal.clearance == 1);
  BOOST_TEST(!seen->principal.service);
  BOOST_TEST(seen->csrf_token == session.csrf_token);
  BOOST_TEST((seen->expires == session.expires));
  office.accounts->sign_out(session.key);
  BOOST_TEST(!office.open(session.key));
  BOOST_TEST(office.last_audit().action == "session.close");
  BOOST_TEST(!office.open("no such key"));
  BOOST_TEST(!office.open(""));
}

BOOST_DATA_TEST_CASE(nothing_stored_is_a_secret, kBackends, backend) {
  Office office(backend);
  const auto key = office.sign_in("admin");
  const auto csrf = office.accounts->authenticate(key, "")->csrf_token;
  const auto view = office.store->read_view();
  for (const auto space : {storage::KeySpace::accounts, storage::KeySpace::sessions, storage::KeySpace::audit}) {
    for (const auto& entry : view->scan(space, {{}, {}, 1000, false}).entries) {
      const auto text = std::string(as_chars(entry.key)) + std::string(as_chars(entry.value));
      for (const auto& secret : {std::string(kGood), key, csrf}) {
        BOOST_TEST(text.find(secret) == std::string::npos);
        BOOST_TEST(to_hex(as_bytes(text)).find(secret) == std::string::npos);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_password_and_an_unknown_login_are_told_apart_by_nobody) {
  Office office;
  const auto wrong = error_of([&] { office.sign_in("admin", "wrong password"); });
  const auto known = office.last_audit();
  const auto unknown = error_of([&] { office.sign_in("nobody", "wrong password"); });
  BOOST_TEST((wrong.code() == ErrorCode::unauthenticated));
  BOOST_TEST(wrong.message() == unknown.message());
  BOOST_TEST(wrong.message_id() == unknown.message_id());
  BOOST_TEST((wrong.arguments() == unknown.arguments()));
  BOOST_TEST(known.outcome == "failed");
  BOOST_TEST(known.subject == "account/" + office.admin.id);
  BOOST_TEST(office.last_audit().detail.find("nobody") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(too_many_failures_have_to_wait_ever_longer_for_that_login_and_address_only) {
  Office office;
  office.add("wang");
  for (unsigned i = 0; i < office.options.failures_before_delay; ++i) {
    BOOST_TEST((error_of([&] { office.sign_in("wang", "wrong"); }).code() == ErrorCode::unauthenticated));
  }
  const auto waiting = error_of([&] { office.sign_in("wang"); });
  BOOST_TEST((waiting.code() == ErrorCode::resource_exhausted));
  BOOST_TEST(waiting.arguments().at("seconds") == "1");
  BOOST_TEST(!office.accounts->sign_in({"wang", kGood, "10.0.0.99"}).key.empty());
  BOOST_TEST(!office.sign_in("admin").empty());
  office.clock.advance_micros(kSecond);
  BOOST_TEST((error_of([&] { office.sign_in("wang", "wrong"); }).code() == ErrorCode::unauthenticated));
  BOOST_TEST(error_of([&] { office.sign_in("wang"); }).arguments().at("seconds") == "2");
  office.clock.advance_micros(2 * kSecond);
  BOOST_TEST(!office.sign_in("wang").empty());
  BOOST_TEST((error_of([&] { office.sign_in("wang", "wrong"); }).code() == ErrorCode::unauthenticated));
}

BOOST_AUTO_TEST_CASE(unknown_logins_wait_like_known_ones) {
  Office office;
  for (unsigned i = 0; i < office.options.failures_before_delay; ++i) {
    error_of([&] { office.sign_in("nobody", "wrong"); });
  }
  BOOST_TEST((error_of([&] { office.sign_in("nobody", "wrong"); }).code() == ErrorCode::resource_exhausted));
}

BOOST_AUTO_TEST_CASE(an_address_that_tries_login_after_login_has_to_wait_and_others_do_not) {
  Office office;
  const auto failure = [&](int number, const char* address) {
    return error_of([&] { office.accounts->sign_in({"nobody" + std::to_string(number), "wrong", address}); }).code();
  };
  for (unsigned i = 0; i < office.options.failures_per_address; ++i) {
    BOOST_REQUIRE((failure(static_cast<int>(i), "10.0.0.7") == ErrorCode::unauthenticated));
  }
  BOOST_TEST((failure(1000, "10.0.0.7") == ErrorCode::resource_exhausted));
  BOOST_TEST((failure(1001, "10.0.0.8") == ErrorCode::unauthenticated));
  office.clock.advance_micros(5 * kSecond);
  BOOST_TEST((failure(1002, "10.0.0.7") == ErrorCode::unauthenticated));
  BOOST_TEST((failure(1003, "10.0.0.7") == ErrorCode::resource_exhausted));
  office.clock.advance_micros(5 * kSecond);
  BOOST_TEST(!office.sign_in("admin").empty());
}

BOOST_AUTO_TEST_CASE(failures_fill_neither_disk_nor_audit_log_and_what_was_left_out_is_counted) {
  Office office;
  const auto entries = [&] { return office.store->audit().read_backwards(UINT64_MAX, 1000).size(); };
  const auto before = entries();
  const auto fail = [&](int number) {
    const auto address = "10.1." + std::to_string(number / 50) + ".1";
    error_of([&] { office.accounts->sign_in({"nobody" + std::to_string(number), "wrong", address}); });
  };
  for (int i = 0; i < 300; ++i) fail(i);
  BOOST_TEST(entries() == before + 200);
  office.clock.advance_micros(5 * kSecond);
  fail(300);
  BOOST_TEST(entries() == before + 201);
  BOOST_TEST(office.last_audit().detail == R"({"left_out":100})");
}

BOOST_AUTO_TEST_CASE(a_wrong_old_password_is_a_problem_of_its_field_and_ends_nothing) {
  Office office;
  const auto key = office.sign_in("admin");
  const auto wrong = error_of([&] { office.accounts->change_password(office.as(office.admin), "wrong", kGood); });
  BOOST_TEST((wrong.code() == ErrorCode::invalid_argument));
  BOOST_REQUIRE_EQUAL(wrong.problems().size(), 1U);
  BOOST_TEST(wrong.problems()[0].field == "old");
  BOOST_TEST(office.open(key));
}

BOOST_AUTO_TEST_CASE(a_session_ends_when_idle_or_old) {
  Office office;
  const auto hours = [&](std::int64_t count) { office.clock.advance_micros(count * 3600 * kSecond); };
  const auto idle = office.sign_in("admin");
  hours(7);
  BOOST_TEST(office.open(idle));
  hours(7);
  BOOST_TEST(office.open(idle));  // used in between
  hours(8);
  BOOST_TEST(!office.open(idle));
  const auto old = office.sign_in("admin");
  for (int i = 0; i < 5; ++i) {
    hours(4);
    BOOST_TEST(office.open(old));
  }
  hours(4);
  BOOST_TEST(!office.open(old));
}

BOOST_AUTO_TEST_CASE(tokens_have_no_csrf_and_no_idle_time_out) {
  Office office;
  const auto token =
      office.accounts->make_token(office.as(office.admin), office.admin.id, "扫描仪", std::chrono::hours(24 * 90));
  office.clock.advance_micros(24LL * 89 * 3600 * kSecond);
  const auto seen = office.accounts->authenticate(token.key, "");
  BOOST_TEST_REQUIRE(seen.has_value());
  BOOST_TEST(seen->csrf_token.empty());
  office.clock.advance_micros(24LL * 3600 * kSecond);
  BOOST_TEST(!office.open(token.key));
  const auto wang = office.add("wang");
  BOOST_TEST((error_of([&] {
                office.accounts->make_token(office.as(wang), office.admin.id, "x", std::chrono::hours(1));
              }).code() == ErrorCode::permission_denied));
}

BOOST_DATA_TEST_CASE(a_disabled_account_is_out_at_once_and_stays_out, kBackends, backend) {
  Office office(backend);
  auto wang = office.add("wang");
  const auto key = office.sign_in("wang");
  const auto token = office.accounts->make_token(office.as(wang), wang.id, "x", std::chrono::hours(1)).key;
  wang.disabled = true;
  wang = office.accounts->update(office.as(office.admin), wang);
  BOOST_TEST(!office.open(key));
  BOOST_TEST(!office.open(token));
  BOOST_TEST((error_of([&] { office.sign_in("wang"); }).code() == ErrorCode::unauthenticated));
  wang.disabled = false;
  office.accounts->update(office.as(office.admin), wang);
  BOOST_TEST(!office.open(key));
  BOOST_TEST(!office.sign_in("wang").empty());
}

BOOST_AUTO_TEST_CASE(fewer_rights_hold_in_open_sessions) {
  Office office;
  auto wang = office.add("wang");
  const auto key = office.sign_in("wang");
  wang.roles = {"reader"};
  wang.clearance = 0;
  office.accounts->update(office.as(office.security), wang);
  const auto seen = office.accounts->authenticate(key, "");
  BOOST_TEST((seen->principal.roles == std::set<std::string>{"reader"}));
  BOOST_TEST(seen->principal.clearance == 0);
}

BOOST_AUTO_TEST_CASE(a_new_password_ends_what_the_old_one_opened) {
  Office office;
  const auto wang = office.add("wang");
  const auto key = office.sign_in("wang");
  BOOST_TEST((error_of([&] {
                office.accounts->change_password(office.as(wang), "wrong", "another good one");
              }).code() == ErrorCode::invalid_argument));
  BOOST_TEST(office.open(key));
  office.accounts->change_password(office.as(wang), kGood, "another good one");
  BOOST_TEST(!office.open(key));
  BOOST_TEST((error_of([&] { office.sign_in("wang"); }).code() == ErrorCode::unauthenticated));
  BOOST_TEST(!office.sign_in("wang", "another good one").empty());
  office.accounts->set_password(office.as(office.admin), wang.id, "reset by the admin");
  const auto seen = office.accounts->authenticate(office.sign_in("wang", "reset by the admin"), "");
  BOOST_TEST((seen->duty == Duty::change_password));
}

BOOST_AUTO_TEST_CASE(weak_passwords_are_refused) {
  for (const auto* weak : {"", "short", "九个字的密码不够长", "1234567890", "9876543210", "abcdefghij", "aaaaaaaaaaaa",
                           "ababababab", "Password123", "wangxiaoming", "1qaz2wsx3edc", "wangxiaoming1", "P@ssw0rd2024",
                           "football2024", "zhangwei1990", "20210305wang", "woaini1314520"}) {
    BOOST_TEST(weak_password(weak, "wangxiaoming", "王小明", kMinPasswordCharacters), weak);
  }
  for (const auto* good : {kGood, "十个汉字做的口令也很好", "k8Tq-2mVx-9z", "wangxiaoming likes archives"}) {
    BOOST_TEST(!weak_password(good, "wangxiaoming", "王小明", kMinPasswordCharacters), good);
  }
  Office office;
  const auto error =
      error_of([&] { office.accounts->create(operator_principal(), Office::make("li", "staff"), "short"); });
  BOOST_REQUIRE(error.problems().size() == 1U);
  BOOST_TEST(error.problems()[0].field == "password");
  BOOST_TEST(error.problems()[0].rule == "auth.weak_password");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_an_account_is_refused) {
  Office office;
  office.add("wang");
  const auto refused = [&](const std::string& login, const std::string& role) {
    return error_of([&] { office.accounts->create(operator_principal(), Office::make(login, role), kGood); })
        .message_id();
  };
  BOOST_TEST(refused("WANG", "staff") == "auth.login_taken");
  BOOST_TEST(refused("with space", "staff") == "auth.bad_login");
  BOOST_TEST(refused("", "staff") == "auth.bad_login");
  BOOST_TEST(refused("li", "emperor") == "auth.unknown_role");
}

BOOST_DATA_TEST_CASE(of_many_who_want_one_login_one_gets_it, kBackends, backend) {
  Office office(backend);
  std::atomic<int> made = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&] {
        if (error_of([&] { office.add("wang"); }).code() == ErrorCode::internal) ++made;
      });
    }
  }
  BOOST_TEST(made == 1);
}

BOOST_AUTO_TEST_CASE(older_hashes_are_renewed_at_sign_in) {
  Office office;
  office.options.hash_passes = 2;
  office.accounts = Accounts::make(*office.store, office.clock, office.options);
  office.sign_in("admin");
  const auto entries = office.store->read_view()->scan(storage::KeySpace::accounts, {{}, {}, 10, false}).entries;
  const auto renewed = std::any_of(entries.begin(), entries.end(), [](const auto& entry) {
    const auto stored = as_chars(entry.value);
    return stored.find("$argon2id$") != std::string_view::npos && stored.find("t=2") != std::string_view::npos;
  });
  BOOST_TEST(renewed);
  BOOST_TEST(!office.sign_in("admin").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::identity
