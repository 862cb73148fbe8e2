// Killed at any moment, the index goes on exactly where it was: a real SIGKILL, many times over.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <random>

#include "index/crash_source.h"
#include "index/holdings.h"
#include "index/index_content.h"
#include "support/places.h"

using namespace lantai::index;
using namespace lantai::index::testing;
using lantai::TemporaryDirectory;

namespace {

constexpr int kRounds = 100;  // of each test

struct Child {
  pid_t pid = 0;
  int output = -1;
};

Child start(const std::filesystem::path& store, const std::filesystem::path& index,
            const std::string& schema = "schema") {
  int pipe_ends[2];
  BOOST_REQUIRE(::pipe(pipe_ends) == 0);
  const pid_t pid = ::fork();
  BOOST_REQUIRE(pid >= 0);
  if (pid == 0) {
    ::dup2(pipe_ends[1], 1);
    ::close(pipe_ends[0]);
    const auto child = lantai::test::binary_directory() / "tests/index_crash_child";
    ::execl(child.c_str(), child.c_str(), store.c_str(), index.c_str(), schema.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(pipe_ends[1]);
  return {pid, pipe_ends[0]};
}

// Waits until the child says something or `limit` has passed, then kills it. True: it had seen the whole feed.
bool kill_after(const Child& child, std::chrono::microseconds limit) {
  std::string said;
  char buffer[256];
  const auto read_more = [&](std::chrono::microseconds wait) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(child.output, &set);
    timeval time{static_cast<time_t>(wait.count() / 1'000'000), static_cast<suseconds_t>(wait.count() % 1'000'000)};
    if (::select(child.output + 1, &set, nullptr, nullptr, &time) <= 0) return false;
    const ssize_t size = ::read(child.output, buffer, sizeof buffer);
    if (size > 0) said.append(buffer, static_cast<std::size_t>(size));
    return size > 0;
  };
  BOOST_REQUIRE(read_more(std::chrono::seconds(30)));
  if (said.find("ready") == std::string::npos) read_more(limit);
  ::kill(child.pid, SIGKILL);
  int status = 0;
  ::waitpid(child.pid, &status, 0);
  ::close(child.output);
  BOOST_REQUIRE(WIFSIGNALED(status));
  return said.find("ready") != std::string::npos;
}

void fill(const std::filesystem::path& directory, std::mt19937& random) {
  const auto store = lantai::storage::Store::open(directory);
  std::vector<int> numbers;
  for (int copy = 0; copy < 2; ++copy) {
    for (int number = 0; number < kCrashRecords; ++number) numbers.push_back(number);
  }
  std::shuffle(numbers.begin(), numbers.end(), random);
  for (std::size_t begin = 0; begin < numbers.size(); begin += 300) {
    store->run_transaction([&](lantai::storage::Transaction& transaction) {
      for (std::size_t i = begin; i < std::min(begin + 300, numbers.size()); ++i) {
        transaction.append_change({"record", "item", std::to_string(numbers[i]), 2, "update"});
      }
    });
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crash)

BOOST_AUTO_TEST_CASE(a_killed_index_resumes_exactly_and_equals_one_built_in_one_go) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  const TemporaryDirectory place;
  fill(place.path() / "store", random);
  int complete = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto child = start(place.path() / "store", place.path() / "index");
    // Short lives first, so that kills fall all along the way; afterwards it starts again from nothing.
    const bool done = kill_after(child, std::chrono::microseconds(random() % 60'000));
    complete += done ? 1 : 0;
    if (done && round + 5 < kRounds) std::filesystem::remove_all(place.path() / "index");
  }
  BOOST_TEST_MESSAGE(complete << " of " << kRounds << " lives saw the whole feed");
  const auto store = lantai::storage::Store::open(place.path() / "store");
  const CrashSource source;
  const auto position = store->changes().last_position();
  const auto resumed = Indexer::open(*store, source, {place.path() / "index", 25});
  const auto fresh = Indexer::open(*store, source, {place.path() / "fresh", 5'000});
  BOOST_REQUIRE(wait(*resumed, position));
  BOOST_REQUIRE(wait(*fresh, position));
  const Content left = content_of(*resumed->searchable().snapshot());
  const Content right = content_of(*fresh->searchable().snapshot());
  BOOST_TEST(left.size() == right.size());
  BOOST_TEST((left == right));
  BOOST_TEST(resumed->status().documents == static_cast<std::uint64_t>(kCrashRecords - (kCrashRecords + 10) / 11));
}

BOOST_AUTO_TEST_CASE(killed_while_a_new_generation_is_built_the_index_is_whole_afterwards) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  const TemporaryDirectory place;
  fill(place.path() / "store", random);
  {
    const auto store = lantai::storage::Store::open(place.path() / "store");
    const CrashSource source("schema 0");
    const auto index = Indexer::open(*store, source, {place.path() / "index", 25});
    BOOST_REQUIRE(wait(*index, store->changes().last_position()));
  }
  int complete = 0;
  for (int round = 0; round < kRounds; ++round) {
    // Every life but some begins a generation of its own; one in eight may finish it.
    const auto schema = "schema " + std::to_string(round - round % 2);
    const auto limit = round % 8 == 7 ? 10'000'000 : random() % 300'000;
    complete +=
        kill_after(start(place.path() / "store", place.path() / "index", schema), std::chrono::microseconds(limit)) ? 1
                                                                                                                    : 0;
  }
  BOOST_TEST_MESSAGE(complete << " of " << kRounds << " lives finished a generation");
  BOOST_TEST(complete > 0);
  const auto store = lantai::storage::Store::open(place.path() / "store");
  const CrashSource source("schema at last");
  const auto position = store->changes().last_position();
  const auto resumed = Indexer::open(*store, source, {place.path() / "index", 25});
  const auto fresh = Indexer::open(*store, source, {place.path() / "fresh", 5'000});
  BOOST_REQUIRE(wait(*resumed, position));
  BOOST_REQUIRE(wait(*fresh, position));
  BOOST_TEST((content_of(*resumed->searchable().snapshot()) == content_of(*fresh->searchable().snapshot())));
}

BOOST_AUTO_TEST_SUITE_END()
