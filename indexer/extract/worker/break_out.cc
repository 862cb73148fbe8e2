#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "sandbox.h"

namespace lantai::extract::worker {
namespace {

// Leaves nothing open when an attempt does succeed.
bool opened(int descriptor) {
  if (descriptor < 0) return false;
  ::close(descriptor);
  return true;
}

bool forked() {
  const long child = ::syscall(SYS_fork);
  if (child == 0) ::_exit(0);
  return child > 0;
}

bool executed() {
  char* const arguments[] = {nullptr};
  return ::execve("/nonexistent", arguments, arguments) == 0 || errno == ENOENT;
}

// Process 0 never exists: being told so means that tracing as such was allowed.
bool traced() { return ::ptrace(PTRACE_ATTACH, 0, nullptr, nullptr) == 0 || errno == ESRCH; }

bool mapped_executable() {
  void* at = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return false;
  ::munmap(at, 4096);
  return true;
}

bool raised_limit() {
  const rlimit more{RLIM_INFINITY, RLIM_INFINITY};
  return ::setrlimit(RLIMIT_FSIZE, &more) == 0;
}

}  // namespace

std::vector<Attempt> try_to_break_out() {
  return {
      {"open /etc/passwd", opened(::open("/etc/passwd", O_RDONLY | O_CLOEXEC))},
      {"list /", opened(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC))},
      {"open /proc/self/mem", opened(::open("/proc/self/mem", O_RDWR | O_CLOEXEC))},
      {"create a file in /tmp", opened(::open("/tmp", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600))},
      {"write to /dev/null", opened(::open("/dev/null", O_WRONLY | O_CLOEXEC))},
      {"create a memory file", opened(static_cast<int>(::syscall(SYS_memfd_create, "probe", 0)))},
      {"internet socket", opened(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))},
      {"local socket", opened(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))},
      {"packet socket", opened(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0))},
      {"start a process", forked()},
      {"run a program", executed()},
      {"trace another process", traced()},
      {"signal another process", ::kill(::getppid(), 0) == 0},
      {"read another process's memory", ::syscall(SYS_process_vm_readv, ::getppid(), nullptr, 0, nullptr, 0, 0) == 0},
      {"map executable memory", mapped_executable()},
      {"raise a limit", raised_limit()},
      {"new user namespace", ::syscall(SYS_unshare, 0x10000000) == 0},
      {"keys of the kernel", ::syscall(SYS_keyctl, 0, -3, 0) >= 0},
      {"io_uring", opened(static_cast<int>(::syscall(SYS_io_uring_setup, 1, nullptr)))},
  };
}

}  // namespace lantai::extract::worker
