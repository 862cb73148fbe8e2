#include "worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include "lantai/base/error.h"

namespace lantai::extract {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStartTime{120'000};
constexpr int kWorkerSocket = 3;
constexpr int kWaiting = 10;  // of nice(2): a tenth of what others get who want it

std::string system_message(const char* what) {
  return std::string(what) + ": " + std::generic_category().message(errno);
}

class SpawnActions {
 public:
  explicit SpawnActions(int socket) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, socket, kWorkerSocket);
    posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, 1, "/dev/null", O_WRONLY, 0);
#ifndef __SANITIZE_ADDRESS__
    posix_spawn_file_actions_addopen(&actions_, 2, "/dev/null", O_WRONLY, 0);  // parsers echo hostile text there
#endif
    posix_spawn_file_actions_addclosefrom_np(&actions_, kWorkerSocket + 1);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

// Out of reach of a Ctrl-C for the server, which would look like a crash.
class OwnGroup {
 public:
  OwnGroup() {
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP);
  }
  OwnGroup(const OwnGroup&) = delete;
  OwnGroup& operator=(const OwnGroup&) = delete;
  ~OwnGroup() { posix_spawnattr_destroy(&attributes_); }
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

pid_t spawn(const std::filesystem::path& program, const Limits& limits, int socket,
            const std::optional<ScratchFolder>& folder) {
  const SpawnActions actions(socket);
  std::vector<std::string> arguments = {program.filename().string(), "--memory", std::to_string(limits.memory_bytes)};
  if (folder) arguments.insert(arguments.end(), {"--scratch", folder->path().string()});
  std::vector<std::string> environment = {"LC_ALL=C.UTF-8", "OMP_THREAD_LIMIT=1", "PATH=/nonexistent"};
  if (!folder) {
    environment.emplace_back("TZ=UTC0");  // without, libarchive opens the zone's file for each member's date
    // One file is read after the other: the memory that the last needed is there for the next.
    for (const char* kept :
         {"MALLOC_MMAP_THRESHOLD_=4194304", "MALLOC_TRIM_THRESHOLD_=16777216", "MALLOC_TOP_PAD_=1048576"})
      environment.emplace_back(kept);
  }
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (auto& variable : environment) envp.push_back(variable.data());
  envp.push_back(nullptr);
  pid_t pid = -1;
  const OwnGroup attributes;
  const int problem = posix_spawn(&pid, program.c_str(), actions.get(), attributes.get(), argv.data(), envp.data());
  if (problem != 0) {
    errno = problem;
    throw Error(ErrorCode::failed_precondition,
                system_message(("cannot start the extraction worker " + program.string()).c_str()));
  }
  return pid;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    Descriptor old(std::exchange(value_, other.release()));
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (value_ >= 0) ::close(value_);
}

int Descriptor::release() { return std::exchange(value_, -1); }

StopSignal::StopSignal(const std::stop_token& stop)
    : event_(stop.stop_possible() ? ::eventfd(0, EFD_CLOEXEC) : -1), ring_(stop, Ring{event_.get()}) {
  if (stop.stop_possible() && event_.get() < 0)
    throw Error(ErrorCode::resource_exhausted, system_message("eventfd for an extraction worker"));
}

void StopSignal::Ring::operator()() const { ::eventfd_write(event, 1); }

WorkerProcess::WorkerProcess(const std::filesystem::path& program, const Limits& limits, bool folder, bool waits) {
  if (folder) folder_.emplace();
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw Error(ErrorCode::resource_exhausted, system_message("socketpair for an extraction worker"));
  socket_ = Descriptor(ends[0]);
  const Descriptor theirs(ends[1]);
  pid_ = spawn(program, limits, theirs.get(), folder_);
  if (waits) ::setpriority(PRIO_PROCESS, static_cast<id_t>(pid_), kWaiting);
}

WorkerProcess::~WorkerProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void WorkerProcess::await_hello(const std::stop_token& stop) {
  const StopSignal stop_signal(stop);
  try {
    const auto deadline = steady_clock::now() + kStartTime;
    while (true) {
      if (const auto frame = decoder_.next()) {
        if (frame->kind != FrameKind::hello || frame->number(0) != kProtocolVersion)
          throw Error(ErrorCode::failed_precondition, "the extraction worker is of another version");
        sandbox_ = {frame->number(1) != 0, frame->text(0)};
        return;
      }
      const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
      if (!receive(left, stop_signal.get()))
        throw Error(ErrorCode::failed_precondition, "the extraction worker does not answer");
    }
  } catch (const Error& problem) {
    if (problem.code() == ErrorCode::failed_precondition || problem.code() == ErrorCode::cancelled) throw;
    throw Error(ErrorCode::failed_precondition, "the extraction worker ended at its start: " + problem.message());
  }
}

void WorkerProcess::send(const Request& request, int descriptor) {
  Bytes bytes = encode(to_frame(request));
  std::size_t sent = 0;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  while (sent < bytes.size()) {
    iovec piece{bytes.data() + sent, bytes.size() - sent};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (sent == 0 && descriptor >= 0) {
      message.msg_control = control.data();
      message.msg_controllen = control.size();
      cmsghdr* header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(sizeof(int));
      std::memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
    }
    const auto count = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error(ErrorCode::unavailable, system_message("sending to the extraction worker"));
    sent += static_cast<std::size_t>(count);
  }
}

bool WorkerProcess::receive(milliseconds time, int stop) {
  std::array<pollfd, 2> waiting{pollfd{socket_.get(), POLLIN, 0}, pollfd{stop, POLLIN, 0}};
  const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(std::max<std::int64_t>(time.count(), 0)));
  if (ready < 0 && errno == EINTR) return true;
  if (ready < 0) throw Error(ErrorCode::internal, system_message("waiting for the extraction worker"));
  if (ready == 0) return false;
  if (waiting[1].revents != 0) throw Error(ErrorCode::cancelled, "told to stop");
  std::array<std::uint8_t, 64 * 1024> buffer;
  const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (count < 0 && errno == EINTR) return true;
  if (count <= 0) throw Error(ErrorCode::unavailable, "the extraction worker is gone");
  decoder_.add({buffer.data(), static_cast<std::size_t>(count)});
  return true;
}

std::optional<Failure> WorkerProcess::run(const Request& request, int descriptor, const OnFrame& on_frame,
                                          const std::stop_token& stop) {
  ++served_;
  try {
    const StopSignal stop_signal(stop);
    send(request, descriptor);
    return receive_until_done(request, on_frame, stop_signal);
  } catch (const Error& problem) {
    spent_ = true;
    auto failure = kill_and_explain(request.limits);
    if (problem.code() == ErrorCode::unavailable) return failure;
    if (problem.code() == ErrorCode::data_loss) return Failure{"worker_crashed", problem.message()};
    if (problem.code() == ErrorCode::deadline_exceeded) return Failure{"time_limit", problem.message()};
    throw;
  } catch (...) {
    spent_ = true;
    kill_and_explain(request.limits);
    throw;
  }
}

std::optional<Failure> WorkerProcess::receive_until_done(const Request& request, const OnFrame& on_frame,
                                                         const StopSignal& stop) {
  milliseconds step_left = request.limits.wall_time;
  milliseconds total_left = request.limits.total_time;
  while (true) {
    while (const auto frame = decoder_.next()) {
      if (frame->kind == FrameKind::done) {
        spent_ = frame->number(0) != 0;
        if (!decoder_.idle()) throw Error(ErrorCode::data_loss, "the extraction worker goes on after the end");
        return std::nullopt;
      }
      if (frame->kind == FrameKind::progress) step_left = request.limits.wall_time;
      on_frame(*frame);
    }
    const auto before = steady_clock::now();
    const bool in_time = receive(std::min(step_left, total_left), stop.get());
    const auto waited = std::chrono::duration_cast<milliseconds>(steady_clock::now() - before);
    step_left -= waited;
    total_left -= waited;
    if (!in_time || step_left.count() <= 0 || total_left.count() <= 0)
      throw Error(ErrorCode::deadline_exceeded, "not finished in the time allowed");
  }
}

Failure WorkerProcess::kill_and_explain(const Limits& limits) {
  if (pid_ < 0) return {"worker_crashed", "the worker had ended before"};
  ::kill(pid_, SIGKILL);
  int status = 0;
  rusage usage{};
  while (::wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  const auto peak = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kOutOfMemoryExit)
    return {"memory_limit", "the worker ran out of memory"};
  if (peak > limits.memory_bytes / 4 * 3) return {"memory_limit", "the worker ran out of memory"};
  if (WIFSIGNALED(status)) {
    if (WTERMSIG(status) == SIGXCPU) return {"time_limit", "the worker used up its processor time"};
    return {"worker_crashed", "the worker ended with signal " + std::to_string(WTERMSIG(status))};
  }
  return {"worker_crashed", "the worker ended with status " + std::to_string(WEXITSTATUS(status))};
}

}  // namespace lantai::extract
