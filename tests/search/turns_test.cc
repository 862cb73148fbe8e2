// Searches go on so many at a time, in the order they came, and nobody waits for one that lasts.
#include "turns.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

using lantai::search::Turns;

namespace {

const auto kFar = std::chrono::steady_clock::now() + std::chrono::minutes(10);

void until_waiting(const Turns& turns, std::size_t count) {
  while (turns.waiting() < count) std::this_thread::yield();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(turns)

BOOST_AUTO_TEST_CASE(no_more_go_on_at_once_than_may) {
  Turns turns(2);
  std::atomic<int> at_once{0}, most{0}, done{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 500; ++round) {
        const Turns::Turn turn(turns, kFar);
        const int now = ++at_once;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) continue;
        std::this_thread::yield();
        --at_once;
        ++done;
      }
    });
  }
  threads.clear();
  BOOST_TEST(done == 8 * 500);
  BOOST_TEST(most == 2);
  BOOST_TEST(turns.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(who_came_first_goes_on_first) {
  Turns turns(1);
  std::vector<int> order;
  std::vector<std::jthread> threads;
  {
    const Turns::Turn first(turns, kFar);
    for (int i = 0; i < 5; ++i) {
      threads.emplace_back([&, i] {
        const Turns::Turn turn(turns, kFar);
        order.push_back(i);
      });
      until_waiting(turns, static_cast<std::size_t>(i) + 1);
    }
    BOOST_TEST(order.empty());
  }
  threads.clear();
  BOOST_TEST(order == std::vector<int>({0, 1, 2, 3, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_takes_long_lets_the_others_go_on) {
  Turns turns(1);
  Turns::Turn lasting(turns, kFar);
  bool gone_on = false;
  std::jthread other([&] {
    const Turns::Turn turn(turns, kFar);
    gone_on = true;
  });
  until_waiting(turns, 1);
  lasting.end();
  other.join();
  BOOST_TEST(gone_on);
  lasting.end();  // nothing is passed on twice: still one at a time
  Turns::Turn held(turns, kFar);
  std::jthread third([&] { const Turns::Turn turn(turns, kFar); });
  until_waiting(turns, 1);
  BOOST_TEST(turns.waiting() == 1U);
  held.end();
}

BOOST_AUTO_TEST_CASE(at_the_deadline_one_goes_on_without) {
  Turns turns(1);
  Turns::Turn held(turns, kFar);
  {
    const Turns::Turn late(turns, std::chrono::steady_clock::now());
    BOOST_TEST(turns.waiting() == 0U);
  }
  held.end();
  const Turns::Turn next(turns, kFar);  // what went on without passes nothing on, and takes nothing away
}

BOOST_AUTO_TEST_SUITE_END()
