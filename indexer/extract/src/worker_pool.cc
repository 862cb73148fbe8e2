#include "worker_pool.h"

#include "lantai/base/error.h"

namespace lantai::extract {
namespace {

// What wears it out is noticed before. Its start costs as much as a hundred small files.
constexpr unsigned kFilesPerWorker = 5'000;

}  // namespace

WorkerPool::Loan WorkerPool::borrow(const std::stop_token& stop) {
  {
    std::unique_lock lock(mutex_);
    if (!freed_.wait(lock, stop, [&] { return free_slots_ > 0; })) throw Error(ErrorCode::cancelled, "told to stop");
    --free_slots_;
    if (!idle_.empty()) {
      auto worker = std::move(idle_.back());
      idle_.pop_back();
      return {*this, std::move(worker)};
    }
  }
  try {
    auto worker = std::make_unique<WorkerProcess>(options_.worker_program, options_.limits, folder_ == Folder::own,
                                                  haste_ == Haste::none);
    worker->await_hello(stop);
    {
      std::lock_guard lock(mutex_);
      sandbox_ = worker->sandbox();
    }
    return {*this, std::move(worker)};
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

void WorkerPool::require_locked_in(const WorkerProcess& worker) const {
  const auto& sandbox = worker.sandbox();
  if (sandbox.complete || options_.allow_incomplete_sandbox) return;
  throw Error(ErrorCode::failed_precondition,
              "this host does not allow the whole extraction sandbox: " + sandbox.detail, "extract.sandbox_incomplete",
              {{"detail", sandbox.detail}});
}

SandboxReport WorkerPool::sandbox() {
  {
    std::lock_guard lock(mutex_);
    if (sandbox_) return *sandbox_;
  }
  return borrow()->sandbox();
}

void WorkerPool::give_back(std::unique_ptr<WorkerProcess> worker) {
  if (worker && (worker->spent() || worker->served() >= kFilesPerWorker)) worker.reset();
  {
    std::lock_guard lock(mutex_);
    ++free_slots_;
    if (worker) idle_.push_back(std::move(worker));
  }
  freed_.notify_one();
}

}  // namespace lantai::extract
