// What does a store promise, on disk and in memory alike?
#define BOOST_TEST_MODULE store_contract
#include <atomic>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <latch>
#include <thread>

#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"
#include "lantai/storage/store.h"
#include "support/temporary_directory.h"

namespace lantai::storage {
namespace {

struct OnDisk {
  TemporaryDirectory directory;
  ManualClock clock{{1'600'000'000'000'000}};
  std::unique_ptr<Store> store = Store::open(directory.path() / "store", options());
  StoreOptions options() {
    StoreOptions out;
    out.clock = &clock;
    return out;
  }
};
struct InMemory {
  ManualClock clock{{1'600'000'000'000'000}};
  std::unique_ptr<Store> store =
      Store::open_in_memory({.create_if_missing = true, .restored = false, .rocksdb = {}, .clock = &clock});
};
using Stores = boost::mpl::list<OnDisk, InMemory>;

constexpr auto kSpace = KeySpace::records;

auto code_is(ErrorCode code) {
  return [code](const Error& e) { return e.code() == code; };
}

std::string text_of(const std::optional<Bytes>& value) { return value ? std::string(as_chars(*value)) : "absent"; }

std::uint64_t number_at(Store& store, std::string_view key) {
  const auto value = store.read_view()->get(kSpace, as_bytes(key));
  return value ? KeyReader(*value).number() : 0;
}

void increment(Transaction& transaction, std::string_view key) {
  const auto value = transaction.get(kSpace, as_bytes(key));
  const auto number = value ? KeyReader(*value).number() : 0;
  transaction.put(kSpace, as_bytes(key), KeyWriter().number(number + 1).take());
}

ChangeDraft change(std::string id) { return {"record", "item", std::move(id), 1, "create"}; }
AuditDraft audit(std::string subject) { return {"u1", "record.create", std::move(subject), "ok", "127.0.0.1", ""}; }

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(a_part_of_a_transaction_that_throws_leaves_nothing_and_the_rest_commits, S, Stores) {
  S s;
  s.store->run_transaction([&](Transaction& t) { t.put(kSpace, as_bytes("stored"), to_bytes("old")); });
  const auto committed = s.store->run_transaction([&](Transaction& t) {
    t.put(kSpace, as_bytes("own"), to_bytes("before"));
    t.append_change(change("1"));
    BOOST_CHECK_THROW(t.all_or_nothing([&] {
      t.put(kSpace, as_bytes("own"), to_bytes("after"));
      t.put(kSpace, as_bytes("own"), to_bytes("after that"));
      t.put(kSpace, as_bytes("fresh"), to_bytes("x"));
      t.erase(kSpace, as_bytes("stored"));
      t.append_change(change("2"));
      t.append_audit(audit("2"));
      t.all_or_nothing([&] { t.put(kSpace, as_bytes("inner"), to_bytes("x")); });
      throw Error(ErrorCode::invalid_argument, "no");
    }),
                      Error);
    BOOST_TEST(text_of(t.get(kSpace, as_bytes("own"))) == "before");
    BOOST_TEST(text_of(t.get(kSpace, as_bytes("stored"))) == "old");
    t.all_or_nothing([&] { t.put(kSpace, as_bytes("second"), to_bytes("kept")); });
  });
  const auto view = s.store->read_view();
  BOOST_TEST(text_of(view->get(kSpace, as_bytes("own"))) == "before");
  BOOST_TEST(text_of(view->get(kSpace, as_bytes("stored"))) == "old");
  BOOST_TEST(text_of(view->get(kSpace, as_bytes("second"))) == "kept");
  BOOST_TEST(text_of(view->get(kSpace, as_bytes("fresh"))) == "absent");
  BOOST_TEST(text_of(view->get(kSpace, as_bytes("inner"))) == "absent");
  BOOST_TEST(committed.position == 1U);
  BOOST_TEST(committed.audit_sequence == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_a_part_taken_back_has_read_still_conflicts, S, Stores) {
  S s;
  int runs = 0;
  s.store->run_transaction([&](Transaction& t) {
    try {
      t.all_or_nothing([&] {
        t.get(kSpace, as_bytes("looked at"));
        throw Error(ErrorCode::invalid_argument, "no");
      });
    } catch (const Error&) {
      if (++runs == 1) {
        s.store->run_transaction([&](Transaction& other) { other.put(kSpace, as_bytes("looked at"), to_bytes("x")); });
      }
    }
    t.put(kSpace, as_bytes("own"), to_bytes("y"));
  });
  BOOST_TEST(runs == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_transaction_sees_its_own_writes_and_nobody_else_does_before_it_commits, S, Stores) {
  S s;
  s.store->run_transaction([&](Transaction& t) {
    t.put(kSpace, as_bytes("b"), to_bytes("2"));
    t.put(kSpace, as_bytes("d"), to_bytes("4"));
  });
  s.store->run_transaction([&](Transaction& t) {
    t.put(kSpace, as_bytes("a"), to_bytes("1"));
    t.put(kSpace, as_bytes("c"), to_bytes("3"));
    t.erase(kSpace, as_bytes("d"));
    BOOST_TEST(text_of(t.get(kSpace, as_bytes("a"))) == "1");
    BOOST_TEST(text_of(t.get(kSpace, as_bytes("d"))) == "absent");
    std::string forward, backward;
    for (const auto& e : t.scan(kSpace, {}).entries) forward += as_chars(e.key);
    for (const auto& e : t.scan(kSpace, {.begin = {}, .end = {}, .limit = 100, .reverse = true}).entries)
      backward += as_chars(e.key);
    BOOST_TEST(forward == "abc");
    BOOST_TEST(backward == "cba");
    const auto first = t.scan(kSpace, {.begin = {}, .end = {}, .limit = 2});
    BOOST_TEST(first.entries.size() == 2U);
    BOOST_TEST(first.more);
    BOOST_TEST(text_of(s.store->read_view()->get(kSpace, as_bytes("a"))) == "absent");
  });
  BOOST_TEST(text_of(s.store->read_view()->get(kSpace, as_bytes("a"))) == "1");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_the_body_throws_is_passed_on_and_nothing_is_written, S, Stores) {
  S s;
  BOOST_CHECK_EXCEPTION(s.store->run_transaction([](Transaction& t) {
    t.put(kSpace, as_bytes("a"), to_bytes("1"));
    t.append_change(change("x"));
    throw Error(ErrorCode::failed_precondition, "no");
  }),
                        Error, code_is(ErrorCode::failed_precondition));
  BOOST_TEST(!s.store->read_view()->get(kSpace, as_bytes("a")));
  BOOST_TEST(s.store->changes().last_position() == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(increments_of_one_key_from_many_threads_are_all_counted, S, Stores) {
  S s;
  constexpr int kThreads = 4, kRounds = 50;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < kRounds; ++round) {
          s.store->run_transaction([](Transaction& t) { increment(t, "n"); }, std::chrono::seconds(60));
        }
      });
    }
  }
  BOOST_TEST(number_at(*s.store, "n") == std::uint64_t{kThreads * kRounds});
}

BOOST_AUTO_TEST_CASE(commits_that_wait_while_another_is_synced_are_written_together) {
  OnDisk s;
  constexpr int kThreads = 16, kRounds = 40;
  {
    std::latch ready(kThreads);
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        ready.arrive_and_wait();
        for (int round = 0; round < kRounds; ++round) {
          s.store->run_transaction([i](Transaction& t) { increment(t, std::to_string(i)); });
        }
      });
    }
  }
  const auto statistics = s.store->statistics();
  BOOST_TEST(statistics.commits == std::uint64_t{kThreads * kRounds});
  BOOST_TEST(statistics.batches * 2 < statistics.commits);
  for (int i = 0; i < kThreads; ++i) BOOST_TEST(number_at(*s.store, std::to_string(i)) == std::uint64_t{kRounds});
}

// The body itself commits something in between, so that the conflict is certain.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_transaction_whose_read_key_changed_runs_again, S, Stores) {
  S s;
  int runs = 0;
  s.store->run_transaction([&](Transaction& t) {
    increment(t, "n");
    if (++runs == 1) s.store->run_transaction([](Transaction& other) { increment(other, "n"); });
  });
  BOOST_TEST(runs == 2);
  BOOST_TEST(number_at(*s.store, "n") == 2U);
  BOOST_TEST(s.store->statistics().conflicts == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_transaction_whose_scanned_key_changed_runs_again, S, Stores) {
  S s;
  s.store->run_transaction([](Transaction& t) { increment(t, "n"); });
  int runs = 0;
  s.store->run_transaction([&](Transaction& t) {
    t.scan(kSpace, {});
    t.put(kSpace, as_bytes("seen"), {});
    if (++runs == 1) s.store->run_transaction([](Transaction& other) { other.erase(kSpace, as_bytes("n")); });
  });
  BOOST_TEST(runs == 2);
}

// Why guard keys exist: without one, "nobody has booked" holds for both.
BOOST_AUTO_TEST_CASE_TEMPLATE(two_that_find_an_empty_range_both_commit_unless_they_take_a_guard, S, Stores) {
  S s;
  const auto book = [&](std::string_view prefix, std::string_view who, bool guarded, auto&& meanwhile) {
    bool booked = false;
    s.store->run_transaction([&](Transaction& t) {
      if (guarded) t.guard("room/101");
      booked = t.scan(kSpace, {to_bytes(prefix), after_prefix(as_bytes(prefix)), 1, false}).entries.empty();
      if (booked) t.put(kSpace, as_bytes(std::string(prefix) + std::string(who)), {});
      meanwhile();
    });
    return booked;
  };
  for (const bool guarded : {false, true}) {
    const auto* prefix = guarded ? "guarded/" : "free/";
    bool first_run = true, second = false;
    const bool first = book(prefix, "anna", guarded, [&] {
      if (std::exchange(first_run, false)) second = book(prefix, "bo", guarded, [] {});
    });
    BOOST_TEST(second);
    BOOST_TEST(first == !guarded);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(conflicts_beyond_the_deadline_are_reported_as_such, S, Stores) {
  S s;
  BOOST_CHECK_EXCEPTION(s.store->run_transaction(
                            [&](Transaction& t) {
                              increment(t, "n");
                              s.store->run_transaction([](Transaction& other) { increment(other, "n"); });
                            },
                            std::chrono::milliseconds(20)),
                        Error, code_is(ErrorCode::deadline_exceeded));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_transaction_beyond_the_limits_is_refused, S, Stores) {
  S s;
  BOOST_CHECK_EXCEPTION(s.store->run_transaction([](Transaction& t) {
    for (char c = 'a'; c <= 'i'; ++c) t.put(kSpace, as_bytes(std::string(1, c)), Bytes(1'000'000));
  }),
                        Error, code_is(ErrorCode::invalid_argument));
  BOOST_CHECK_EXCEPTION(s.store->run_transaction([](Transaction& t) { t.put(kSpace, as_bytes(""), {}); }), Error,
                        code_is(ErrorCode::invalid_argument));
  // Where it is made, not where it is merged with those of others.
  BOOST_CHECK_EXCEPTION(s.store->run_transaction([](Transaction& t) {
    BOOST_CHECK_THROW(t.append_change(change(std::string(kMaxValueBytes, 'x'))), Error);
    t.append_change(change(std::string(kMaxValueBytes, 'x')));
  }),
                        Error, code_is(ErrorCode::invalid_argument));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(changes_have_positions_without_a_gap_in_commit_order, S, Stores) {
  S s;
  std::latch ready(3);
  std::atomic<int> too_early = 0;  // Boost.Test is for one thread at a time
  {
    std::vector<std::jthread> writers;
    for (int w = 0; w < 2; ++w) {
      writers.emplace_back([&, w] {
        ready.arrive_and_wait();
        for (int i = 0; i < 40; ++i) {
          const auto committed = s.store->run_transaction([&](Transaction& t) {
            for (int k = 0; k <= i % 3; ++k) t.append_change(change(std::to_string(w) + "/" + std::to_string(i)));
          });
          if (s.store->changes().last_position() < committed.position) ++too_early;
        }
      });
    }
    // A reader meanwhile: what it sees goes up by one each time.
    std::uint64_t seen = 0;
    ready.arrive_and_wait();
    const std::uint64_t all = 2 * (40 + 39);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (seen < 157 && s.store->changes().wait_beyond(seen, deadline)) {
      for (const auto& c : s.store->changes().read(seen, 7)) BOOST_REQUIRE(c.position == ++seen);
    }
    BOOST_TEST(seen <= all);
  }
  BOOST_TEST(too_early == 0);
  const auto changes = s.store->changes().read(0, 1000);
  BOOST_REQUIRE(changes.size() == s.store->changes().last_position());
  BOOST_TEST(changes.back().position == changes.size());
  BOOST_TEST(changes.front().time.micros == s.clock.now().micros);
  BOOST_TEST(changes.front().kind == "record");
  BOOST_TEST(changes.front().operation == "create");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(waiting_ends_at_the_deadline_or_when_asked_to_stop, S, Stores) {
  S s;
  const auto now = std::chrono::steady_clock::now();
  BOOST_TEST(!s.store->changes().wait_beyond(0, now));
  std::stop_source stop;
  std::jthread asker([&] { stop.request_stop(); });
  BOOST_TEST(!s.store->changes().wait_beyond(0, now + std::chrono::hours(1), stop.get_token()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_consumer_keeps_store_and_position, S, Stores) {
  S s;
  BOOST_TEST(!s.store->changes().find_consumer("index"));
  s.store->run_transaction([&](Transaction& t) { s.store->changes().set_consumer(t, "index", 7); });
  const auto found = s.store->changes().find_consumer("index");
  BOOST_REQUIRE(found);
  BOOST_TEST(found->position == 7U);
  BOOST_TEST((found->store == s.store->identity()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(audit_entries_are_found_by_what_they_say, S, Stores) {
  S s;
  const auto begin = s.clock.now().micros;
  const auto append = [&](const AuditDraft& draft) {
    s.clock.advance_micros(1'000);
    s.store->run_transaction([&](Transaction& t) { t.append_audit(draft); });
  };
  for (int i = 0; i < 3; ++i) {
    append({"wang", "session.open", "account/wang", i == 1 ? "failed" : "ok", "10.0.0.1", ""});
    append({"wang", "record.update", "item/1", "ok", "10.0.0.1", ""});
    append({"li", "session.close", "account/li", "ok", "10.0.0.2", ""});
  }
  const auto& log = s.store->audit();
  const auto found = [&](const AuditFilter& filter, std::uint64_t before = UINT64_MAX, std::size_t limit = 100) {
    std::vector<std::uint64_t> sequences;
    for (const auto& entry : log.find(filter, before, limit).entries) sequences.push_back(entry.sequence);
    return sequences;
  };
  using Sequences = std::vector<std::uint64_t>;
  BOOST_TEST((found({}) == Sequences{9, 8, 7, 6, 5, 4, 3, 2, 1}));
  BOOST_TEST((found({.actor = "li"}) == Sequences{9, 6, 3}));
  BOOST_TEST((found({.subject = "item/1"}) == Sequences{8, 5, 2}));
  BOOST_TEST((found({.outcome = "failed"}) == Sequences{4}));
  BOOST_TEST((found({.address = "10.0.0.2"}) == Sequences{9, 6, 3}));
  BOOST_TEST((found({.action = "session.open"}) == Sequences{7, 4, 1}));
  BOOST_TEST((found({.action = "session."}) == Sequences{9, 7, 6, 4, 3, 1}));
  BOOST_TEST((found({.action = "session"}) == Sequences{}));
  BOOST_TEST((found({.actor = "wang", .action = "session."}) == Sequences{7, 4, 1}));
  // Entry n was made n milliseconds after the begin.
  BOOST_TEST((found({.from = Timestamp{begin + 3'000}, .to = Timestamp{begin + 5'000}}) == Sequences{4, 3}));
  const auto first = log.find({.actor = "wang"}, UINT64_MAX, 2);
  BOOST_TEST(first.entries.size() == 2U);
  BOOST_TEST(first.before == 7U);
  BOOST_TEST((found({.actor = "wang"}, first.before) == Sequences{5, 4, 2, 1}));
  BOOST_TEST(log.find({.actor = "wang"}, first.before, 100).before == 0U);
  BOOST_TEST(log.find({.actor = "nobody"}, UINT64_MAX, 100).before == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(audit_entries_are_chained_and_read_both_ways, S, Stores) {
  S s;
  for (int i = 0; i < 5; ++i) {
    const auto committed = s.store->run_transaction([&](Transaction& t) {
      t.append_audit(audit("item/" + std::to_string(i)));
      t.append_audit(audit("again"));
    });
    BOOST_TEST(committed.audit_sequence == static_cast<std::uint64_t>(2 * i + 2));
  }
  auto& log = s.store->audit();
  BOOST_TEST(log.head().sequence == 10U);
  const auto entries = log.read(0, 100);
  BOOST_REQUIRE(entries.size() == 10U);
  BOOST_TEST(entries[0].previous_hash == sha256(as_bytes(s.store->identity().uuid)));
  for (std::size_t i = 1; i < entries.size(); ++i) BOOST_TEST(entries[i].previous_hash == entries[i - 1].hash);
  const auto last = log.read_backwards(11, 3);
  BOOST_REQUIRE(last.size() == 3U);
  BOOST_TEST(last[0].sequence == 10U);
  BOOST_TEST(log.read_backwards(3, 100).size() == 2U);
  const auto verdict = log.verify(log.head());
  BOOST_TEST(verdict.checked == 10U);
  BOOST_TEST(!verdict.first_broken);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_log_that_was_rewritten_or_cut_is_found_out, S, Stores) {
  S s;
  for (int i = 0; i < 5; ++i) s.store->run_transaction([&](Transaction& t) { t.append_audit(audit("item/1")); });
  auto& log = s.store->audit();
  auto other_head = log.head();
  other_head.hash[0] ^= 1U;
  BOOST_TEST(log.verify(other_head).first_broken.value() == 5U);
  BOOST_TEST(log.verify(AuditHead{6, other_head.hash}).first_broken.value() == 6U);
  // The storage of the log itself, changed behind its back.
  const auto key = KeyWriter().number(3).take();
  auto value = *s.store->read_view()->get(KeySpace::audit, key);
  for (const std::size_t at : {77U /* in the actor */, 73U /* in its length */, 9U /* in the previous hash */}) {
    auto changed = value;
    changed[at] ^= 1U;
    s.store->run_transaction([&](Transaction& t) { t.put(KeySpace::audit, key, changed); });
    BOOST_TEST(log.verify().first_broken.value() == 3U);
  }
  s.store->run_transaction([&](Transaction& t) { t.erase(KeySpace::audit, key); });
  BOOST_TEST(log.verify().first_broken.value() == 3U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(effects_stay_until_they_are_done, S, Stores) {
  S s;
  s.store->run_transaction([](Transaction& t) {
    t.enqueue({"mail", "k1", "{}"});
    t.enqueue({"mail", "k2", "{}"});
  });
  auto& outbox = s.store->outbox();
  auto pending = outbox.pending(10);
  BOOST_REQUIRE(pending.size() == 2U);
  BOOST_TEST(pending[0].idempotency_key == "k1");
  outbox.done(pending[0].number);
  outbox.failed(pending[1].number, "no route");
  pending = outbox.pending(10);
  BOOST_REQUIRE(pending.size() == 1U);
  BOOST_TEST(pending[0].attempts == 1U);
  BOOST_TEST(pending[0].last_error == "no route");
  outbox.done(pending[0].number);
  s.store->run_transaction([](Transaction& t) { t.enqueue({"mail", "k3", "{}"}); });
  BOOST_TEST(outbox.pending(10).front().number == 3U);
}

BOOST_AUTO_TEST_CASE(an_opened_store_goes_on_where_it_was) {
  OnDisk s;
  const auto identity = s.store->identity();
  s.store->run_transaction([](Transaction& t) {
    t.append_change(change("1"));
    t.append_audit(audit("1"));
    t.enqueue({"mail", "k", ""});
  });
  const auto head = s.store->audit().head();
  s.store.reset();
  s.store = Store::open(s.directory.path() / "store", s.options());
  BOOST_TEST((s.store->identity() == identity));
  BOOST_TEST(s.store->audit().head().hash == head.hash);
  const auto committed = s.store->run_transaction([](Transaction& t) {
    t.append_change(change("2"));
    t.append_audit(audit("2"));
    t.enqueue({"mail", "l", ""});
  });
  BOOST_TEST(committed.position == 2U);
  BOOST_TEST(committed.audit_sequence == 2U);
  BOOST_TEST(s.store->outbox().pending(10).back().number == 2U);
  BOOST_TEST(!s.store->audit().verify(head).first_broken);
}

BOOST_AUTO_TEST_CASE(a_restored_store_is_the_same_store_in_a_new_epoch) {
  OnDisk s;
  const auto identity = s.store->identity();
  s.store.reset();
  auto options = s.options();
  options.restored = true;
  s.store = Store::open(s.directory.path() / "store", options);
  BOOST_TEST(s.store->identity().uuid == identity.uuid);
  BOOST_TEST(s.store->identity().epoch == identity.epoch + 1);
}

BOOST_AUTO_TEST_CASE(a_second_opening_is_unavailable) {
  OnDisk s;
  const auto in_use = [](const Error& e) {
    return e.code() == ErrorCode::unavailable && e.message_id() == "storage.in_use";
  };
  BOOST_CHECK_EXCEPTION(Store::open(s.directory.path() / "store"), Error, in_use);
  // Also where only the engine's own lock says so.
  BOOST_CHECK_EXCEPTION(open_rocksdb(s.directory.path() / "store" / "db"), Error, in_use);
}

// Though its path speaks of a lock.
BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_opened_for_another_reason_is_not_in_use) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "lock file: blocked";
  std::filesystem::create_directories(path / "db" / "LOCK");
  for (const auto& open : {+[](const std::filesystem::path& p) { Store::open(p); },
                           +[](const std::filesystem::path& p) { open_rocksdb(p / "db"); }}) {
    BOOST_CHECK_EXCEPTION(open(path), Error, [](const Error& e) { return e.message_id() != "storage.in_use"; });
  }
}

}  // namespace lantai::storage
