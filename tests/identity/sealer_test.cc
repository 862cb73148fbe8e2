#include "lantai/identity/sealer.h"

#include <boost/test/unit_test.hpp>

using lantai::identity::Sealer;

BOOST_AUTO_TEST_SUITE(sealer)

BOOST_AUTO_TEST_CASE(what_was_sealed_opens_again_with_the_same_store_and_purpose_only) {
  const auto store = lantai::storage::Store::open_in_memory();
  const auto other = lantai::storage::Store::open_in_memory();
  const std::string sealed = Sealer(*store, "pages").seal("secret counts");
  BOOST_TEST(Sealer(*store, "pages").open(sealed).value_or("") == "secret counts");
  BOOST_TEST(!Sealer(*store, "something else").open(sealed));
  BOOST_TEST(!Sealer(*other, "pages").open(sealed));
}

BOOST_AUTO_TEST_CASE(a_changed_or_cut_note_does_not_open) {
  const auto store = lantai::storage::Store::open_in_memory();
  const Sealer seal(*store, "pages");
  const std::string sealed = seal.seal("secret counts");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    BOOST_TEST(seal.open(changed).value_or("") != "changed");
    if (i + 1 < sealed.size()) BOOST_TEST(!seal.open(changed));
    BOOST_TEST(!seal.open(sealed.substr(0, i)));
  }
  BOOST_TEST(!seal.open("not even base64 !"));
  BOOST_TEST(seal.seal("secret counts") != sealed);
  BOOST_TEST(sealed.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
