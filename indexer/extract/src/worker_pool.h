// How do many threads share a few workers? Thread-safe. A borrowed worker is served by one thread at a time; it comes
// back for reuse unless it is spent. Waiting for a free one is unbounded: callers bound their own number.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "lantai/extract/extractor.h"
#include "worker_process.h"

namespace lantai::extract {

class WorkerPool {
 public:
  enum class Folder { none, own };            // for a worker that has to work on files
  enum class Haste { none, somebody_waits };  // without it, workers leave the processors to others
  explicit WorkerPool(const ExtractorOptions& options, Folder folder = Folder::none, Haste haste = Haste::none)
      : options_(options), folder_(folder), haste_(haste), free_slots_(options.workers) {}

  // Returns the worker when destroyed.
  class Loan {
   public:
    Loan(WorkerPool& pool, std::unique_ptr<WorkerProcess> worker) : pool_(pool), worker_(std::move(worker)) {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { pool_.give_back(std::move(worker_)); }
    WorkerProcess& operator*() { return *worker_; }
    WorkerProcess* operator->() { return worker_.get(); }

   private:
    WorkerPool& pool_;
    std::unique_ptr<WorkerProcess> worker_;
  };

  // What the last worker that was started found; starts one only if none was. Throws as borrow does.
  SandboxReport sandbox();
  // Throws failed_precondition when no worker starts, cancelled at a stop request while waiting for one.
  Loan borrow(const std::stop_token& stop = {});
  // Before it gets untrusted bytes: throws failed_precondition (`extract.sandbox_incomplete`) when the host forbids a
  // layer and the operator has not allowed that.
  void require_locked_in(const WorkerProcess& worker) const;

 private:
  void give_back(std::unique_ptr<WorkerProcess> worker);

  const ExtractorOptions options_;
  const Folder folder_;
  const Haste haste_;
  std::mutex mutex_;
  std::condition_variable_any freed_;
  unsigned free_slots_;
  std::optional<SandboxReport> sandbox_;
  std::vector<std::unique_ptr<WorkerProcess>> idle_;
};

}  // namespace lantai::extract
