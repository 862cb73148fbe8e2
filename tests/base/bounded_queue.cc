#include "lantai/base/bounded_queue.h"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <thread>

namespace lantai {

BOOST_AUTO_TEST_SUITE(bounded_queue)

BOOST_AUTO_TEST_CASE(a_full_queue_says_no_and_has_room_again_after_a_pop) {
  BoundedQueue<int> queue(2);
  BOOST_TEST(queue.try_push(1));
  BOOST_TEST(queue.try_push(2));
  BOOST_TEST(!queue.try_push(3));
  BOOST_TEST(!queue.push(3, std::chrono::steady_clock::now()));
  BOOST_TEST(*queue.pop() == 1);
  BOOST_TEST(queue.try_push(3));
  BOOST_TEST(queue.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_closed_queue_drains_and_then_yields_nothing) {
  BoundedQueue<std::unique_ptr<int>> queue(4);
  BOOST_TEST(queue.try_push(std::make_unique<int>(7)));
  queue.close();
  BOOST_TEST(!queue.try_push(nullptr));
  BOOST_TEST(**queue.pop() == 7);
  BOOST_TEST(!queue.pop());
  BOOST_TEST(!queue.try_pop());
}

BOOST_AUTO_TEST_CASE(everything_pushed_is_popped_once_and_waiters_are_woken) {
  BoundedQueue<int> queue(3);
  std::atomic<int> sum = 0;
  {
    std::vector<std::jthread> consumers;
    for (int i = 0; i < 3; ++i) {
      consumers.emplace_back([&] {
        while (const auto item = queue.pop()) sum += *item;
      });
    }
    {
      std::vector<std::jthread> producers;
      for (int p = 0; p < 3; ++p) {
        producers.emplace_back([&] {
          for (int i = 1; i <= 1000; ++i) queue.push(i, std::chrono::steady_clock::now() + std::chrono::minutes(1));
        });
      }
    }
    queue.close();
  }
  BOOST_TEST(sum == 3 * 1000 * 1001 / 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai
