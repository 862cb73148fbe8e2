#define BOOST_TEST_MODULE organisation
#include <boost/test/unit_test.hpp>
