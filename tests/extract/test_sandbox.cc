#define BOOST_TEST_MODULE extract_sandbox
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "lantai/base/error.h"
#include "worker_process.h"

namespace lantai::extract::test {

BOOST_AUTO_TEST_SUITE(Sandbox)

BOOST_AUTO_TEST_CASE(every_layer_is_in_force) {
  const auto report = make_extractor()->sandbox();
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

BOOST_AUTO_TEST_CASE(a_program_that_is_not_a_worker_is_refused) {
  ExtractorOptions options;
  options.worker_program = "/bin/true";
  const auto extractor = Extractor::make(options);
  BOOST_CHECK_EXCEPTION(extractor->sandbox(), Error,
                        [](const Error& error) { return error.code() == ErrorCode::failed_precondition; });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::extract::test
