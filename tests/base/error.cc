#include "lantai/base/error.h"

#include <boost/test/unit_test.hpp>
#include <cerrno>

namespace lantai {

BOOST_AUTO_TEST_SUITE(error)

BOOST_AUTO_TEST_CASE(an_error_carries_what_people_and_programs_need) {
  const Error error(ErrorCode::conflict, "version 3 is not 4", "record.stale", {{"version", "4"}});
  BOOST_TEST(name(error.code()) == "conflict");
  BOOST_TEST(std::string(error.what()) == "version 3 is not 4");
  BOOST_TEST(error.message_id() == "record.stale");
  BOOST_TEST(error.arguments().at("version") == "4");
}

BOOST_AUTO_TEST_CASE(field_problems_make_an_invalid_argument) {
  const Error error("item", {{"title", "field.required", {}}});
  BOOST_TEST((error.code() == ErrorCode::invalid_argument));
  BOOST_TEST(error.message_id() == "record.invalid");
  BOOST_TEST(error.problems().front().field == "title");
}

BOOST_AUTO_TEST_CASE(a_full_disk_and_a_forbidden_file_are_told_from_other_failures) {
  BOOST_TEST((system_error("writing", ENOSPC).code() == ErrorCode::resource_exhausted));
  BOOST_TEST((system_error("opening", EACCES).code() == ErrorCode::permission_denied));
  BOOST_TEST((system_error("opening", ENOENT).code() == ErrorCode::not_found));
  BOOST_TEST((system_error("reading", EIO).code() == ErrorCode::unavailable));
  BOOST_TEST(system_error("reading", EIO).message().starts_with("reading: "));
}

BOOST_AUTO_TEST_CASE(every_code_has_a_name_of_its_own) {
  BOOST_TEST(name(ErrorCode::invalid_argument) == "invalid_argument");
  BOOST_TEST(name(ErrorCode::data_loss) == "data_loss");
  BOOST_TEST(name(ErrorCode::resource_exhausted) == "resource_exhausted");
  BOOST_TEST(name(ErrorCode::internal) == "internal");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai
