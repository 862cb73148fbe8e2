// The texts of files come after their records: where much comes in, documents wait for them; nothing waits for long.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <map>
#include <mutex>
#include <set>

#include "index/holdings.h"
#include "lantai/index/indexer.h"
#include "lantai/index/searchable.h"
#include "lantai/index/terms.h"
#include "support/temporary_directory.h"

using namespace lantai::index;
using namespace lantai::index::testing;
using lantai::TemporaryDirectory;

namespace {

// Records with a file each, of which some have been read; how often each was taken up.
class WithFiles final : public DocumentSource {
 public:
  std::optional<Document> find(const std::string& type, const std::string& id) const override {
    auto document = holdings_.find(type, id);
    std::lock_guard lock(mutex_);
    ++taken_up_[id];
    if (document && !read_all_ && !read_.contains(id)) {
      document->pages.clear();
      document->whole = false;
    }
    return document;
  }
  void each(const std::function<bool(const std::string&, const std::string&)>& visit) const override {
    holdings_.each(visit);
  }
  std::string schema_hash() const override { return holdings_.schema_hash(); }

  std::uint64_t save(int begin, int end) {
    std::vector<Document> documents;
    for (int number = begin; number < end; ++number) {
      Document document;
      document.type = "item";
      document.id = std::to_string(number);
      document.version = 1;
      document.title = "扫描件";
      document.pages.push_back({1, 1, "正文"});
      document.access = {"public"};
      documents.push_back(std::move(document));
    }
    return holdings_.save(documents);
  }
  // Reads the files of every change from `read_up_to_` on and says so, as whoever reads them does.
  std::uint64_t read_up_to(std::uint64_t position) {
    const auto changes = store().changes().read(read_up_to_, position - read_up_to_);
    {
      std::lock_guard lock(mutex_);
      for (const auto& change : changes) read_.insert(change.id);
    }
    for (const auto& change : changes)
      if (change.kind == "record") announce(change.id, change.version);
    return read_up_to_ = position;
  }
  std::uint64_t announce(const std::string& id, std::uint64_t version) {
    return store()
        .run_transaction([&](lantai::storage::Transaction& transaction) {
          transaction.append_change({std::string(kTextsRead), "item", id, version, "done"});
        })
        .position;
  }
  void read_everything_at_once() { read_all_ = true; }
  std::map<std::string, int> taken_up() const {
    std::lock_guard lock(mutex_);
    return taken_up_;
  }
  lantai::storage::Store& store() { return holdings_.store(); }

 private:
  Holdings holdings_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, int> taken_up_;
  std::set<std::string> read_;
  std::atomic<bool> read_all_{false};
  std::uint64_t read_up_to_ = 0;
};

std::size_t still_found(Indexer& index, const std::string& term) {
  const auto snapshot = index.searchable().snapshot();
  std::size_t count = 0;
  for (const auto& segment : snapshot->segments) {
    const auto reader = segment->reader();
    const auto cursor = reader->open(term);
    for (; cursor && cursor->doc() != kNoDoc; cursor->next())
      count += snapshot->alive(snapshot->columns->at(cursor->doc()), snapshot->state) ? 1 : 0;
  }
  return count;
}

const std::string kTitle = bigram_term(U'扫', U'描'), kText = bigram_term(U'正', U'文');

}  // namespace

BOOST_AUTO_TEST_SUITE(texts_to_come)

BOOST_AUTO_TEST_CASE(where_much_comes_in_documents_are_taken_up_once_with_their_texts) {
  constexpr int kRecords = 2'000, kFewForTheEnd = 64;
  const TemporaryDirectory directory;
  WithFiles source;
  const auto last_record = source.save(0, kRecords);
  IndexerOptions options;
  options.directory = directory.path();
  options.texts_until = [&](std::uint64_t position, auto) {
    return std::max(position, source.read_up_to(std::min(last_record, position + 100)));
  };
  const auto index = Indexer::open(source.store(), source, options);
  BOOST_REQUIRE(wait(*index, last_record));
  BOOST_REQUIRE(wait(*index, source.store().changes().last_position()));
  BOOST_TEST(still_found(*index, kText) == std::size_t{kRecords});
  int twice = 0;
  for (const auto& [id, times] : source.taken_up()) twice += times - 1;
  BOOST_TEST(twice <= kFewForTheEnd);
}

BOOST_AUTO_TEST_CASE(texts_that_are_long_in_coming_hold_up_nothing) {
  const TemporaryDirectory directory;
  WithFiles source;
  const auto last_record = source.save(0, 2'000);
  std::atomic<int> asked{0};
  IndexerOptions options;
  options.settle_documents = 50;  // and as many changes are taken up at once
  options.directory = directory.path();
  options.texts_until = [&](std::uint64_t, auto) -> std::uint64_t {
    ++asked;
    return 0;
  };
  const auto index = Indexer::open(source.store(), source, options);
  BOOST_REQUIRE(wait(*index, last_record));
  BOOST_TEST(still_found(*index, kTitle) == 2'000U);
  BOOST_TEST(still_found(*index, kText) == 0U);
  BOOST_TEST(asked > 0);
  BOOST_TEST(asked < 8);  // not for every batch
  source.read_up_to(last_record);
  BOOST_REQUIRE(wait(*index, source.store().changes().last_position()));
  BOOST_TEST(still_found(*index, kText) == 2'000U);
}

BOOST_AUTO_TEST_CASE(who_has_all_texts_is_not_taken_up_for_their_announcement_but_for_another_reading) {
  const TemporaryDirectory directory;
  WithFiles source;
  source.save(0, 1);
  IndexerOptions options;
  options.directory = directory.path();
  {
    const auto index = Indexer::open(source.store(), source, options);
    BOOST_REQUIRE(wait(*index, source.store().changes().last_position()));
    BOOST_TEST(source.taken_up()["0"] == 1);
    BOOST_REQUIRE(wait(*index, source.announce("0", 1)));
    BOOST_TEST(source.taken_up()["0"] == 2);  // it had none

    source.read_everything_at_once();
    BOOST_REQUIRE(wait(*index, source.announce("0", 1)));
    BOOST_TEST(source.taken_up()["0"] == 3);
    BOOST_TEST(still_found(*index, kText) == 1U);
    BOOST_REQUIRE(wait(*index, source.announce("0", 1)));
    BOOST_TEST(source.taken_up()["0"] == 3);  // it had them
    BOOST_REQUIRE(wait(*index, source.announce("0", 0)));
    BOOST_TEST(source.taken_up()["0"] == 4);  // read again
    BOOST_REQUIRE(wait(*index, source.announce("0", 2)));
    BOOST_TEST(source.taken_up()["0"] == 5);  // of a version that it did not know
  }
  // What an earlier life took up may have had fewer.
  const auto index = Indexer::open(source.store(), source, options);
  BOOST_REQUIRE(wait(*index, source.announce("0", 1)));
  BOOST_TEST(source.taken_up()["0"] == 6);
}

BOOST_AUTO_TEST_SUITE_END()
