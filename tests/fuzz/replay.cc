// Every file of a fuzz target's corpus goes through its entry point in the normal test run: once found, a fault stays
// found. The entry point aborts when something is wrong.
#define BOOST_TEST_MODULE fuzz_replay
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/places.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

BOOST_AUTO_TEST_CASE(the_corpus_is_handled_as_it_should_be) {
  const auto corpus = lantai::test::source_directory() / "tests/fuzz/corpus" / LANTAI_FUZZ_NAME;
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    BOOST_TEST_CHECKPOINT(entry.path().string());
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    BOOST_TEST(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()) == 0);
    ++inputs;
  }
  BOOST_TEST(inputs > 0U);
}
