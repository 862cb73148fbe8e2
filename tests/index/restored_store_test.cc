// Does the index notice that its store came back from a backup?
#include <boost/test/unit_test.hpp>

#include "index/holdings.h"
#include "lantai/index/searchable.h"

using namespace lantai::index;
using namespace lantai::index::testing;
using lantai::TemporaryDirectory;
namespace fs = std::filesystem;
namespace storage = lantai::storage;

namespace {

std::vector<Document> documents(const std::string& life, int count) {
  std::vector<Document> out;
  for (int number = 0; number < count; ++number) {
    Document document;
    document.type = "item";
    document.id = life + std::to_string(number);
    document.version = 1;
    document.title = life;
    document.access = {"public"};
    out.push_back(std::move(document));
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(restored_store)

// The restored store has gone on beyond the position that the index has seen in its other life.
BOOST_AUTO_TEST_CASE(an_index_from_before_the_restore_is_built_again) {
  const TemporaryDirectory directory;
  const auto store = directory.path() / "store", backup = directory.path() / "backup",
             index = directory.path() / "index";
  { Holdings saved(storage::Store::open(store)); }
  fs::copy(store, backup, fs::copy_options::recursive);
  {
    Holdings lost(storage::Store::open(store));
    const auto indexer = Indexer::open(lost.store(), lost, {index});
    BOOST_REQUIRE(wait(*indexer, lost.save(documents("lost", 10))));
  }
  storage::StoreOptions restored;
  restored.restored = true;
  Holdings holdings(storage::Store::open(backup, restored));
  const auto position = holdings.save(documents("kept", 20));
  const auto indexer = Indexer::open(holdings.store(), holdings, {index});
  BOOST_REQUIRE(wait(*indexer, position));
  BOOST_TEST(indexer->status().documents == 20U);
}

BOOST_AUTO_TEST_SUITE_END()
