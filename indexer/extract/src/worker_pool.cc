#include "worker_pool.h"

namespace lantai::extract {
namespace {

constexpr unsigned kFilesPerWorker = 500;

}  // namespace

WorkerPool::Loan WorkerPool::borrow() {
  {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [&] { return free_slots_ > 0; });
    --free_slots_;
    if (!idle_.empty()) {
      auto worker = std::move(idle_.back());
      idle_.pop_back();
      return {*this, std::move(worker)};
    }
  }
  try {
    auto worker = std::make_unique<WorkerProcess>(options_.worker_program, options_.limits);
    worker->await_hello();
    return {*this, std::move(worker)};
  } catch (...) {
    give_back(nullptr);
    throw;
  }
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
