// Can a commit that was acknowledged be lost without a word when the log of the engine is damaged, cut or missing?
#define BOOST_TEST_MODULE storage_log_damage
#include <boost/test/unit_test.hpp>
#include <vector>

#include "files.h"
#include "lantai/storage/store.h"
#include "support/temporary_directory.h"

namespace lantai::storage {
namespace {

// A closed store whose commits are all in the log, and where each of their batches begins there.
struct Logged {
  TemporaryDirectory directory;
  fs::path path = directory.path() / "store";
  fs::path log;
  std::uint64_t size = 0;
  std::vector<std::uint64_t> batches;

  Logged() {
    {
      const auto store = Store::open(path);
      store->blobs().put(noise(100'000, 1));
      for (int i = 0; i < 50; ++i) {
        store->run_transaction([&](Transaction& t) {
          t.put(KeySpace::records, as_bytes(std::to_string(i)), noise(1000, static_cast<std::uint32_t>(i)));
          t.append_change({"record", "item", std::to_string(i), 1, "create"});
        });
      }
    }
    log = only_file(path / "db", ".log");
    size = fs::file_size(log);
    find_batches();
  }

  void find_batches() {
    std::ifstream in(log, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    for (std::size_t at = 0; at + 7 <= bytes.size();) {
      const auto left = 32'768 - at % 32'768;
      if (left < 7) {
        at += left;
        continue;
      }
      const auto type = bytes[at + 6];
      if (type == 1 || type == 2) batches.push_back(at);
      at += 7U + static_cast<unsigned char>(bytes[at + 4]) + 256U * static_cast<unsigned char>(bytes[at + 5]);
    }
    BOOST_REQUIRE_GE(batches.size(), 50U);
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_the_log_is_refused_not_skipped) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "store";
  {
    const auto store = Store::open(path);
    for (int i = 0; i < 50; ++i) {
      store->run_transaction(
          [&](Transaction& t) { t.put(KeySpace::records, as_bytes(std::to_string(i)), Bytes(1000)); });
    }
  }
  const auto log = only_file(path / "db", ".log");
  flip_bit(log, fs::file_size(log) / 2);
  BOOST_CHECK_EXCEPTION(Store::open(path), Error, code_is(ErrorCode::data_loss));
}

// Where a batch begins in the log: checksum u32, length u16, type u8.
BOOST_FIXTURE_TEST_CASE(no_flipped_bit_in_the_end_of_the_log_loses_a_commit, Logged) {
  for (const auto record : {batches[batches.size() - 5], batches.back()}) {
    for (const std::uint64_t byte : {0U, 4U, 5U, 6U, 20U}) {
      for (const unsigned bit : {0x80U, 0x10U, 0x01U}) {
        BOOST_TEST_CONTEXT("record at " << record << ", byte " << byte << ", bit " << bit) {
          flip_bit(log, record + byte, static_cast<char>(bit));
          BOOST_CHECK_EXCEPTION(Store::open(path), Error, code_is(ErrorCode::data_loss));
          BOOST_REQUIRE_EQUAL(fs::file_size(log), size);
          flip_bit(log, record + byte, static_cast<char>(bit));
        }
      }
    }
  }
  BOOST_TEST(Store::open(path)->changes().last_position() == 50U);
}

// As after a power cut, when the mark may be older: what comes behind the damage gives it away.
BOOST_FIXTURE_TEST_CASE(without_the_mark_damage_before_the_last_commit_is_refused_and_a_torn_one_is_dropped, Logged) {
  fs::remove(path / "db.reached");
  const auto record = batches[batches.size() - 5];
  for (const std::uint64_t byte : {0U, 4U, 5U, 6U, 20U}) {
    flip_bit(log, record + byte, '\x80');
    BOOST_CHECK_EXCEPTION(Store::open(path), Error, code_is(ErrorCode::data_loss));
    flip_bit(log, record + byte, '\x80');
  }
  fs::resize_file(log, size - 100);
  BOOST_TEST(Store::open(path)->changes().last_position() == 49U);
}

BOOST_FIXTURE_TEST_CASE(a_log_that_is_missing_or_was_cut_is_refused_and_packs_are_kept, Logged) {
  const auto pack = only_file(path / "packs", ".pack");
  const auto pack_size = fs::file_size(pack);
  fs::copy_file(log, directory.path() / "log");
  fs::resize_file(log, batches.back());
  BOOST_CHECK_EXCEPTION(Store::open(path), Error, code_is(ErrorCode::data_loss));
  fs::remove(log);
  BOOST_CHECK_EXCEPTION(Store::open(path), Error, code_is(ErrorCode::data_loss));
  BOOST_CHECK_EXCEPTION(Store::open(path), Error, code_is(ErrorCode::data_loss));
  BOOST_TEST(fs::file_size(pack) == pack_size);
  fs::copy_file(directory.path() / "log", log, fs::copy_options::overwrite_existing);
  BOOST_TEST(Store::open(path)->changes().last_position() == 50U);
}

BOOST_FIXTURE_TEST_CASE(a_mark_that_cannot_be_made_out_keeps_nobody_out, Logged) {
  flip_bit(path / "db.reached", 19);
  BOOST_TEST(Store::open(path)->changes().last_position() == 50U);
}

}  // namespace lantai::storage
