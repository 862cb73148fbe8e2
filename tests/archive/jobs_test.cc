#include <atomic>
#include <boost/test/unit_test.hpp>

#include "holdings.h"

using namespace lantai;
using namespace lantai::archive;
using namespace lantai::archive::test;

namespace {

struct Office : Holdings {
  Folder staging;
  std::unique_ptr<ImportJobs> jobs;
  std::atomic<bool> may{true};
  void start() {
    jobs = ImportJobs::start(*store, imports, staging.path(), clock, [this](const records::Principal& began) {
      BOOST_TEST(began.id == who.id);
      return may.load();
    });
  }
  void stage(const std::string& job, const std::string& path, const std::string& content,
             StagedAs as = StagedAs::source) {
    const auto file = jobs->add(who, job, path, as);
    file->write(as_bytes(content));
    file->close();
  }
  // Jobs append nothing to the feed but records; their end is seen by asking.
  ImportJobPage finished(const std::string& job) {
    for (;;) {
      auto page = jobs->get(who, job, 1000, {});
      if (page.job.state != ImportJobState::waiting && page.job.state != ImportJobState::running) return page;
      store->changes().wait_beyond(store->changes().last_position(),
                                   std::chrono::steady_clock::now() + std::chrono::milliseconds(5));
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(import_jobs)

BOOST_AUTO_TEST_CASE(staged_files_come_in_with_a_result_each) {
  Office office;
  office.start();
  const auto job = office.jobs->begin(office.who, {});
  office.stage(job, "通知/一.txt", "one");
  office.stage(job, "二.txt", "two");
  BOOST_TEST((office.jobs->get(office.who, job, 10, {}).job.state == ImportJobState::open));
  office.jobs->submit(office.who, job);
  const auto page = office.finished(job);
  BOOST_TEST((page.job.state == ImportJobState::done));
  BOOST_TEST(page.job.report.created == 2U);
  BOOST_TEST(page.job.done == 2U);
  BOOST_REQUIRE(page.results.size() == 2U);
  BOOST_TEST(page.results[0].path == "二.txt");
  BOOST_TEST(page.results[1].path == "通知/一.txt");
  office.jobs.reset();  // clearing away comes after the last result
  BOOST_TEST(fs::is_empty(office.staging.path()));
}

BOOST_AUTO_TEST_CASE(who_has_lost_their_rights_imports_nothing_more) {
  Office office;
  office.start();
  const auto job = office.jobs->begin(office.who, {});
  office.stage(job, "一.txt", "one");
  office.may = false;
  office.jobs->submit(office.who, job);
  const auto page = office.finished(job);
  BOOST_TEST((page.job.state == ImportJobState::failed));
  BOOST_TEST(page.job.report.created == 0U);
  BOOST_TEST(page.job.error.find("权限已减少") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_import_whose_staged_files_are_gone_fails_and_the_next_goes_on) {
  Office office;
  office.start();
  const auto lost = office.jobs->begin(office.who, {});
  office.stage(lost, "一.txt", "one");
  fs::remove_all(office.staging.path() / lost);
  office.jobs->submit(office.who, lost);
  const auto page = office.finished(lost);
  BOOST_TEST((page.job.state == ImportJobState::failed));
  BOOST_TEST(!page.job.error.empty());
  BOOST_TEST(page.job.error.find(office.staging.path().native()) == std::string::npos);
  const auto next = office.jobs->begin(office.who, {});
  office.stage(next, "二.txt", "two");
  office.jobs->submit(office.who, next);
  BOOST_TEST((office.finished(next).job.state == ImportJobState::done));
}

BOOST_AUTO_TEST_CASE(what_a_fall_left_behind_of_finished_jobs_is_cleared_away_at_the_next_start) {
  Office office;
  office.staging.write("0190-over/files/a.txt", "one");
  office.start();
  BOOST_TEST(fs::is_empty(office.staging.path()));
}

BOOST_AUTO_TEST_CASE(a_table_maps_rows_to_the_files_beside_it) {
  Office office;
  office.start();
  const auto job = office.jobs->begin(office.who, {});
  office.stage(job, "目录.csv", "题名,文件\n关于放假的通知,一.txt\n", StagedAs::table);
  office.stage(job, "一.txt", "one");
  office.jobs->submit(office.who, job);
  const auto page = office.finished(job);
  BOOST_TEST(page.job.report.created == 1U);
  BOOST_TEST(office.record(page.results.at(0).record).fields.at("title") == "关于放假的通知");
}

BOOST_AUTO_TEST_CASE(the_files_of_a_lists_rows_may_be_staged_beside_it_and_come_in_only_with_them) {
  Office office;
  office.start();
  const auto job = office.jobs->begin(office.who, {});
  office.stage(job, "list.jsonl",
               "{\"type\":\"item\",\"fields\":{\"title\":\"甲\"},\"files\":[{\"path\":\"扫描/一.txt\"}]}\n"
               "{\"type\":\"item\",\"fields\":{\"title\":\"乙\"},\"files\":[{\"path\":\"../list.jsonl\"}]}\n");
  office.stage(job, "扫描/一.txt", "one", StagedAs::beside);
  office.stage(job, "没有提到.txt", "two", StagedAs::beside);
  office.jobs->submit(office.who, job);
  const auto page = office.finished(job);
  BOOST_TEST(page.job.total == 2U);
  BOOST_REQUIRE(page.results.size() == 2U);
  BOOST_TEST(office.content(office.record(page.results[0].record).files.at(0).current()) == "one");
  BOOST_TEST(page.results[1].error_code == "import.unsafe_path");
  BOOST_TEST(office.engine.count(office.who, "item") == 1U);
}

BOOST_AUTO_TEST_CASE(paths_that_leave_the_import_are_refused) {
  Office office;
  office.start();
  const auto job = office.jobs->begin(office.who, {});
  for (const char* path : {"../a", "a/../../b", "/etc/passwd", "", "a\nb"}) {
    BOOST_CHECK_EXCEPTION(office.jobs->add(office.who, job, path), Error,
                          [](const Error& error) { return error.message_id() == "import.unsafe_path"; });
  }
}

BOOST_AUTO_TEST_CASE(a_job_belongs_to_who_began_it) {
  Office office;
  office.start();
  const auto job = office.jobs->begin(office.who, {});
  records::Principal other;
  other.id = "other";
  BOOST_CHECK_THROW(office.jobs->get(other, job, 10, {}), Error);
}

BOOST_AUTO_TEST_CASE(a_submitted_job_goes_on_after_a_restart) {
  Office office;
  office.start();
  const auto job = office.jobs->begin(office.who, {});
  for (int i = 0; i < 200; ++i) office.stage(job, std::to_string(i) + ".txt", std::to_string(i));
  const auto left = office.jobs->begin(office.who, {});
  office.jobs->submit(office.who, job);
  office.jobs.reset();
  office.start();
  const auto page = office.finished(job);
  BOOST_TEST((page.job.state == ImportJobState::done));
  BOOST_TEST(page.job.done == 200U);
  BOOST_TEST(office.engine.count(office.who, "item") == 200U);
  BOOST_TEST((office.jobs->get(office.who, left, 1, {}).job.state == ImportJobState::cancelled));
}

BOOST_AUTO_TEST_CASE(a_cancelled_job_takes_nothing_in) {
  Office office;
  office.start();
  const auto job = office.jobs->begin(office.who, {});
  office.stage(job, "a.txt", "one");
  office.jobs->cancel(office.who, job);
  BOOST_TEST((office.jobs->get(office.who, job, 1, {}).job.state == ImportJobState::cancelled));
  BOOST_CHECK_THROW(office.jobs->submit(office.who, job), Error);
}

BOOST_AUTO_TEST_SUITE_END()
