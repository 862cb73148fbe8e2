#include "lantai/index/indexer.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <thread>

#include "index/holdings.h"
#include "index/index_content.h"
#include "lantai/index/searchable.h"
#include "lantai/index/terms.h"

using namespace lantai::index;
using namespace lantai::index::testing;
using lantai::TemporaryDirectory;

namespace {

Document record(int number, std::uint64_t version = 1) {
  Document document;
  document.type = "item";
  document.id = "r" + std::to_string(number);
  document.version = version;
  document.title = "会议纪要" + std::to_string(number) + "之" + std::to_string(version);
  document.reference_code = "A-" + std::to_string(number);
  FieldValue year;
  year.name = "fiscal_year";
  year.values = {std::to_string(2000 + number % 20)};
  year.facet = true;
  document.fields.push_back(year);
  document.pages.push_back({1, 1, "关于学校安全检查工作的通知" + std::to_string(number)});
  document.access = {"public"};
  return document;
}

std::vector<Document> records(int begin, int end, std::uint64_t version = 1) {
  std::vector<Document> out;
  for (int number = begin; number < end; ++number) out.push_back(record(number, version));
  return out;
}

std::size_t living(const Snapshot& snapshot, const std::string& term) {
  std::size_t count = 0;
  for (const auto& segment : snapshot.segments) {
    const auto reader = segment->reader();
    const auto cursor = reader->open(term);
    for (; cursor && cursor->doc() != kNoDoc; cursor->next()) {
      count += snapshot.alive(snapshot.columns->at(cursor->doc()), snapshot.state) ? 1 : 0;
    }
  }
  return count;
}

Content content_of(Indexer& indexer) { return lantai::index::testing::content_of(*indexer.searchable().snapshot()); }

}  // namespace

BOOST_AUTO_TEST_SUITE(indexer)

BOOST_AUTO_TEST_CASE(what_was_saved_is_visible_when_wait_until_returns) {
  const TemporaryDirectory directory;
  Holdings holdings;
  const auto index = Indexer::open(holdings.store(), holdings, {directory.path()});
  for (int number = 0; number < 50; ++number) {
    BOOST_REQUIRE(wait(*index, holdings.save(record(number))));
    BOOST_REQUIRE_EQUAL(living(*index->searchable().snapshot(), bigram_term(U'会', U'议')), number + 1U);
  }
  BOOST_REQUIRE(wait(*index, holdings.save(record(7, 2))));
  BOOST_REQUIRE(wait(*index, holdings.erase("item", "r8")));
  BOOST_TEST(living(*index->searchable().snapshot(), bigram_term(U'会', U'议')) == 49U);
  BOOST_TEST(living(*index->searchable().snapshot(), bigram_term(U'7', U'之')) == 5U);
  BOOST_TEST(index->status().documents == 49U);
}

BOOST_AUTO_TEST_CASE(wait_until_gives_up_at_the_deadline) {
  const TemporaryDirectory directory;
  Holdings holdings;
  const auto index = Indexer::open(holdings.store(), holdings, {directory.path()});
  BOOST_TEST(!index->wait_until(99, std::chrono::steady_clock::now()));
}

BOOST_AUTO_TEST_CASE(many_small_segments_are_merged_and_hold_the_same_as_one) {
  const TemporaryDirectory small, large;
  Holdings holdings;
  holdings.save(records(0, 1500));
  holdings.save(records(0, 300, 2));
  for (int number = 300; number < 350; ++number) holdings.erase("item", "r" + std::to_string(number));
  const auto position = holdings.store().changes().last_position();
  Content expected;
  {
    const auto index = Indexer::open(holdings.store(), holdings, {large.path()});
    BOOST_REQUIRE(wait(*index, position));
    expected = content_of(*index);
  }
  {
    const auto index = Indexer::open(holdings.store(), holdings, {small.path(), 20});
    BOOST_REQUIRE(wait(*index, position));
    BOOST_TEST((content_of(*index) == expected));
  }
  const auto index = Indexer::open(holdings.store(), holdings, {small.path(), 20});
  BOOST_REQUIRE(wait(*index, position));
  BOOST_TEST((content_of(*index) == expected));
  BOOST_TEST(index->searchable().snapshot()->segments.size() <= 12U);
}

// A search goes through every segment: when nothing comes in, few are left, and searches see that without another
// change.
BOOST_AUTO_TEST_CASE(when_it_is_quiet_segments_become_one) {
  const TemporaryDirectory directory;
  Holdings holdings;
  holdings.save(records(0, 1000));
  const auto index =
      Indexer::open(holdings.store(), holdings,
                    {.directory = directory.path(), .settle_documents = 100, .quiet = std::chrono::milliseconds(0)});
  BOOST_REQUIRE(wait(*index, holdings.store().changes().last_position()));
  const auto before = content_of(*index);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!index->status().at_rest && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  BOOST_TEST(index->status().segments == 1U);
  BOOST_TEST((content_of(*index) == before));
}

// Far behind, the index shows records only as they settle: at any moment everything up to the position that it tells,
// and whatever was there before it was changed.
BOOST_AUTO_TEST_CASE(while_much_comes_in_nothing_is_missing_that_was_to_be_found) {
  const TemporaryDirectory directory;
  Holdings holdings;
  constexpr int kOld = 1'500, kNew = 3'000;
  const auto index =
      Indexer::open(holdings.store(), holdings, {.directory = directory.path(), .settle_documents = 100});
  BOOST_REQUIRE(wait(*index, holdings.save(records(0, kOld))));
  std::vector<std::size_t> seen;
  const auto watch = [&](std::uint64_t last, const std::function<std::size_t(std::uint64_t)>& at_least) {
    std::uint64_t state = 0;
    for (bool done = false; !done;) {
      const auto snapshot = index->searchable().snapshot();
      done = snapshot->position >= last;
      if (snapshot->state == state) continue;
      state = snapshot->state;
      seen.push_back(living(*snapshot, bigram_term(U'会', U'议')));
      BOOST_REQUIRE_GE(seen.back(), at_least(snapshot->position));
    }
  };
  const auto begun = holdings.store().changes().last_position();
  watch(holdings.save(records(kOld, kNew)), [&](std::uint64_t position) { return kOld + (position - begun); });
  BOOST_TEST(seen.back() == std::size_t{kNew});
  BOOST_TEST(seen.size() > 3U);  // it was to be found bit by bit
  watch(holdings.save(records(0, kNew, 2)), [&](std::uint64_t) { return std::size_t{kNew}; });
  BOOST_TEST(seen.back() == std::size_t{kNew});
}

// A source that cannot be read for a while, as when the disk is full.
class Unavailable final : public DocumentSource {
 public:
  explicit Unavailable(const Holdings& from) : holdings_(from) {}
  std::optional<Document> find(const std::string& type, const std::string& id) const override {
    if (down) throw lantai::Error(lantai::ErrorCode::unavailable, "the disk is full");
    return holdings_.find(type, id);
  }
  void each(const std::function<bool(const std::string&, const std::string&)>& visit) const override {
    holdings_.each(visit);
  }
  std::string schema_hash() const override { return holdings_.schema_hash(); }
  std::atomic<bool> down{false};

 private:
  const Holdings& holdings_;
};

BOOST_AUTO_TEST_CASE(an_index_that_stood_still_goes_on_and_says_so) {
  const TemporaryDirectory directory;
  Holdings holdings;
  Unavailable source(holdings);
  const auto index = Indexer::open(holdings.store(), source, {directory.path()});
  BOOST_REQUIRE(wait(*index, holdings.save(records(0, 10))));
  source.down = true;
  const auto position = holdings.save(records(10, 20));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (index->status().last_error.empty() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  BOOST_TEST(index->status().last_error.find("the disk is full") != std::string::npos);
  BOOST_TEST(index->status().position < position);
  source.down = false;
  BOOST_REQUIRE(wait(*index, position));
  while (!index->status().last_error.empty() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  BOOST_TEST(index->status().last_error == "");
  BOOST_TEST(index->status().documents == 20U);
}

// A source that counts, and cannot read one record for a while.
class Failing final : public DocumentSource {
 public:
  explicit Failing(const Holdings& from) : holdings_(from) {}
  std::optional<Document> find(const std::string& type, const std::string& id) const override {
    std::lock_guard lock(mutex_);
    ++asked_[id];
    if (id == failing_ && failures_ > 0) {
      --failures_;
      throw lantai::Error(lantai::ErrorCode::unavailable, "not now");
    }
    return holdings_.find(type, id);
  }
  void each(const std::function<bool(const std::string&, const std::string&)>& visit) const override {
    holdings_.each(visit);
  }
  std::string schema_hash() const override { return holdings_.schema_hash(); }
  void fail(const std::string& id, int times) {
    std::lock_guard lock(mutex_);
    failing_ = id;
    failures_ = times;
    asked_.clear();
  }
  int asked(const std::string& id) const {
    std::lock_guard lock(mutex_);
    return asked_[id];
  }
  std::size_t asked_for() const {
    std::lock_guard lock(mutex_);
    return asked_.size();
  }

 private:
  const Holdings& holdings_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, int> asked_;
  std::string failing_;
  mutable int failures_ = 0;
};

BOOST_AUTO_TEST_CASE(a_record_that_cannot_be_read_now_does_not_make_its_neighbours_be_read_again) {
  const TemporaryDirectory directory;
  Holdings holdings;
  Failing source(holdings);
  const auto index = Indexer::open(holdings.store(), source, {directory.path()});
  source.fail("r30", 2);
  BOOST_REQUIRE(wait(*index, holdings.save(records(0, 60))));
  BOOST_TEST(source.asked("r30") == 3);
  BOOST_TEST(source.asked("r5") == 1);
  BOOST_TEST(source.asked("r50") == 1);
}

std::filesystem::path generation_of(const std::filesystem::path& root) {
  std::string name;
  std::ifstream(root / "CURRENT") >> name;
  return root / name;
}

std::size_t segments_in(const std::filesystem::path& generation) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(generation)) {
    count += entry.is_directory() && entry.path().filename().string().starts_with("s") ? 1 : 0;
  }
  return count;
}

BOOST_AUTO_TEST_CASE(while_nothing_can_be_committed_nothing_more_is_read_and_no_copies_pile_up) {
  const TemporaryDirectory directory, other;
  Holdings holdings;
  Failing source(holdings);
  const auto index = Indexer::open(holdings.store(), source, {directory.path(), 50});
  const auto generation = generation_of(directory.path());
  std::filesystem::create_directory(generation / "MANIFEST.new");  // where the next manifest would be written
  source.fail("", 0);
  const auto position = holdings.save(records(0, 1000));
  const auto enough = std::chrono::steady_clock::now() + std::chrono::seconds(4);  // several tries
  while (source.asked_for() < 200 && std::chrono::steady_clock::now() < enough) std::this_thread::yield();
  BOOST_TEST(source.asked_for() <= 100U);
  BOOST_TEST(segments_in(generation) <= 1U);
  BOOST_TEST(!index->status().last_error.empty());
  std::filesystem::remove(generation / "MANIFEST.new");
  BOOST_REQUIRE(wait(*index, position));
  const auto fresh = Indexer::open(holdings.store(), holdings, {other.path()});
  BOOST_REQUIRE(wait(*fresh, position));
  BOOST_TEST((content_of(*index) == content_of(*fresh)));
}

BOOST_AUTO_TEST_CASE(an_index_that_cannot_be_opened_for_want_of_descriptors_is_kept) {
  const TemporaryDirectory directory;
  Holdings holdings;
  holdings.save(records(0, 100));
  const auto position = holdings.store().changes().last_position();
  const auto made = [&] {
    const auto index = Indexer::open(holdings.store(), holdings, {directory.path()});
    BOOST_REQUIRE(wait(*index, position));
    return content_of(*index);
  };
  const auto before = made();
  const auto generation = generation_of(directory.path());
  rlimit limit{};
  BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  // Every number of free descriptors from none to enough: wherever it fails, nothing is thrown away.
  const int lowest = ::open("/dev/null", O_RDONLY);
  ::close(lowest);
  for (int spare = 0; spare < 12; ++spare) {
    const rlimit few{static_cast<rlim_t>(lowest + spare), limit.rlim_max};
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    try {
      const auto index = Indexer::open(holdings.store(), holdings, {directory.path()});
    } catch (const std::exception& error) {
      BOOST_TEST_MESSAGE(spare << ": " << error.what());
    }
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    BOOST_TEST((generation_of(directory.path()) == generation));
  }
  BOOST_TEST((made() == before));
}

// Xapian's words and values, and our own pairs of characters.
BOOST_AUTO_TEST_CASE(a_damaged_list_of_documents_is_noticed_and_the_index_built_again) {
  for (const std::string damaged : {"postlist.glass", "grams"}) {
    const TemporaryDirectory directory;
    Holdings holdings;
    holdings.save(records(0, 300));
    const auto position = holdings.store().changes().last_position();
    Content before;
    {
      const auto index = Indexer::open(holdings.store(), holdings, {directory.path()});
      BOOST_REQUIRE(wait(*index, position));
      before = content_of(*index);
    }
    const auto generation = generation_of(directory.path());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(generation)) {
      if (entry.path().filename() != damaged) continue;
      // In the middle of postings, where no structure is: only the digest can tell.
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(
          static_cast<std::streamoff>(damaged == "grams" ? entry.file_size() / 4 : entry.file_size() / 2 + 4000));
      const char was = static_cast<char>(file.get());
      file.seekp(-1, std::ios::cur);
      file.put(static_cast<char>(was ^ 4));
    }
    const auto index = Indexer::open(holdings.store(), holdings, {directory.path()});
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (generation_of(directory.path()) == generation && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    BOOST_TEST((generation_of(directory.path()) != generation));
    while (index->status().rebuilding) std::this_thread::yield();
    BOOST_TEST(index->status().last_error == "");
    BOOST_TEST(index->status().last_problem.find("damaged") != std::string::npos);
    BOOST_TEST((content_of(*index) == before));
  }
}

BOOST_AUTO_TEST_CASE(damage_met_while_searching_is_shown_until_the_index_is_built_again) {
  const TemporaryDirectory directory;
  Holdings holdings;
  const auto index = Indexer::open(holdings.store(), holdings, {directory.path()});
  BOOST_REQUIRE(wait(*index, holdings.save(records(0, 50))));
  const auto generation = index->searchable().snapshot()->generation;
  index->searchable().report_damage("a segment");
  BOOST_TEST((!index->status().last_error.empty() || index->searchable().snapshot()->generation != generation));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!index->status().last_error.empty() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  BOOST_TEST(index->searchable().snapshot()->generation != generation);
}

BOOST_AUTO_TEST_CASE(a_snapshot_stays_as_it_was_while_the_index_goes_on) {
  const TemporaryDirectory directory;
  Holdings holdings;
  const auto index = Indexer::open(holdings.store(), holdings, {directory.path(), 30});
  BOOST_REQUIRE(wait(*index, holdings.save(records(0, 100))));
  const auto snapshot = index->searchable().snapshot();
  const Content before = content_of(*snapshot);
  for (int round = 0; round < 20; ++round) {
    BOOST_REQUIRE(wait(*index, holdings.save(records(round * 5, round * 5 + 40, 3))));
  }
  BOOST_TEST((content_of(*snapshot) == before));
}

BOOST_AUTO_TEST_CASE(readers_and_the_writer_work_side_by_side) {
  const TemporaryDirectory directory;
  Holdings holdings;
  const auto index = Indexer::open(holdings.store(), holdings, {directory.path(), 25});
  BOOST_REQUIRE(wait(*index, holdings.save(records(0, 60))));
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::jthread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto snapshot = index->searchable().snapshot();
        if (living(*snapshot, bigram_term(U'会', U'议')) != 60U) ++wrong;
        const auto* years = snapshot->columns->find_field("fiscal_year");
        for (DocId doc = 1; doc < snapshot->end; ++doc) {
          years->each(doc, [&](std::uint32_t value) { wrong += years->dictionary().at(value).empty() ? 1 : 0; });
        }
      }
    });
  }
  std::uint64_t position = 0;
  for (std::uint64_t version = 2; version < 40; ++version) {
    position = holdings.save(records(0, 60, version));
    if (version % 4 == 0) BOOST_REQUIRE(wait(*index, position));
  }
  BOOST_REQUIRE(wait(*index, position));
  stop = true;
  readers.clear();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(another_schema_builds_a_new_generation_and_switches) {
  const TemporaryDirectory directory;
  Holdings holdings;
  holdings.save(records(0, 200));
  const auto position = holdings.store().changes().last_position();
  std::string generation;
  Content before;
  {
    const auto index = Indexer::open(holdings.store(), holdings, {directory.path()});
    BOOST_REQUIRE(wait(*index, position));
    generation = index->searchable().snapshot()->generation;
    before = content_of(*index);
  }
  holdings.set_schema_hash("schema-2");
  const auto index = Indexer::open(holdings.store(), holdings, {directory.path()});
  // The old one serves until the new one is complete; each new record waits for whichever is in use.
  for (int number = 200; index->searchable().snapshot()->generation == generation && number < 2000; ++number) {
    BOOST_TEST(living(*index->searchable().snapshot(), bigram_term(U'会', U'议')) >= 200U);
    BOOST_REQUIRE(wait(*index, holdings.save(record(number % 200))));
  }
  BOOST_TEST(index->searchable().snapshot()->generation != generation);
  BOOST_REQUIRE(wait(*index, holdings.store().changes().last_position()));
  BOOST_TEST((content_of(*index) == before));
}

BOOST_AUTO_TEST_CASE(a_deleted_or_damaged_index_comes_back_by_itself) {
  const TemporaryDirectory directory;
  Holdings holdings;
  holdings.save(records(0, 100));
  const auto position = holdings.store().changes().last_position();
  Content before;
  const auto build = [&] {
    const auto index = Indexer::open(holdings.store(), holdings, {directory.path()});
    BOOST_REQUIRE(wait(*index, position));
    return content_of(*index);
  };
  before = build();
  for (const std::string name : {"MANIFEST", "columns.log", "texts.log"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path())) {
      if (entry.path().filename() == name) std::ofstream(entry.path(), std::ios::trunc) << "damaged";
    }
    BOOST_TEST((build() == before));
  }
  std::filesystem::remove_all(directory.path());
  BOOST_TEST((build() == before));
}

BOOST_AUTO_TEST_CASE(an_index_of_another_store_is_not_used) {
  const TemporaryDirectory directory;
  {
    Holdings other;
    const auto index = Indexer::open(other.store(), other, {directory.path()});
    BOOST_REQUIRE(wait(*index, other.save(records(0, 10))));
  }
  Holdings holdings;
  const auto index = Indexer::open(holdings.store(), holdings, {directory.path()});
  BOOST_TEST(index->status().documents == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
