// Is a damaged byte noticed and named, and never served? And is what a newer version wrote left alone?
#define BOOST_TEST_MODULE storage_damage
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "files.h"
#include "lantai/base/error.h"
#include "lantai/storage/store.h"
#include "support/temporary_directory.h"

namespace lantai::storage {
namespace {

// Says data_loss and names what is damaged.
auto names(const std::string& what) {
  return [what](const Error& e) {
    BOOST_TEST_MESSAGE(e.message());
    return e.code() == ErrorCode::data_loss && e.message().find(what) != std::string::npos;
  };
}

// A store on disk, closed, with one blob and a table of 200 values.
struct Closed {
  TemporaryDirectory directory;
  fs::path path = directory.path() / "store";
  Bytes blob = noise(1'000'000, 1);
  Bytes digest;

  Closed() {
    const auto store = Store::open(path);
    digest = store->blobs().put(blob).digest;
    for (int i = 0; i < 200; ++i) {
      store->run_transaction([&](Transaction& t) {
        t.put(KeySpace::records, as_bytes(std::to_string(1000 + i)), noise(1000, static_cast<std::uint32_t>(i)));
        t.append_change({"record", "item", std::to_string(i), 1, "create"});
      });
    }
    BOOST_REQUIRE(store->verify().empty());  // which also writes the tables
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_a_pack_is_named_and_not_served) {
  const Closed closed;
  const auto pack = only_file(closed.path / "packs", ".pack");
  flip_bit(pack, 500'000);
  const auto store = Store::open(closed.path);
  BOOST_CHECK_EXCEPTION(store->blobs().get(closed.digest), Error, names(to_hex(closed.digest)));
  BOOST_CHECK_EXCEPTION(store->blobs().get(closed.digest), Error, names(pack.string()));
  const auto damage = store->verify();
  BOOST_REQUIRE(damage.size() == 1U);
  BOOST_TEST(damage[0].digest == closed.digest);
  BOOST_TEST(damage[0].reason.find(pack.string()) != std::string::npos);
  // What lies elsewhere is still served: the first chunk is not damaged.
  const Bytes head(closed.blob.begin(), closed.blob.begin() + 100);
  BOOST_TEST(store->blobs().open(closed.digest)->read(0, 100) == head);
}

BOOST_AUTO_TEST_CASE(no_flipped_bit_anywhere_in_a_pack_changes_what_is_read) {
  const Closed closed;
  const auto pack = only_file(closed.path / "packs", ".pack");
  const auto store = Store::open(closed.path);
  std::mt19937 random(3);
  for (int i = 0; i < 50; ++i) {
    const auto at = random() % fs::file_size(pack);
    flip_bit(pack, at);
    try {
      BOOST_TEST(store->blobs().get(closed.digest) == closed.blob);  // it hit a header
    } catch (const Error& e) {
      BOOST_TEST((e.code() == ErrorCode::data_loss));
    }
    flip_bit(pack, at);
  }
  BOOST_TEST(store->blobs().get(closed.digest) == closed.blob);
}

BOOST_AUTO_TEST_CASE(a_pack_that_was_cut_or_is_missing_is_named) {
  const Closed closed;
  const auto pack = only_file(closed.path / "packs", ".pack");
  fs::resize_file(pack, 600'000);
  BOOST_CHECK_EXCEPTION(Store::open(closed.path)->blobs().get(closed.digest), Error, names(pack.string()));
  fs::remove(pack);
  BOOST_CHECK_EXCEPTION(Store::open(closed.path)->blobs().get(closed.digest), Error, names(to_hex(closed.digest)));
}

BOOST_AUTO_TEST_CASE(what_no_commit_vouches_for_at_the_end_of_a_pack_is_dropped) {
  const Closed closed;
  const auto pack = only_file(closed.path / "packs", ".pack");
  const auto size = fs::file_size(pack);
  std::ofstream(pack, std::ios::app | std::ios::binary) << "LCHK torn";
  std::ofstream(closed.path / "packs" / "0000000098.pack.new") << "never committed";
  const auto store = Store::open(closed.path);
  BOOST_TEST(fs::file_size(pack) == size);
  BOOST_TEST(!fs::exists(closed.path / "packs" / "0000000098.pack.new"));
  const auto second = store->blobs().put(noise(300'000, 2));
  BOOST_TEST(store->blobs().get(closed.digest) == closed.blob);
  BOOST_TEST(store->blobs().get(second.digest) == noise(300'000, 2));
}

BOOST_AUTO_TEST_CASE(a_pack_that_the_index_does_not_know_is_kept_out_of_the_way) {
  const Closed closed;
  const auto stray = closed.path / "packs" / "0000000099.pack";
  std::ofstream(stray) << "from another life";
  const auto store = Store::open(closed.path);
  BOOST_TEST(!fs::exists(stray));
  BOOST_TEST(fs::file_size(fs::path(stray) += ".unknown") == 17U);
  BOOST_TEST(store->blobs().get(closed.digest) == closed.blob);
}

BOOST_AUTO_TEST_CASE(packs_without_an_index_are_refused_and_left_alone) {
  const Closed closed;
  const auto pack = only_file(closed.path / "packs", ".pack");
  const auto size = fs::file_size(pack);
  for (const auto* name : {"FORMAT", "LOCK", "db", "db.reached"}) fs::remove_all(closed.path / name);
  BOOST_CHECK_EXCEPTION(Store::open(closed.path), Error, code_is(ErrorCode::failed_precondition));
  BOOST_TEST(fs::file_size(pack) == size);
}

BOOST_AUTO_TEST_CASE(the_same_bytes_put_again_heal_a_damaged_and_a_missing_pack) {
  const Closed closed;
  const auto pack = only_file(closed.path / "packs", ".pack");
  flip_bit(pack, 500'000);
  auto store = Store::open(closed.path);
  BOOST_TEST((store->blobs().put(closed.blob).digest == closed.digest));
  BOOST_TEST(store->blobs().get(closed.digest) == closed.blob);
  BOOST_TEST(store->verify().empty());
  store.reset();
  for (const auto& entry : fs::directory_iterator(closed.path / "packs")) fs::remove(entry.path());
  store = Store::open(closed.path);
  BOOST_CHECK_EXCEPTION(store->blobs().get(closed.digest), Error, names(to_hex(closed.digest)));
  // Another blob that shares chunks with it must not rest on what is missing either.
  auto longer = closed.blob;
  longer.insert(longer.end(), 100'000, 7);
  const auto digest = store->blobs().put(longer).digest;
  BOOST_TEST(store->blobs().get(digest) == longer);
  store->blobs().put(closed.blob);
  BOOST_TEST(store->verify().empty());
  store.reset();
  BOOST_TEST(Store::open(closed.path)->blobs().get(closed.digest) == closed.blob);
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_a_table_is_named_and_not_served) {
  const Closed closed;
  const auto table = only_file(closed.path / "db", ".sst");
  flip_bit(table, 50'000);
  const auto store = Store::open(closed.path);
  BOOST_CHECK_EXCEPTION(store->verify(), Error, names(table.filename().string()));
  BOOST_CHECK_EXCEPTION(store->read_view()->scan(KeySpace::records, {.begin = {}, .end = {}, .limit = 1000}), Error,
                        names(table.filename().string()));
}

BOOST_AUTO_TEST_CASE(no_flipped_bit_anywhere_in_a_table_goes_unnoticed) {
  const Closed closed;
  const auto table = only_file(closed.path / "db", ".sst");
  std::mt19937 random(4);
  for (int i = 0; i < 30; ++i) {
    const auto at = random() % fs::file_size(table);
    flip_bit(table, at);
    BOOST_TEST_CONTEXT("byte " << at) {
      // Noticed when opening or when verifying.
      BOOST_CHECK_EXCEPTION(Store::open(closed.path)->verify(), Error, code_is(ErrorCode::data_loss));
    }
    flip_bit(table, at);
  }
  BOOST_TEST(Store::open(closed.path)->verify().empty());
}

BOOST_AUTO_TEST_CASE(an_unknown_format_or_feature_is_refused_and_nothing_touched) {
  const Closed closed;
  const auto refuses = [&](const std::string& format) {
    std::ofstream(closed.path / "FORMAT") << format;
    BOOST_CHECK_EXCEPTION(Store::open(closed.path), Error, code_is(ErrorCode::failed_precondition));
  };
  refuses("lantai-store 2\n");
  refuses("lantai-store 1\nfeature packs-1\nfeature holograms-1\n");
  refuses("");
  std::ofstream(closed.path / "FORMAT") << "lantai-store 1\nfeature packs-1\nfeature audit-1\n";
  BOOST_TEST(Store::open(closed.path)->blobs().get(closed.digest) == closed.blob);
}

BOOST_AUTO_TEST_CASE(a_directory_of_other_files_does_not_become_a_store) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() / "letter.txt") << "dear";
  BOOST_CHECK_EXCEPTION(Store::open(directory.path()), Error, code_is(ErrorCode::failed_precondition));
  BOOST_TEST(fs::exists(directory.path() / "letter.txt"));
  StoreOptions existing;
  existing.create_if_missing = false;
  BOOST_CHECK_EXCEPTION(Store::open(directory.path() / "nothing", existing), Error, code_is(ErrorCode::not_found));
  BOOST_TEST(!fs::exists(directory.path() / "nothing"));
}

BOOST_AUTO_TEST_CASE(a_store_that_lost_its_format_file_is_not_taken_for_a_new_one) {
  const Closed closed;
  fs::remove(closed.path / "FORMAT");
  BOOST_CHECK_EXCEPTION(Store::open(closed.path), Error, code_is(ErrorCode::failed_precondition));
}

}  // namespace lantai::storage
