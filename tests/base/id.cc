#include "lantai/base/id.h"

#include <boost/test/unit_test.hpp>
#include <set>

namespace lantai {

BOOST_AUTO_TEST_SUITE(id)

// RFC 9562, section 5.7: version 7, variant 10, the time in the first 48 bits.
BOOST_AUTO_TEST_CASE(ids_are_version_7_and_ordered_by_time) {
  const auto early = make_id({1'645'557'742'000'000}), late = make_id({1'645'557'742'001'000});
  BOOST_TEST(early.substr(0, 15) == "017f22e2-79b0-7");
  BOOST_TEST(std::string("89ab").find(early[19]) != std::string::npos);
  BOOST_TEST(early < late);
}

BOOST_AUTO_TEST_CASE(an_instant_parts_the_ids_made_until_then_from_those_made_later) {
  const std::string last = last_id_at({1'645'557'742'000'000});
  for (int i = 0; i < 100; ++i) {
    BOOST_TEST(make_id({1'645'557'742'000'999}) <= last);
    BOOST_TEST(make_id({1'645'557'742'001'000}) > last);
  }
}

BOOST_AUTO_TEST_CASE(ids_of_the_same_instant_differ) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(make_id({0}));
  BOOST_TEST(ids.size() == 1000U);
}

BOOST_AUTO_TEST_CASE(only_the_written_form_is_an_id) {
  BOOST_TEST(is_id(make_id({1})));
  for (const auto* text : {"", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017F22E2-79b0-7cc3-98c4-dc0c0c07398f",
                           "017f22e279b0-7cc3-98c4-dc0c0c07398fab", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g"}) {
    BOOST_TEST(!is_id(text), text);
  }
}

BOOST_AUTO_TEST_CASE(secrets_have_the_length_asked_for_and_do_not_repeat) {
  BOOST_TEST(random_hex(32).size() == 64U);
  BOOST_TEST(random_hex(32) != random_hex(32));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai
