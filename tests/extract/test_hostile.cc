#define BOOST_TEST_MODULE extract_hostile
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "fixture.h"
#include "samples.h"
#include "worker_process.h"

namespace lantai::extract::test {
namespace {

const std::set<std::string> kCodes = {"unsupported_format", "encrypted",        "damaged",      "too_large",
                                      "too_deep",           "too_many_entries", "output_limit", "time_limit",
                                      "memory_limit",       "worker_crashed"};

Extraction extract_within(const Limits& limits, const std::string& bytes) {
  const MemoryFile file(bytes);
  return make_extractor(limits)->extract(file.source());
}

// Processes that this one started, by the name of their program.
std::vector<pid_t> children_named(const std::string& name) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "stat");
    pid_t pid = 0, parent = 0;
    std::string program, state;
    if (file >> pid >> program >> state >> parent && parent == ::getpid() && program.find(name) != std::string::npos)
      found.push_back(pid);
  }
  return found;
}

std::string nested_zip(int levels) {
  std::string archive = "the innermost text";
  for (int i = 0; i < levels; ++i) archive = zip({{"inner", archive}});
  return archive;
}

std::map<std::string, std::string> one_of_each() {
  std::map<std::string, std::string> samples;
  samples["pdf"] = pdf({{{"First page", "关于通知"}, {"Second"}}, "T"});
  samples["docx"] = docx(paragraph("段落一") + paragraph("段落二"), {{"word/media/a.bin", std::string(500, 'x')}});
  samples["xlsx"] = xlsx({{"一", "<row><c><v>1</v></c></row>"}});
  samples["pptx"] = pptx({{{"甲"}}, {{"乙"}}});
  samples["ofd"] = ofd({{{{20, 50, "正文"}}}, {}, "注", {"a.txt", "附"}});
  samples["zip"] = zip({{"1.txt", std::string(3000, 'a')}, {"2.txt", "two"}});
  samples["tar"] = tar({{"1.txt", "one"}, {"2.txt", "two"}});
  samples["gz"] = tar({{"1.txt", "one"}}, true);
  samples["odt"] = odt("<text:p>正文</text:p>");
  samples["html"] = "<html><body><p>正文</p></body></html>";
  samples["text"] = encoded("关于开展检查的通知，请各部门遵照执行。", "GB18030");
  return samples;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(HostileInput)

BOOST_AUTO_TEST_CASE(files_cut_at_every_sixteenth_end_in_text_or_a_named_failure) {
  for (const auto& [kind, whole] : one_of_each()) {
    BOOST_TEST(failure_code(extract(whole)) == "", kind);
    for (std::size_t part = 0; part < 16; ++part) {
      const auto result = extract(whole.substr(0, whole.size() * part / 16));
      if (result.failure) BOOST_TEST(kCodes.contains(result.failure->code), kind << ": " << result.failure->code);
      BOOST_TEST(failure_code(result) != "worker_crashed", kind << " cut at " << part);
      const bool container = kind != "text" && kind != "html" && kind != "tar";
      if (container && part > 0)
        BOOST_TEST(result.failure.has_value(), kind << " cut at " << part << "/16 passes for whole");
    }
  }
}

BOOST_AUTO_TEST_CASE(flipped_bytes_end_in_text_or_a_named_failure) {
  unsigned state = 12345;
  for (const auto& [kind, whole] : one_of_each()) {
    for (int round = 0; round < 24; ++round) {
      auto bytes = whole;
      for (int i = 0; i < 6; ++i) {
        state = state * 1664525U + 1013904223U;
        bytes[(state >> 8U) % bytes.size()] = static_cast<char>(state >> 3U);
      }
      const auto result = extract(bytes);
      if (result.failure) BOOST_TEST(kCodes.contains(result.failure->code), kind);
      BOOST_TEST(failure_code(result) != "worker_crashed", kind << " round " << round);
    }
  }
}

BOOST_AUTO_TEST_CASE(encrypted_files_are_named_so) {
  BOOST_TEST(failure_code(extract(zip({{"a.txt", "secret"}}, "password"))) == "encrypted");
}

BOOST_AUTO_TEST_CASE(unknown_bytes_are_unsupported) {
  std::string noise;
  unsigned state = 7;
  for (int i = 0; i < 5000; ++i) noise += static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U);
  const auto result = extract(noise);
  BOOST_TEST(result.media_type == "application/octet-stream");
  BOOST_TEST(failure_code(result) == "unsupported_format");
}

BOOST_AUTO_TEST_CASE(archives_in_archives_end_at_the_depth_allowed) {
  Limits limits;
  limits.depth = 3;
  const auto shallow = extract_within(limits, nested_zip(3));
  BOOST_TEST(failure_code(shallow) == "");
  BOOST_TEST(find_embedded(shallow, "inner!/inner!/inner")->pages.at(0).text == "the innermost text");
  BOOST_TEST(failure_code(extract_within(limits, nested_zip(6))) == "too_deep");
}

BOOST_AUTO_TEST_CASE(an_archive_that_unpacks_to_too_much_is_stopped) {
  Limits limits;
  limits.expanded_bytes = 10U << 20U;
  const std::string zeros(4U << 20U, 'a');
  const auto bomb = zip({{"a", zeros}, {"b", zeros}, {"c", zeros}, {"d", zeros}});
  BOOST_TEST(bomb.size() < 100'000U);
  BOOST_TEST(failure_code(extract_within(limits, bomb)) == "too_large");
  // All levels count together.
  BOOST_TEST(failure_code(extract_within(limits, zip({{"x.zip", bomb}, {"y.zip", bomb}}))) == "too_large");
}

BOOST_AUTO_TEST_CASE(too_many_members_are_stopped_and_the_first_kept) {
  Limits limits;
  limits.entries = 50;
  Members members;
  for (int i = 0; i < 60; ++i) members.emplace_back("f" + std::to_string(i), "text");
  const auto result = extract_within(limits, zip(members));
  BOOST_TEST(failure_code(result) == "too_many_entries");
  BOOST_TEST(result.embedded.size() == 50U);
}

BOOST_AUTO_TEST_CASE(too_much_text_is_stopped) {
  Limits limits;
  limits.output_bytes = 100'000;
  BOOST_TEST(failure_code(extract_within(limits, std::string(200'000, 'x'))) == "output_limit");
}

BOOST_AUTO_TEST_CASE(entities_are_not_expanded) {
  std::string laughs = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"ha\">";
  for (char c = 'b'; c <= 'k'; ++c) {
    laughs += std::string("<!ENTITY ") + c + " \"";
    for (int i = 0; i < 10; ++i) laughs += std::string("&") + static_cast<char>(c - 1) + ";";
    laughs += "\">";
  }
  const std::string word = laughs + "]><w:document><w:body><w:p><w:r><w:t>&k;</w:t></w:r></w:p></w:body></w:document>";
  const auto result = extract(zip({{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", word}}));
  BOOST_TEST(all_text(result).size() < 100U);
  BOOST_TEST(has_warning(result, "entities_not_expanded"));
}

BOOST_AUTO_TEST_CASE(deeply_nested_markup_does_not_end_the_worker) {
  std::string html = "<html><body>", xml = "<w:document>";
  for (int i = 0; i < 10'000; ++i) html += "<div>";
  for (int i = 0; i < 50'000; ++i) xml += "<w:x>";
  const auto page = extract(html + "deep");
  BOOST_TEST(all_text(page) == "deep");
  const auto document =
      extract(zip({{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", xml + "<w:t>x</w:t>"}}));
  BOOST_TEST(kCodes.contains(failure_code(document)));
  BOOST_TEST(failure_code(document) != "worker_crashed");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(Workers)

BOOST_AUTO_TEST_CASE(a_worker_killed_mid_way_is_said_and_replaced) {
  WorkerProcess worker(worker_program(), Limits{});
  worker.await_hello();
  Members members;
  for (int i = 0; i < 2000; ++i) members.emplace_back("f" + std::to_string(i) + ".txt", std::string(2000, 'x'));
  const MemoryFile file(zip(members));
  unsigned frames = 0;
  const auto failure = worker.run({}, file.descriptor(), [&](const Frame&) {
    if (++frames == 20) ::kill(worker.pid(), SIGKILL);
  });
  BOOST_REQUIRE(failure.has_value());
  BOOST_TEST(failure->code == "worker_crashed");
  BOOST_TEST(worker.spent());
  BOOST_TEST(frames < 6000U);
}

BOOST_AUTO_TEST_CASE(a_worker_that_takes_too_long_is_killed_and_the_next_file_is_read) {
  Limits limits;
  limits.wall_time = std::chrono::milliseconds(300);
  const auto extractor = make_extractor(limits);
  const MemoryFile slow(std::string(120U << 20U, 'x'));
  const auto result = extractor->extract(slow.source());
  BOOST_TEST(failure_code(result) == "time_limit");
  const MemoryFile next("short");
  BOOST_TEST(all_text(extractor->extract(next.source())) == "short");
}

BOOST_AUTO_TEST_CASE(a_worker_that_needs_too_much_memory_fails_alone) {
  Limits limits;
  limits.memory_bytes = 400U << 20U;
  limits.output_bytes = 2ULL << 30U;
  const auto extractor = make_extractor(limits);
  const MemoryFile large(std::string(250U << 20U, 'x'));
  const auto code = failure_code(extractor->extract(large.source()));
  BOOST_TEST((code == "memory_limit" || code == "too_large"), code);
  const MemoryFile next("short");
  BOOST_TEST(all_text(extractor->extract(next.source())) == "short");
}

BOOST_AUTO_TEST_CASE(a_worker_that_died_between_two_files_is_replaced_without_blaming_the_second) {
  const MemoryFile file("some text");
  const auto extractor = make_extractor();
  BOOST_TEST(all_text(extractor->extract(file.source())) == "some text");
  for (const auto pid : children_named("lantai-extract-")) ::kill(pid, SIGKILL);
  BOOST_TEST(all_text(extractor->extract(file.source())) == "some text");
}

BOOST_AUTO_TEST_CASE(many_threads_share_few_workers) {
  ExtractorOptions options;
  options.worker_program = worker_program();
  options.workers = 2;
  options.ocr = false;
  options.allow_incomplete_sandbox = true;
  const auto extractor = Extractor::make(options);
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 6; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 30; ++i) {
          const auto text = "text " + std::to_string(t) + " " + std::to_string(i);
          const MemoryFile file(text);
          if (all_text(extractor->extract(file.source())) == text) ++right;
        }
      });
    }
  }
  BOOST_TEST(right == 180);
}

// Keeps its worker busy until it is let go.
struct BusySink final : UnpackSink {
  std::promise<void> begun;
  std::promise<void> let_go;
  void begin(const Member&) override {
    begun.set_value();
    let_go.get_future().wait();
  }
  void write(ByteView) override {}
  void end(const std::string&) override {}
};

BOOST_AUTO_TEST_CASE(a_page_is_drawn_at_once_while_every_worker_reads_and_readers_leave_the_processor_to_others) {
  ExtractorOptions options;
  options.worker_program = worker_program();
  options.workers = 1;
  options.allow_incomplete_sandbox = true;
  const auto before = children_named("lantai-extract-");
  const auto extractor = Extractor::make(options);
  const MemoryFile archive(zip({{"a.txt", "text"}})), page(pdf({{{"First page"}}}));
  BusySink sink;
  auto reading = std::async(std::launch::async, [&] { extractor->unpack(archive.source(), sink); });
  sink.begun.get_future().wait();
  auto drawing = std::async(std::launch::async, [&] { return extractor->render_page(page.source(), 1, 300); });
  BOOST_TEST((drawing.wait_for(std::chrono::seconds(60)) == std::future_status::ready));
  std::multiset<int> priorities;
  for (const auto pid : children_named("lantai-extract-")) {
    if (std::find(before.begin(), before.end(), pid) == before.end())
      priorities.insert(::getpriority(PRIO_PROCESS, static_cast<id_t>(pid)));
  }
  BOOST_TEST(priorities.size() == 2U);
  BOOST_TEST(*priorities.rbegin() > *priorities.begin());
  sink.let_go.set_value();
  reading.wait();
  BOOST_TEST(drawing.get().has_value());
}

BOOST_AUTO_TEST_CASE(the_callers_position_in_the_file_does_not_move) {
  const MemoryFile file("some text");
  const auto before = ::lseek(file.descriptor(), 3, SEEK_SET);
  BOOST_TEST(all_text(shared_extractor().extract(file.source())) == "some text");
  BOOST_TEST(::lseek(file.descriptor(), 0, SEEK_CUR) == before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
