// Is anything lost, half there or out of order when the process is killed, or the power is cut? A child commits, writes
// blobs, collects and compacts; it is killed with SIGKILL after a random number of acknowledgements; what is then on
// disk, or would be there without what had not been synced, is compared with what it had acknowledged.
#define BOOST_TEST_MODULE storage_crash
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <set>
#include <sstream>

#include "crash_model.h"
#include "power_cut.h"
#include "support/places.h"
#include "support/temporary_directory.h"

namespace lantai::storage {
namespace {

struct Acknowledged {
  std::uint64_t counters[kWriters] = {};
  std::uint64_t position = 0;
  std::set<std::uint64_t> blobs;
  std::uint64_t next_blob = 0;
  std::uint64_t lines = 0;
  std::uint64_t compactions = 0;

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
    if (what == 'M') {
      ++compactions;
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

struct Child {
  std::filesystem::path directory;
  Work work = Work::everything;
  std::optional<std::filesystem::path> sync_log;  // where it notes what it has synced
};

[[noreturn]] void become(const Child& child, std::uint64_t first_blob) {
  const auto built = lantai::test::binary_directory() / "tests";
  const auto program = built / "storage_crash_child";
  if (child.sync_log) {
    ::setenv("LD_PRELOAD", (built / "storage_sync_log.so").c_str(), 1);
    ::setenv("LANTAI_SYNC_LOG", child.sync_log->c_str(), 1);
    ::setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
  }
  ::execl(program.c_str(), program.c_str(), child.directory.c_str(), std::to_string(first_blob).c_str(),
          child.work == Work::blobs ? "blobs" : "everything", nullptr);
  std::_Exit(127);
}

// Runs the child until it has said `lines` lines, kills it, and takes in what it still had said.
void run_and_kill(const Child& how, std::uint64_t lines, Acknowledged& acknowledged) {
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  const auto child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    become(how, acknowledged.next_blob);
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

// The highest number in their names: how many have been made, and some logs.
std::uint64_t tables_made(const std::filesystem::path& directory) {
  std::uint64_t out = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".sst") out = std::max<std::uint64_t>(out, std::stoull(entry.path().stem()));
  }
  return out;
}

std::uint64_t rounds_wanted(const char* variable, std::uint64_t usual) {
  const auto* wanted = std::getenv(variable);
  return wanted ? std::stoull(wanted) : usual;
}

// One life of a store after another, in one directory.
struct Lives {
  unsigned seed = std::random_device{}();
  std::mt19937 random{seed};
  TemporaryDirectory directory;
  std::filesystem::path path = directory.path() / "store";
  Acknowledged acknowledged;
  Checked checked;

  template <typename AfterKill>
  void live(Work work, std::optional<std::filesystem::path> sync_log, bool thorough, AfterKill after_kill) {
    const std::uint64_t lines = random() % 4 == 0 ? random() % 3 : random() % 60;
    run_and_kill({path, work, std::move(sync_log)}, lines, acknowledged);
    after_kill();
    const auto store = Store::open(path, crash_options());
    check_counters(*store, acknowledged, checked);
    check_feed(*store, acknowledged, checked);
    check_blobs(*store, acknowledged);
    if (thorough) check_all(*store);
    // What was in flight and came through counts as done from now on.
    for (int writer = 0; writer < kWriters; ++writer) acknowledged.counters[writer] = checked.counters[writer];
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(nothing_acknowledged_is_lost_and_nothing_half_written_is_seen_over_many_kills, Lives) {
  const auto rounds = rounds_wanted("LANTAI_CRASH_ROUNDS", 200);
  BOOST_TEST_MESSAGE("seed " << seed << ", " << rounds << " rounds");
  for (std::uint64_t round = 1; round <= rounds; ++round) {
    BOOST_TEST_CONTEXT("seed " << seed << " round " << round) {
      const auto work = round % 2 == 0 ? Work::everything : Work::blobs;
      live(work, std::nullopt, round % 10 == 0 || round == rounds, [] {});
    }
  }
  BOOST_TEST(acknowledged.lines > rounds * 10);
  BOOST_TEST_MESSAGE(acknowledged.compactions << " compactions, " << tables_made(path / "db") << " tables");
  // Packs were emptied and removed, and tables written and merged, all the time.
  BOOST_TEST(acknowledged.compactions > rounds / 2);
  BOOST_TEST(tables_made(path / "db") > rounds * 2);
}

BOOST_FIXTURE_TEST_CASE(nothing_acknowledged_is_lost_when_the_power_is_cut, Lives) {
  const auto rounds = rounds_wanted("LANTAI_POWER_ROUNDS", 60);
  BOOST_TEST_MESSAGE("seed " << seed << ", " << rounds << " rounds");
  PowerCut power(directory.path() / "synced");
  std::uintmax_t lost = 0;
  for (std::uint64_t round = 1; round <= rounds; ++round) {
    BOOST_TEST_CONTEXT("seed " << seed << " round " << round) {
      power.begin(path);
      const auto work = round % 2 == 0 ? Work::everything : Work::blobs;
      live(work, power.log(), round % 10 == 0 || round == rounds, [&] { lost += power.cut(path, random); });
    }
  }
  BOOST_TEST(lost > 0U);
}

}  // namespace lantai::storage
