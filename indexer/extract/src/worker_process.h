// Who is at the other end? One worker process and the socket to it. Started with an empty environment and no descriptor
// but the socket; killed when destroyed. Thread-confined (moved between threads with a lock between).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "lantai/extract/protocol.h"
#include "scratch_folder.h"

namespace lantai::extract {

// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int get() const { return value_; }
  int release();

 private:
  int value_;
};

// A stop request as a descriptor, for poll. Throws resource_exhausted.
class StopSignal {
 public:
  explicit StopSignal(const std::stop_token& stop);
  int get() const { return event_.get(); }  // -1 when nobody can ask to stop

 private:
  struct Ring {
    int event;
    void operator()() const;
  };
  const Descriptor event_;
  const std::stop_callback<Ring> ring_;
};

class WorkerProcess {
 public:
  using OnFrame = std::function<void(const Frame&)>;

  // Throws failed_precondition when the program cannot be started. `folder`: it gets one of its own (--scratch).
  // `waits`: takes what processor time the server and those somebody waits for leave.
  WorkerProcess(const std::filesystem::path& program, const Limits& limits, bool folder = false, bool waits = false);
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  ~WorkerProcess();

  // Before the first request: waits until the worker has locked itself in. Throws failed_precondition, cancelled.
  void await_hello(const std::stop_token& stop = {});
  const SandboxReport& sandbox() const { return sandbox_; }
  pid_t pid() const { return pid_; }

  // Sends the request and the descriptor (-1: none), hands every frame before `done` to on_frame. Only time spent
  // waiting for the worker counts against the limit: `wall_time` between two `progress` frames, `total_time` over all.
  // nullopt: the worker finished in order. Otherwise it has been killed and the failure says why: time_limit,
  // memory_limit, worker_crashed, output_limit. What on_frame throws beyond that passes through, the worker killed.
  // `stop` ends the worker at once and throws cancelled.
  std::optional<Failure> run(const Request& request, int descriptor, const OnFrame& on_frame,
                             const std::stop_token& stop = {});

  // The worker asked to be replaced, or has been killed.
  bool spent() const { return spent_; }
  unsigned served() const { return served_; }

 private:
  std::optional<Failure> receive_until_done(const Request& request, const OnFrame& on_frame, const StopSignal& stop);
  void send(const Request& request, int descriptor);
  // False when the time is over. Throws unavailable when the worker is gone, cancelled when `stop` (-1: none) is ready.
  bool receive(std::chrono::milliseconds time, int stop = -1);
  Failure kill_and_explain(const Limits& limits);

  std::optional<ScratchFolder> folder_;
  pid_t pid_ = -1;
  Descriptor socket_;
  FrameDecoder decoder_;
  SandboxReport sandbox_;
  bool spent_ = false;
  unsigned served_ = 0;
};

}  // namespace lantai::extract
