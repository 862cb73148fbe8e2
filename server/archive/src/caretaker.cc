#include "lantai/archive/caretaker.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "lantai/base/error.h"
#include "lantai/base/log.h"

namespace lantai::archive {
namespace {

class RunningCaretaker final : public Caretaker {
 public:
  RunningCaretaker(storage::Store& store, const CaretakerOptions& options)
      : store_(store), options_(options), thread_([this](const std::stop_token& stop) { run(stop); }) {}

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      stopped_.wait_for(lock, stop, options_.every, [] { return false; });
      if (!stop.stop_requested()) collect();
    }
  }

  void collect() {
    try {
      if (options_.make_room) options_.make_room();
      const auto report = store_.blobs().collect(options_.grace);
      if (report.blobs_removed > 0) {
        log::info("collected {} blobs, {} bytes freed", report.blobs_removed, report.bytes_freed);
      }
    } catch (const Error& error) {
      log::warning("collection stops and goes on in the next round: {}", error.message());
    }
  }

  storage::Store& store_;
  const CaretakerOptions options_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;
};

}  // namespace

std::unique_ptr<Caretaker> Caretaker::start(storage::Store& store, const CaretakerOptions& options) {
  return std::make_unique<RunningCaretaker>(store, options);
}

}  // namespace lantai::archive
