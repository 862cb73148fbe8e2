#define BOOST_TEST_MODULE index
#include <boost/test/unit_test.hpp>
