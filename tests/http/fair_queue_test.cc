// Whose turn is it, and who is turned away?
#include "fair_queue.h"

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

using lantai::http::FairQueue;

namespace {

using Queue = FairQueue<std::string>;

std::vector<std::string> all_of(Queue& queue) {
  std::vector<std::string> out;
  while (queue.size() > 0) out.push_back(*queue.pop());
  return out;
}

void fill(Queue& queue, const std::string& address, const std::string& caller, int count) {
  for (int i = 1; i <= count; ++i) queue.push(address + caller + std::to_string(i), address, caller, false);
}

void check(const std::vector<std::string>& found, const std::vector<std::string>& expected) {
  BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fair_queue)

BOOST_AUTO_TEST_CASE(somebody_with_many_requests_holds_up_the_next_by_one) {
  Queue queue(100);
  fill(queue, "a", "", 4);
  fill(queue, "b", "", 2);
  check(all_of(queue), {"a1", "b1", "a2", "b2", "a3", "a4"});
}

// Behind a proxy everybody has one address; what tells them apart may be made up, so it counts within the address only.
BOOST_AUTO_TEST_CASE(callers_of_one_address_share_its_turns) {
  Queue queue(100);
  fill(queue, "p", "x", 3);
  fill(queue, "p", "y", 1);
  fill(queue, "b", "", 3);
  check(all_of(queue), {"px1", "b1", "py1", "b2", "px2", "b3", "px3"});
}

BOOST_AUTO_TEST_CASE(when_it_is_full_the_latest_of_who_has_most_goes) {
  Queue queue(4);
  fill(queue, "a", "x", 3);
  fill(queue, "a", "y", 1);
  BOOST_TEST(queue.push("b1", "b", "", false).value() == "ax3");
  BOOST_TEST(queue.push("b2", "b", "", false).value() == "ax2");
  // Now both have two: the newcomer would have most.
  BOOST_TEST(queue.push("b3", "b", "", false).value() == "b3");
  BOOST_TEST(queue.push("a9", "a", "z", false).value() == "a9");
  check(all_of(queue), {"ax1", "b1", "ay1", "b2"});
}

BOOST_AUTO_TEST_CASE(what_is_begun_always_fits_and_is_never_turned_away) {
  Queue queue(2);
  for (int i = 1; i <= 5; ++i) BOOST_TEST(!queue.push("a" + std::to_string(i), "a", "", true).has_value());
  fill(queue, "b", "", 2);
  BOOST_TEST(queue.push("c1", "c", "", false).value() == "b2");
  check(all_of(queue), {"a1", "b1", "c1", "a2", "a3", "a4", "a5"});
}

BOOST_AUTO_TEST_CASE(closed_it_takes_nothing_and_gives_what_is_left) {
  Queue queue(2);
  queue.push("a", "a", "", false);
  queue.close();
  BOOST_TEST(queue.push("b", "b", "", true).value() == "b");
  BOOST_TEST(queue.pop().value() == "a");
  BOOST_TEST(!queue.pop().has_value());
}

BOOST_AUTO_TEST_CASE(many_hands_lose_nothing) {
  Queue queue(1000);
  std::atomic<int> taken{0}, away{0};
  {
    std::vector<std::jthread> hands;
    for (int worker = 0; worker < 3; ++worker)
      hands.emplace_back([&] {
        while (queue.pop()) ++taken;
      });
    std::vector<std::jthread> guests;
    for (int guest = 0; guest < 4; ++guest)
      guests.emplace_back([&, guest] {
        for (int i = 0; i < 5000; ++i)
          if (queue.push("x", std::to_string(guest), std::to_string(i % 3), i % 2 == 0)) ++away;
      });
    guests.clear();
    while (queue.size() > 0) std::this_thread::yield();
    queue.close();
  }
  BOOST_TEST(taken + away == 20000);
}

BOOST_AUTO_TEST_SUITE_END()
