#include <boost/test/unit_test.hpp>
#include <latch>

#include "holdings.h"

using namespace lantai;
using namespace lantai::archive;
using namespace lantai::archive::test;

namespace {

struct Reading : Holdings {
  std::unique_ptr<ExtractionPipeline> pipeline;
  std::vector<std::uint32_t> laid_out;  // pages, as they came
  void start() {
    PipelineOptions options{2};
    options.keep_layout = [this](ByteView, std::uint32_t page, const extract::PageLayout& layout) {
      if (layout.text() == "p") laid_out.push_back(page);
    };
    pipeline = ExtractionPipeline::start(*store, engine, extractor, texts, options);
  }
  std::uint64_t last() { return store->changes().last_position(); }
  Bytes digest_of(const std::string& name) { return record(name).files.at(0).current().digest; }
  std::size_t announcements() {
    std::size_t count = 0;
    for (const auto& change : store->changes().read(0, 10'000)) count += change.kind == "extraction";
    return count;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(extraction_pipeline)

BOOST_AUTO_TEST_CASE(a_stored_file_gets_its_text_and_is_announced) {
  Reading reading;
  reading.start();
  const auto imported = reading.import({reading.folder.write("a.txt", "消防演练")});
  const auto position = reading.pipeline->wait_until(reading.last(), soon());
  BOOST_REQUIRE(position > imported.report.last_position);
  const auto text = reading.texts.find(reading.digest_of(imported.files.at(0).record));
  BOOST_REQUIRE(text);
  BOOST_TEST(text->pages.at(0).text == "消防演练");
  const auto change = reading.store->changes().read(position - 1, 1).at(0);
  BOOST_TEST(change.kind == "extraction");
  BOOST_TEST(change.subject + "/" + change.id == imported.files.at(0).record);
}

BOOST_AUTO_TEST_CASE(equal_files_are_read_once_and_every_record_is_announced) {
  Reading reading;
  for (int i = 0; i < 50; ++i) reading.folder.write("p/" + std::to_string(i) + ".txt", "same");
  reading.import({reading.folder.path() / "p"});
  reading.start();
  BOOST_REQUIRE(reading.pipeline->wait_until(reading.last(), soon()) > 0U);
  BOOST_TEST(reading.extractor.extracted == 1);
  BOOST_TEST(reading.announcements() == 50U);
}

BOOST_AUTO_TEST_CASE(what_a_glance_reads_has_its_text_with_its_record_and_is_not_read_again) {
  Reading reading;
  for (int i = 0; i < 299; ++i) reading.folder.write("p/" + std::to_string(i) + ".txt", "plain " + std::to_string(i));
  reading.folder.write("p/large.txt", "plain " + std::string(200'000, 'x'));
  const auto imported = reading.import({reading.folder.path() / "p"});
  for (const auto& file : imported.files) {
    const auto text = reading.texts.find(reading.digest_of(file.record));
    BOOST_REQUIRE(text);
    BOOST_TEST(text->pages.at(0).text == reading.content(reading.record(file.record).files.at(0).current()));
  }
  reading.start();
  BOOST_REQUIRE(reading.pipeline->wait_until(reading.last(), soon()) > 0U);
  BOOST_TEST(reading.extractor.extracted == 0);
  BOOST_TEST(reading.announcements() == 300U);  // the index may have met the record first
}

BOOST_AUTO_TEST_CASE(a_dry_run_keeps_no_text) {
  Reading reading;
  ImportOptions options;
  options.dry_run = true;
  reading.import({reading.folder.write("a.txt", "plain")}, options);
  BOOST_TEST(!reading.texts.find(storage::sha256(as_bytes(std::string_view("plain")))));
}

BOOST_AUTO_TEST_CASE(a_change_of_fields_alone_reads_nothing) {
  Reading reading;
  reading.start();
  const auto imported = reading.import({reading.folder.write("a.txt", "text")});
  reading.pipeline->wait_until(reading.last(), soon());
  const std::string name = imported.files.at(0).record;
  const auto written = reading.engine.update(reading.who, "item", name.substr(5), 0, {{"notes", "checked"}});
  BOOST_REQUIRE(reading.pipeline->wait_until(written.position, soon()) > 0U);
  BOOST_TEST(reading.extractor.extracted == 1);
  BOOST_TEST(reading.announcements() == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_that_crashes_its_worker_is_tried_thrice_listed_and_passed_over) {
  Reading reading;
  reading.start();
  const auto imported =
      reading.import({reading.folder.write("bad.txt", "crash"), reading.folder.write("good.txt", "x")});
  BOOST_REQUIRE(reading.pipeline->wait_until(reading.last(), soon()) > 0U);
  BOOST_TEST(reading.extractor.extracted == 4);
  const auto failed = reading.texts.failed(10);
  BOOST_REQUIRE(failed.size() == 1U);
  BOOST_TEST(failed[0].summary.error_code == "worker_crashed");
  BOOST_TEST(failed[0].summary.record == imported.files.at(0).record);
  BOOST_TEST(reading.pipeline->status().failed == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_that_brings_down_the_server_is_given_up_after_three_starts) {
  Reading reading;
  const auto imported = reading.import({reading.folder.write("bad.txt", "text")});
  const Bytes digest = reading.digest_of(imported.files.at(0).record);
  reading.store->run_transaction([&](storage::Transaction& transaction) {
    reading.texts.put_attempt(transaction, digest, 3, imported.files.at(0).record);
  });
  reading.start();
  BOOST_REQUIRE(reading.pipeline->wait_until(reading.last(), soon()) > 0U);
  BOOST_TEST(reading.extractor.extracted == 0);
  BOOST_TEST((reading.texts.summary(digest).state == TextState::failed));
}

// Reading a scan waits at page `at` until somebody asks to stop.
struct Waiting {
  std::uint32_t at;
  std::latch reached{1};
  void install(PlainExtractor& extractor) {
    extractor.before_page = [this](std::uint32_t page, const std::stop_token& stop) {
      if (page != at) return;
      reached.count_down();
      std::latch asked(1);
      const std::stop_callback on_stop(stop, [&] { asked.count_down(); });
      asked.wait();
    };
  }
};

BOOST_AUTO_TEST_CASE(a_stop_ends_a_reading_at_once_and_counts_against_no_file) {
  Reading reading;
  const auto imported = reading.import({reading.folder.write("scan.tif", "scan")});
  for (int round = 0; round < 4; ++round) {
    Waiting first_page{1};
    first_page.install(reading.extractor);
    reading.start();
    first_page.reached.wait();
    reading.pipeline.reset();
  }
  BOOST_TEST(reading.texts.attempts(reading.digest_of(imported.files.at(0).record)) == 0U);
  reading.extractor.before_page = nullptr;
  reading.start();
  BOOST_REQUIRE(reading.pipeline->wait_until(reading.last(), soon()) > 0U);
  BOOST_TEST(reading.texts.failed(1).empty());
  BOOST_TEST(reading.texts.find(reading.digest_of(imported.files.at(0).record))->pages.size() == 5U);
}

BOOST_AUTO_TEST_CASE(pages_that_were_read_are_not_read_again) {
  Reading reading;
  const auto imported = reading.import({reading.folder.write("scan.tif", "scan")});
  Waiting third_page{3};
  third_page.install(reading.extractor);
  reading.start();
  third_page.reached.wait();
  reading.pipeline.reset();
  const Bytes digest = reading.digest_of(imported.files.at(0).record);
  BOOST_TEST(reading.texts.kept_pages(digest).size() == 2U);
  BOOST_TEST(reading.laid_out == (std::vector<std::uint32_t>{1, 2}), boost::test_tools::per_element());
  std::vector<std::uint32_t> again;
  reading.extractor.before_page = [&](std::uint32_t page, const std::stop_token&) { again.push_back(page); };
  reading.start();
  BOOST_REQUIRE(reading.pipeline->wait_until(reading.last(), soon()) > 0U);
  BOOST_TEST(again == (std::vector<std::uint32_t>{3, 4, 5}), boost::test_tools::per_element());
  const auto text = reading.texts.find(digest);
  BOOST_REQUIRE(text);
  BOOST_REQUIRE(text->pages.size() == 5U);
  BOOST_TEST(text->pages[0].text == "page 1");
  BOOST_TEST(text->pages[0].from_ocr);
  BOOST_TEST(reading.texts.kept_pages(digest).empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_gave_a_page_since_is_not_given_up) {
  Reading reading;
  const auto imported = reading.import({reading.folder.write("scan.tif", "scan")});
  const Bytes digest = reading.digest_of(imported.files.at(0).record);
  // As a kill leaves it behind: three attempts begun, the last of which gave a page.
  reading.store->run_transaction([&](storage::Transaction& transaction) {
    reading.texts.put_attempt(transaction, digest, 3, imported.files.at(0).record);
    reading.texts.keep_page(transaction, digest, {1, "page 1", true}, imported.files.at(0).record);
  });
  reading.start();
  BOOST_REQUIRE(reading.pipeline->wait_until(reading.last(), soon()) > 0U);
  BOOST_TEST((reading.texts.summary(digest).state == TextState::done));
}

BOOST_AUTO_TEST_CASE(without_workers_nothing_is_read) {
  Reading reading;
  reading.import({reading.folder.write("a.txt", "text")});
  {
    const auto resting =
        ExtractionPipeline::start(*reading.store, reading.engine, reading.extractor, reading.texts, {0});
    BOOST_TEST(resting->wait_until(reading.last(), std::chrono::steady_clock::now()) == 0U);
  }
  BOOST_TEST(reading.extractor.extracted == 0);
}

BOOST_AUTO_TEST_CASE(attempts_of_an_earlier_extractor_do_not_count) {
  Reading reading;
  const auto imported = reading.import({reading.folder.write("bad.txt", "crash")});
  reading.start();
  reading.pipeline->wait_until(reading.last(), soon());
  const TextStore newer(*reading.store, "plain-2");
  BOOST_TEST(newer.attempts(reading.digest_of(imported.files.at(0).record)) == 0U);
}

BOOST_AUTO_TEST_CASE(it_resumes_where_it_stopped_and_reads_nothing_again) {
  Reading reading;
  for (int i = 0; i < 100; ++i) reading.folder.write("p/" + std::to_string(i) + ".txt", std::to_string(i));
  reading.import({reading.folder.path() / "p"});
  std::latch some(20);
  std::atomic<int> seen{0};
  reading.extractor.before = [&](const std::string&) {
    if (++seen <= 20) some.count_down();
  };
  reading.start();
  some.wait();
  reading.pipeline.reset();
  reading.start();
  BOOST_REQUIRE(reading.pipeline->wait_until(reading.last(), soon()) > 0U);
  // At most what two workers held and what waited for its commit is read again.
  BOOST_TEST(reading.extractor.extracted >= 100);
  BOOST_TEST(reading.texts.failed(1).empty());
  for (const auto& change : reading.store->changes().read(0, 100)) {
    const auto record = reading.engine.get(reading.who, change.subject, change.id);
    BOOST_TEST(reading.texts.is_current(record.files.at(0).current().digest));
  }
}

BOOST_AUTO_TEST_CASE(a_newer_extractor_reads_everything_again_and_old_text_serves_until_then) {
  Reading reading;
  const auto imported = reading.import({reading.folder.write("a.txt", "text")});
  reading.start();
  reading.pipeline->wait_until(reading.last(), soon());
  reading.pipeline.reset();
  const Bytes digest = reading.digest_of(imported.files.at(0).record);
  const TextStore newer(*reading.store, "plain-2");
  BOOST_TEST(!newer.is_current(digest));
  BOOST_TEST(newer.find(digest).has_value());
  const auto pipeline = ExtractionPipeline::start(*reading.store, reading.engine, reading.extractor, newer, {1});
  BOOST_REQUIRE(pipeline->wait_until(imported.report.last_position, soon()) > 0U);
  BOOST_TEST(newer.is_current(digest));
  BOOST_TEST(reading.extractor.extracted == 2);
}

BOOST_AUTO_TEST_CASE(failed_files_are_read_again_at_the_operators_wish) {
  Reading reading;
  reading.start();
  reading.import({reading.folder.write("bad.txt", "crash")});
  reading.pipeline->wait_until(reading.last(), soon());
  std::latch again(1);
  reading.extractor.before = [&, once = std::make_shared<std::once_flag>()](const std::string&) {
    std::call_once(*once, [&] { again.count_down(); });
  };
  BOOST_TEST(reading.pipeline->retry_failed() == 1U);
  again.wait();
  reading.pipeline.reset();
}

BOOST_AUTO_TEST_CASE(every_record_with_the_bytes_is_announced_when_they_are_read_again) {
  Reading reading;
  for (const auto* name : {"p/1.txt", "p/2.txt", "p/3.txt"}) reading.folder.write(name, "crash");
  const auto imported = reading.import({reading.folder.path() / "p"});
  reading.start();
  reading.pipeline->wait_until(reading.last(), soon());
  const auto before = reading.last();
  BOOST_TEST(reading.pipeline->retry_failed() == 1U);
  std::set<std::string> wanted, announced;
  for (const auto& file : imported.files) wanted.insert(file.record);
  BOOST_REQUIRE(reading.store->changes().wait_beyond(before + wanted.size() - 1, soon()));
  for (const auto& change : reading.store->changes().read(before, 100)) {
    BOOST_TEST(change.kind == "extraction");
    announced.insert(change.subject + "/" + change.id);
  }
  BOOST_TEST((announced == wanted));
}

BOOST_AUTO_TEST_SUITE_END()
