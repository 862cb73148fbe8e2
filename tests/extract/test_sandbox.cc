#define BOOST_TEST_MODULE extract_sandbox
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "fixture.h"
#include "lantai/base/error.h"
#include "worker_process.h"

namespace lantai::extract::test {
namespace {

// A shell script in a directory of its own.
class TemporaryProgram {
 public:
  explicit TemporaryProgram(const std::string& script) {
    std::string pattern = (std::filesystem::temp_directory_path() / "extract-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = pattern;
    std::ofstream(path()) << "#!/bin/sh\n" << script;
    std::filesystem::permissions(path(), std::filesystem::perms::owner_all);
  }
  TemporaryProgram(const TemporaryProgram&) = delete;
  TemporaryProgram& operator=(const TemporaryProgram&) = delete;
  ~TemporaryProgram() { std::filesystem::remove_all(folder_); }
  std::filesystem::path path() const { return folder_ / "worker"; }

 private:
  std::filesystem::path folder_;
};

// The shell command that writes the frame to the socket.
std::string say(const Frame& frame) {
  std::string command = "printf '";
  for (const auto byte : encode(frame)) {
    for (const int shift : {6, 3, 0})
      command += (shift == 6 ? "\\" : "") + std::string(1, static_cast<char>('0' + (byte >> shift & 7)));
  }
  return command + "' >&3\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(Sandbox)

BOOST_AUTO_TEST_CASE(every_layer_is_in_force) {
  const auto report = shared_extractor().sandbox();
  BOOST_TEST_INFO(report.detail);
  BOOST_TEST(report.complete);
}

BOOST_AUTO_TEST_CASE(opening_files_sockets_and_processes_is_refused_to_the_worker) {
  WorkerProcess worker(worker_program(), Limits{});
  worker.await_hello();
  const MemoryFile file("x");
  Request request;
  request.kind = FrameKind::probe;
  std::size_t attempts = 0;
  const auto failure = worker.run(request, file.descriptor(), [&](const Frame& frame) {
    BOOST_TEST((frame.kind == FrameKind::attempt));
    BOOST_TEST(frame.number(0) == 0, frame.text(0));
    ++attempts;
  });
  BOOST_TEST(!failure.has_value());
  BOOST_TEST(attempts >= 15);
}

BOOST_AUTO_TEST_CASE(a_missing_worker_program_is_said_at_once) {
  ExtractorOptions options;
  options.worker_program = "/nonexistent/worker";
  BOOST_CHECK_EXCEPTION(Extractor::make(options), Error,
                        [](const Error& error) { return error.code() == ErrorCode::failed_precondition; });
}

BOOST_AUTO_TEST_CASE(a_host_that_forbids_a_layer_is_refused_unless_the_operator_allows_it) {
  Frame hello{FrameKind::hello, {kProtocolVersion, 0}, {to_bytes("missing: landlock")}};
  Frame done{FrameKind::done, {0}, {}};
  const TemporaryProgram program(say(hello) + "read -r line <&3\n" + say(done) + "read -r line <&3\n");
  ExtractorOptions options;
  options.worker_program = program.path();
  options.workers = 1;
  const MemoryFile file("x\n");
  const auto strict = Extractor::make(options);
  BOOST_TEST(!strict->sandbox().complete);
  BOOST_TEST(strict->sandbox().detail == "missing: landlock");
  BOOST_CHECK_EXCEPTION(strict->extract(file.source()), Error,
                        [](const Error& error) { return error.code() == ErrorCode::failed_precondition; });
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_a_worker_is_refused) {
  ExtractorOptions options;
  options.worker_program = "/bin/true";
  const auto extractor = Extractor::make(options);
  BOOST_CHECK_EXCEPTION(extractor->sandbox(), Error,
                        [](const Error& error) { return error.code() == ErrorCode::failed_precondition; });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
