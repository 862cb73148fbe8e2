// Heads of the audit log that are kept elsewhere.
#include "lantai/identity/audit_heads.h"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "office.h"

namespace lantai::identity {
namespace {

struct Kept : Office {
  Kept() { std::ofstream(key_file) << std::string(64, '1') << "\n"; }
  SignedHead sign() const { return signer.sign(store->identity(), store->audit().head(), clock.now()); }
  std::string wrong(const std::vector<SignedHead>& heads, const Bytes& key = {}) const {
    return check_heads(heads, store->identity(), store->audit(), key).first_wrong;
  }
  std::vector<SignedHead> heads() const { return read_heads(file); }
  std::filesystem::path key_file = directory.path() / "key", file = directory.path() / "heads";
  HeadSigner signer = HeadSigner::of_store(*store);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_heads, Kept)

BOOST_AUTO_TEST_CASE(a_head_is_signed_and_no_member_of_it_can_be_changed) {
  const auto head = sign();
  BOOST_TEST(is_genuine(head));
  BOOST_TEST(wrong({head}).empty());
  auto changed = head;
  ++changed.head.sequence;
  BOOST_TEST(!is_genuine(changed));
  changed = head;
  changed.head.hash[0] ^= 1U;
  BOOST_TEST(!is_genuine(changed));
  changed = head;
  changed.store[0] = changed.store[0] == 'a' ? 'b' : 'a';
  BOOST_TEST(!is_genuine(changed));
  changed = head;
  ++changed.time.micros;
  BOOST_TEST(!is_genuine(changed));
  changed = head;
  changed.key = HeadSigner::of_file(key_file).public_key();
  BOOST_TEST(!is_genuine(changed));
}

BOOST_AUTO_TEST_CASE(the_log_must_hold_every_head_that_was_kept) {
  const auto earlier = sign();
  add("wang");
  const auto later = sign();
  BOOST_TEST(later.head.sequence > earlier.head.sequence);
  BOOST_TEST(wrong({earlier, later}, signer.public_key()).empty());
  auto beyond = later;
  beyond.head.sequence += 10;
  beyond.signature.clear();
  BOOST_TEST(wrong({earlier, beyond}).find("ends before it") != std::string::npos);
  auto rewritten = later;
  rewritten.head.sequence = earlier.head.sequence;
  rewritten.signature.clear();
  BOOST_TEST(wrong({rewritten}).find("another hash") != std::string::npos);
  BOOST_TEST(wrong({rewritten}, signer.public_key()).find("not signed") != std::string::npos);
  const auto foreign = HeadSigner::of_file(key_file).sign(store->identity(), store->audit().head(), clock.now());
  BOOST_TEST(wrong({foreign}).empty());
  BOOST_TEST(wrong({foreign}, signer.public_key()).find("another key") != std::string::npos);
  auto identity = store->identity();
  identity.uuid = "00000000-0000-4000-8000-000000000000";
  BOOST_TEST(wrong({signer.sign(identity, store->audit().head(), clock.now())}).find("another store") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(heads_are_added_to_a_file_and_read_again) {
  append_head(sign(), file);
  add("wang");
  append_head(sign(), file);
  BOOST_TEST_REQUIRE(heads().size() == 2U);
  for (const auto& head : heads()) BOOST_TEST(is_genuine(head));
  BOOST_TEST(wrong(heads(), signer.public_key()).empty());
  BOOST_TEST(HeadSigner::of_store(*store).public_key() == signer.public_key());
  std::ofstream(file, std::ios::app) << "not a head\n";
  const auto error = error_of([&] { heads(); });
  BOOST_TEST((error.code() == ErrorCode::invalid_argument));
  BOOST_TEST(error.message().find("line 3") != std::string::npos);
  BOOST_TEST((error_of([&] { read_heads(directory.path() / "none"); }).code() == ErrorCode::not_found));
  BOOST_TEST(
      (error_of([&] { append_head(sign(), directory.path() / "no/such/folder"); }).code() == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_CASE(the_keeper_writes_at_its_start_and_its_end_and_only_what_is_new) {
  HeadKeeper::start(*store, signer, clock, file, std::chrono::hours(1)).reset();
  BOOST_TEST(heads().size() == 1U);
  {
    const auto keeper = HeadKeeper::start(*store, signer, clock, file, std::chrono::hours(1));
    add("wang");
  }
  BOOST_TEST(heads().back().head.sequence == store->audit().head().sequence);
  BOOST_TEST(wrong(heads(), signer.public_key()).empty());
  // A folder that is gone stops nothing.
  HeadKeeper::start(*store, signer, clock, directory.path() / "no/such/folder", std::chrono::hours(1)).reset();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::identity
