// What happens when the disk is full? A small file system of its own is filled up for real.
#define BOOST_TEST_MODULE storage_disk_full
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstdlib>

#include "files.h"
#include "lantai/base/error.h"
#include "lantai/storage/store.h"
#include "support/temporary_directory.h"

namespace lantai::storage {
namespace {

// Mounts of its own for this process, as root or where user namespaces are allowed; before there is a second thread.
struct OwnMounts {
  OwnMounts() {
    if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return;
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  }
};

class SmallDisk {
 public:
  explicit SmallDisk(const char* size = "size=24m") {
    mounted_ = ::mount("tmpfs", path().c_str(), "tmpfs", 0, size) == 0;
    if (mounted_) return;
    BOOST_REQUIRE_MESSAGE(std::getenv("LANTAI_ALLOW_NO_MOUNTS"),
                          "a small disk needs root or user namespaces; LANTAI_ALLOW_NO_MOUNTS=1 does without the test");
    BOOST_TEST_MESSAGE("not run: nothing was checked");
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  const std::filesystem::path& path() const { return directory_.path(); }

  void fill() const {
    const int fd = ::open((path() / "filler").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    BOOST_REQUIRE(fd >= 0);
    for (std::size_t step = 1U << 20U; step > 0; step /= 2) {
      const Bytes block(step, 1);
      while (::write(fd, block.data(), block.size()) > 0) {
      }
      BOOST_REQUIRE_EQUAL(errno, ENOSPC);
    }
    ::close(fd);
  }
  void fill_but(std::uintmax_t left) const {
    const auto free = std::filesystem::space(path()).available;
    BOOST_REQUIRE(free > left);
    const int fd = ::open((path() / "filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    BOOST_REQUIRE(fd >= 0);
    BOOST_REQUIRE_EQUAL(::posix_fallocate(fd, 0, static_cast<off_t>(free - left)), 0);
    ::close(fd);
  }
  void make_room() const { std::filesystem::remove(path() / "filler"); }

 private:
  TemporaryDirectory directory_;
  bool mounted_ = false;
};

BOOST_TEST_GLOBAL_FIXTURE(OwnMounts);

bool is_full(const Error& e) {
  return e.code() == ErrorCode::resource_exhausted && e.message_id() == "storage.disk_full";
}

StoreOptions small_tables(std::size_t reserve = 4U << 20U) {
  StoreOptions out;
  out.rocksdb.reserve_bytes = reserve;
  out.rocksdb.write_buffer_bytes = 256U << 10U;
  return out;
}

void commit(Store& store, std::uint64_t number) {
  store.run_transaction([&](Transaction& t) {
    t.put(KeySpace::records, as_bytes(std::to_string(number)), noise(20'000, static_cast<std::uint32_t>(number)));
    t.append_change({"record", "item", std::to_string(number), 1, "create"});
    t.append_audit({"u", "record.create", std::to_string(number), "ok", "", ""});
  });
}

void check_whole(Store& store, std::uint64_t commits) {
  BOOST_TEST(store.changes().last_position() == commits);
  for (std::uint64_t n = 1; n <= commits; ++n) {
    const auto value = store.read_view()->get(KeySpace::records, as_bytes(std::to_string(n)));
    BOOST_REQUIRE(value == noise(20'000, static_cast<std::uint32_t>(n)));
  }
  BOOST_TEST(!store.read_view()->get(KeySpace::records, as_bytes(std::to_string(commits + 1))));
  BOOST_TEST(!store.audit().verify().first_broken);
}

// Commits until the disk is full; returns how many succeeded.
std::uint64_t commit_until_full(Store& store, std::uint64_t done) {
  while (true) {
    try {
      commit(store, done + 1);
      ++done;
    } catch (const Error& e) {
      BOOST_TEST(is_full(e), name(e.code()) << ": " << e.message());
      return done;
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_commits_and_blobs_keeps_reading_and_goes_on_once_there_is_room) {
  const SmallDisk disk;
  if (!disk.mounted()) return;
  const auto path = disk.path() / "store";
  auto store = Store::open(path, small_tables());
  const auto blob = noise(500'000, 1);
  const auto digest = store->blobs().put(blob).digest;
  std::uint64_t commits = 0;
  while (commits < 30) commit(*store, ++commits);
  // Again and again: each time it must come back.
  for (int round = 0; round < 3; ++round) {
    BOOST_TEST_CONTEXT("round " << round) {
      disk.fill();
      commits = commit_until_full(*store, commits);
      BOOST_CHECK_EXCEPTION(commit(*store, commits + 1), Error, is_full);
      BOOST_CHECK_EXCEPTION(store->blobs().put(noise(2'000'000, 100U + static_cast<std::uint32_t>(round))), Error,
                            is_full);
      check_whole(*store, commits);
      BOOST_TEST(store->blobs().get(digest) == blob);
      disk.make_room();
      commit(*store, ++commits);
      BOOST_TEST(store->blobs().get(store->blobs().put(noise(2'000'000, 2)).digest) == noise(2'000'000, 2));
      check_whole(*store, commits);
    }
  }
  store.reset();
  store = Store::open(path, small_tables());
  check_whole(*store, commits);
  BOOST_TEST(store->verify().empty());
}

// Without the reserve: as when another program takes the last bytes while a commit is being written.
BOOST_AUTO_TEST_CASE(a_commit_that_meets_the_end_of_the_disk_is_refused_and_later_ones_succeed) {
  const SmallDisk disk;
  if (!disk.mounted()) return;
  const auto path = disk.path() / "store";
  auto store = Store::open(path, small_tables(0));
  std::uint64_t commits = 0;
  for (int round = 0; round < 3; ++round) {
    BOOST_TEST_CONTEXT("round " << round) {
      disk.fill();
      commits = commit_until_full(*store, commits);
      BOOST_CHECK_EXCEPTION(commit(*store, commits + 1), Error, is_full);
      check_whole(*store, commits);
      disk.make_room();
      while (commits % 20 != 19) commit(*store, ++commits);
      check_whole(*store, commits);
    }
  }
  store.reset();
  check_whole(*Store::open(path, small_tables(0)), commits);
}

BOOST_AUTO_TEST_CASE(a_store_closed_on_a_full_disk_opens_whole_and_commits_once_there_is_room) {
  const SmallDisk disk;
  if (!disk.mounted()) return;
  const auto path = disk.path() / "store";
  auto store = Store::open(path, small_tables());
  std::uint64_t commits = 0;
  while (commits < 10) commit(*store, ++commits);
  disk.fill_but(2U << 20U);  // below the reserve
  BOOST_CHECK_EXCEPTION(commit(*store, commits + 1), Error, is_full);
  store.reset();
  // As full as it was: reading goes on after a restart.
  store = Store::open(path, small_tables());
  check_whole(*store, commits);
  BOOST_CHECK_EXCEPTION(commit(*store, commits + 1), Error, is_full);
  store.reset();
  // Without a single byte the engine cannot be opened, and says why.
  disk.fill();
  BOOST_CHECK_EXCEPTION(Store::open(path, small_tables()), Error, is_full);
  disk.make_room();
  store = Store::open(path, small_tables());
  check_whole(*store, commits);
  commit(*store, commits + 1);
  check_whole(*store, commits + 1);
}

BOOST_AUTO_TEST_CASE(a_disk_that_was_full_for_the_first_blob_takes_it_once_there_is_room) {
  const SmallDisk disk;
  if (!disk.mounted()) return;
  const auto store = Store::open(disk.path() / "store", small_tables(0));
  const auto blob = noise(500'000, 1);
  disk.fill();
  for (int i = 0; i < 2; ++i) BOOST_CHECK_EXCEPTION(store->blobs().put(blob), Error, is_full);
  disk.make_room();
  BOOST_TEST(store->blobs().get(store->blobs().put(blob).digest) == blob);
}

BOOST_AUTO_TEST_CASE(a_large_blob_leaves_the_reserve_to_commits) {
  const SmallDisk disk;
  if (!disk.mounted()) return;
  constexpr std::size_t kReserve = 8U << 20U;
  const auto store = Store::open(disk.path() / "store", small_tables(kReserve));
  const auto writer = store->blobs().create();
  const auto write_until_full = [&] {
    for (std::uint32_t i = 0; i < 40; ++i) writer->write(noise(1U << 20U, i));
    writer->finish();
  };
  BOOST_CHECK_EXCEPTION(write_until_full(), Error, is_full);
  BOOST_TEST(std::filesystem::space(disk.path()).available >= kReserve);
  commit(*store, 1);
  check_whole(*store, 1);
}

BOOST_AUTO_TEST_CASE(on_a_full_disk_what_frees_space_still_commits_and_collection_brings_it_back) {
  const SmallDisk disk;
  if (!disk.mounted()) return;
  auto store = Store::open(disk.path() / "store", small_tables());
  const auto own = [&](std::uint32_t seed) {
    const auto digest = store->blobs().put(noise(3'000'000, seed)).digest;
    store->run_transaction([&](Transaction& t) { t.add_blob_owner(digest, "item/1"); });
    return digest;
  };
  const auto dropped = own(1), also_dropped = own(2), kept = own(3);
  commit(*store, 1);
  disk.fill_but(2U << 20U);  // below the reserve of 4 MiB
  BOOST_CHECK_EXCEPTION(commit(*store, 2), Error, is_full);
  BOOST_CHECK_EXCEPTION(own(4), Error, is_full);
  store->run_transaction([&](Transaction& t) {
    t.use_reserve();
    t.remove_blob_owner(dropped, "item/1");
    t.remove_blob_owner(also_dropped, "item/1");
  });
  const auto report = store->blobs().collect(std::chrono::seconds(0));
  BOOST_TEST(report.blobs_removed == 2U);
  BOOST_TEST(!store->blobs().find(dropped));
  BOOST_TEST(store->blobs().get(kept) == noise(3'000'000, 3));
  BOOST_TEST(store->verify().empty());
}

}  // namespace lantai::storage
