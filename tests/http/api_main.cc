#define BOOST_TEST_MODULE http_api
#include <boost/test/unit_test.hpp>

#include "world.h"

namespace {

struct WorldFixture {
  lantai::http::test::World world;
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(WorldFixture);
