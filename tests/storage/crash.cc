// Is anything lost, half there or out of order when the process is killed? A child commits, writes blobs, collects and
// compacts; it is killed with SIGKILL after a random number of acknowledgements; what is then on disk is compared with
// what it had acknowledged.
#define BOOST_TEST_MODULE storage_crash
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>

#include "crash_model.h"
#include "support/temporary_directory.h"

namespace lantai::storage {
namespace {

struct Acknowledged {
  std::uint64_t counters[kWriters] = {};
  std::uint64_t position = 0;
  std::set<std::uint64_t> blobs;
  std::uint64_t next_blob = 0;
  std::uint64_t lines = 0;

  void add(const std::string& line) {
    std::istringstream in(line);
    char what = 0;
    in >> what;
    ++lines;
    if (what == 'C') {
      std::size_t writer = 0;
      std::uint64_t number = 0, at = 0;
      in >> writer >> number >> at;
      counters[writer] = number;
      position = std::max(position, at);
      return;
    }
    std::uint64_t number = 0;
    in >> number;
    if (what == 'B') {
      blobs.insert(number);
      next_blob = number + 1;
    } else {
      blobs.erase(number);
    }
  }
};

// Runs the child until it has said `lines` lines, kills it, and takes in what it still had said.
void run_and_kill(const std::filesystem::path& directory, unsigned seed, std::uint64_t lines,
                  Acknowledged& acknowledged) {
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  const std::string program = LANTAI_BINARY_DIR "/tests/storage_crash_child";
  const auto seed_text = std::to_string(seed), blob_text = std::to_string(acknowledged.next_blob);
  const auto path = directory.string();
  const auto child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    ::execl(program.c_str(), program.c_str(), path.c_str(), seed_text.c_str(), blob_text.c_str(), nullptr);
    std::_Exit(127);
  }
  ::close(ends[1]);
  auto* in = ::fdopen(ends[0], "r");
  char line[256];
  std::uint64_t read = 0;
  if (lines == 0) ::kill(child, SIGKILL);
  while (std::fgets(line, sizeof line, in)) {
    acknowledged.add(line);
    if (++read == lines) ::kill(child, SIGKILL);
  }
  std::fclose(in);
  int status = 0;
  ::waitpid(child, &status, 0);
  BOOST_REQUIRE_MESSAGE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the child ended by itself: " << status);
}

struct Checked {
  std::uint64_t counters[kWriters] = {};
  std::uint64_t position = 0;
};

void check_counters(Store& store, const Acknowledged& acknowledged, Checked& checked) {
  const auto view = store.read_view();
  std::uint64_t sum = 0;
  for (int writer = 0; writer < kWriters; ++writer) {
    const auto now = number_of(view->get(KeySpace::counters, counter_key(writer)));
    BOOST_REQUIRE_GE(now, acknowledged.counters[writer]);
    BOOST_REQUIRE_LE(now, acknowledged.counters[writer] + 1);
    for (auto n = checked.counters[writer] + 1; n <= now + 1; ++n) {
      for (const auto* half : {"left", "right"}) {
        BOOST_REQUIRE_EQUAL(view->get(KeySpace::records, item_key(writer, n, half)).has_value(), n <= now);
      }
    }
    checked.counters[writer] = now;
    sum += now;
  }
  BOOST_REQUIRE_EQUAL(store.changes().last_position(), sum);
  BOOST_REQUIRE_EQUAL(store.audit().head().sequence, sum);
}

void check_feed(Store& store, const Acknowledged& acknowledged, Checked& checked) {
  BOOST_REQUIRE_GE(store.changes().last_position(), acknowledged.position);
  while (checked.position < store.changes().last_position()) {
    const auto changes = store.changes().read(checked.position, 1000);
    BOOST_REQUIRE(!changes.empty());
    for (const auto& change : changes) BOOST_REQUIRE_EQUAL(change.position, ++checked.position);
  }
}

void check_blobs(Store& store, const Acknowledged& acknowledged) {
  for (const auto number : acknowledged.blobs) {
    const auto digest = store.read_view()->get(KeySpace::texts, blob_key(number));
    BOOST_REQUIRE_MESSAGE(digest, "blob " << number << " is lost");
    BOOST_REQUIRE(store.blobs().get(*digest) == blob_content(number));
  }
}

void check_all(Store& store) {
  const auto verdict = store.audit().verify();
  BOOST_REQUIRE_MESSAGE(!verdict.first_broken, verdict.reason);
  BOOST_REQUIRE(store.verify().empty());
  std::uint64_t last = 0;
  for (const auto& effect : store.outbox().pending(10'000)) {
    BOOST_REQUIRE_GT(effect.number, last);
    last = effect.number;
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_acknowledged_is_lost_and_nothing_half_written_is_seen_over_many_kills) {
  const auto* wanted = std::getenv("LANTAI_CRASH_ROUNDS");
  const int rounds = wanted ? std::atoi(wanted) : 200;
  const auto seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed << ", " << rounds << " rounds");
  std::mt19937 random(seed);
  const TemporaryDirectory directory;
  const auto path = directory.path() / "store";
  Acknowledged acknowledged;
  Checked checked;
  for (int round = 1; round <= rounds; ++round) {
    BOOST_TEST_CONTEXT("seed " << seed << " round " << round) {
      run_and_kill(path, random(), random() % 4 == 0 ? random() % 3 : random() % 60, acknowledged);
      const auto store = Store::open(path, crash_options());
      check_counters(*store, acknowledged, checked);
      check_feed(*store, acknowledged, checked);
      check_blobs(*store, acknowledged);
      if (round % 10 == 0 || round == rounds) check_all(*store);
      // What was in flight and came through counts as done from now on.
      for (int writer = 0; writer < kWriters; ++writer) acknowledged.counters[writer] = checked.counters[writer];
    }
  }
  BOOST_TEST(acknowledged.lines > static_cast<std::uint64_t>(rounds) * 10);
}

}  // namespace lantai::storage
