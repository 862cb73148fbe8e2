#include "sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <initializer_list>

#include "channel.h"

namespace lantai::extract::worker {
namespace {

constexpr uid_t kNobody = 65534;
constexpr rlim_t kProcessorSeconds = 3'600;
constexpr rlim_t kDescriptors = 64;

// Debian 12's kernel headers are older than the kernels this runs on; these are from the kernel's stable ABI.
constexpr std::uint64_t kReadFile = 1U << 2U, kReadDirectory = 1U << 3U;
// Write, truncate, remove and make files and folders, read them; no links, devices, sockets, programs.
constexpr std::uint64_t kOwnFolder = 1U << 1U | kReadFile | kReadDirectory | 1U << 4U | 1U << 5U | 1U << 7U | 1U << 8U;
constexpr std::uint64_t kTruncate = 1U << 14U;
constexpr std::array<std::uint64_t, 8> kFileRightsByVersion = {0,      0x1FFF, 0x3FFF, 0x7FFF,
                                                               0x7FFF, 0xFFFF, 0xFFFF, 0xFFFF};
struct LandlockRules {
  std::uint64_t file_rights, network_rights, scopes;
};
struct __attribute__((packed)) LandlockPath {
  std::uint64_t rights;
  std::int32_t parent;
};

constexpr std::array kReadable = {"/usr/share/tesseract-ocr",  "/usr/share/poppler",   "/usr/share/fonts",
                                  "/usr/local/share/fonts",    "/etc/fonts",           "/usr/share/fontconfig",
                                  "/usr/share/xml/fontconfig", "/var/cache/fontconfig"};

bool limit(decltype(RLIMIT_AS) resource, rlim_t value) {
  const rlimit both{value, value};
  return ::setrlimit(resource, &both) == 0;
}

bool set_limits(std::uint64_t memory_bytes, const Freedom& freedom) {
  bool ok = limit(RLIMIT_CPU, kProcessorSeconds) && limit(RLIMIT_FSIZE, freedom.file_bytes) && limit(RLIMIT_CORE, 0);
  // Threads count as processes, of every program of that user: where they are allowed, seccomp alone forbids processes.
  if (freedom.threads_and_libraries)
    ok = limit(RLIMIT_NOFILE, kDescriptors * 4) && ok;
  else
    ok = limit(RLIMIT_NOFILE, kDescriptors) && limit(RLIMIT_NPROC, 0) && ok;
#ifndef __SANITIZE_ADDRESS__
  ok = limit(RLIMIT_AS, memory_bytes) && ok;
#else
  static_cast<void>(memory_bytes);  // the sanitizer reserves terabytes of address space
#endif
  return ok;
}

bool drop_privileges() {
  if (::geteuid() == 0) {
    // Inside some containers no other user exists; the empty capability sets below then do the work alone.
    const bool nobody = ::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0 &&
                        ::setresuid(kNobody, kNobody, kNobody) == 0;
    if (!nobody && ::geteuid() != 0) return false;
  }
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> none{};
  if (::syscall(SYS_capset, &header, none.data()) != 0) return false;
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

bool allow(int ruleset, const char* path, std::uint64_t rights) {
  const int parent = ::open(path, O_PATH | O_CLOEXEC);
  if (parent < 0) return errno == ENOENT || errno == EACCES;  // then there is nothing to allow
  struct stat status {};
  if (::fstat(parent, &status) != 0 || !S_ISDIR(status.st_mode)) rights &= kReadFile;
  const LandlockPath rule{rights, parent};
  const bool ok = ::syscall(SYS_landlock_add_rule, ruleset, 1, &rule, 0) == 0;
  ::close(parent);
  return ok;
}

bool restrict_files(const Freedom& freedom) {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, 1);
  if (version < 1) return false;
  const auto known = static_cast<std::size_t>(std::min<long>(version, 7));
  LandlockRules rules{kFileRightsByVersion.at(known), known >= 4 ? 3U : 0U, known >= 6 ? 3U : 0U};
  const std::size_t size = known >= 6 ? 24 : (known >= 4 ? 16 : 8);
  const int ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, size, 0));
  if (ruleset < 0) return false;
  bool ok = true;
  for (const char* path : kReadable) ok = allow(ruleset, path, kReadFile | kReadDirectory) && ok;
  for (const char* path : freedom.readable) ok = allow(ruleset, path, kReadFile | kReadDirectory) && ok;
  if (freedom.writable != nullptr)
    ok = allow(ruleset, freedom.writable, (kOwnFolder | kTruncate) & kFileRightsByVersion.at(known)) && ok;
  ok = ok && ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  ::close(ruleset);
  return ok;
}

class Filter {
 public:
  Filter() : context_(::seccomp_init(SCMP_ACT_ERRNO(EPERM))) {}
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  ~Filter() {
    if (context_ != nullptr) ::seccomp_release(context_);
  }
  void allow(std::initializer_list<int> calls) {
    for (const int call : calls) ok_ = ::seccomp_rule_add(context_, SCMP_ACT_ALLOW, call, 0) == 0 && ok_;
  }
  void allow_if(int call, std::initializer_list<scmp_arg_cmp> conditions) {
    ok_ = ::seccomp_rule_add_array(context_, SCMP_ACT_ALLOW, call, static_cast<unsigned>(conditions.size()),
                                   conditions.begin()) == 0 &&
          ok_;
  }
  void refuse(int call, int error) {
    ok_ = ::seccomp_rule_add(context_, SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)), call, 0) == 0 && ok_;
  }
  bool load() { return context_ != nullptr && ok_ && ::seccomp_load(context_) == 0; }

 private:
  scmp_filter_ctx context_;
  bool ok_ = true;
};

scmp_arg_cmp equal(unsigned argument, std::uint64_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }
scmp_arg_cmp masked(unsigned argument, std::uint64_t mask) { return {argument, SCMP_CMP_MASKED_EQ, mask, 0}; }

// What LibreOffice does to its own files and threads. Where files may be written, Landlock alone says which.
void allow_office(Filter& filter) {
  filter.allow({SCMP_SYS(openat),    SCMP_SYS(open),  SCMP_SYS(write),     SCMP_SYS(pwrite64),   SCMP_SYS(writev),
                SCMP_SYS(mkdir),     SCMP_SYS(rmdir), SCMP_SYS(unlink),    SCMP_SYS(unlinkat),   SCMP_SYS(rename),
                SCMP_SYS(ftruncate), SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(chmod),      SCMP_SYS(fchmod),
                SCMP_SYS(utimensat), SCMP_SYS(umask), SCMP_SYS(fcntl),     SCMP_SYS(faccessat2), SCMP_SYS(fallocate)});
  filter.allow({SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(pipe2),
                SCMP_SYS(eventfd2), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(sched_getparam),
                SCMP_SYS(sched_getscheduler), SCMP_SYS(set_tid_address), SCMP_SYS(arch_prctl)});
  // Threads only: what clone3 is asked for cannot be seen, so that glibc has to fall back to clone.
  constexpr std::uint64_t kThread = 0x10000;  // CLONE_THREAD
  filter.refuse(SCMP_SYS(clone3), ENOSYS);
  filter.allow_if(SCMP_SYS(clone), {{0, SCMP_CMP_MASKED_EQ, kThread, kThread}});
  filter.allow_if(SCMP_SYS(prctl), {equal(0, PR_SET_NAME)});
  // Libraries are mapped as they are. LibreOffice's bridges between its own components are code made at run time.
  filter.allow({SCMP_SYS(mprotect)});
  filter.allow_if(SCMP_SYS(mmap), {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC}});
}

bool restrict_calls(const Freedom& freedom) {
  Filter filter;
  if (freedom.threads_and_libraries) allow_office(filter);
  filter.allow({SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat),
                SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(access),
                SCMP_SYS(faccessat), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(statfs),
                SCMP_SYS(fstatfs), SCMP_SYS(fadvise64), SCMP_SYS(getcwd)});
  filter.allow({SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex)});
  filter.allow({SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
                SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(setitimer), SCMP_SYS(getuid),
                SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrusage), SCMP_SYS(times),
                SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity)});
  filter.allow({SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
                SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group)});
  constexpr std::uint64_t kWriting = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | 020000000;  // the last: O_TMPFILE
  filter.allow_if(SCMP_SYS(openat), {masked(2, kWriting)});
  filter.allow_if(SCMP_SYS(open), {masked(1, kWriting)});
  filter.allow_if(SCMP_SYS(mmap), {masked(2, PROT_EXEC)});
  filter.allow_if(SCMP_SYS(mprotect), {masked(2, PROT_EXEC)});
  filter.allow_if(SCMP_SYS(write), {equal(0, kSocket)});
  filter.allow_if(SCMP_SYS(write), {equal(0, 2)});
  filter.allow_if(SCMP_SYS(recvmsg), {equal(0, kSocket)});
  filter.allow_if(SCMP_SYS(ioctl), {equal(1, TCGETS)});
  filter.allow_if(SCMP_SYS(prlimit64), {equal(0, 0), equal(2, 0)});
  filter.allow_if(SCMP_SYS(tgkill), {equal(0, static_cast<std::uint64_t>(::getpid()))});
  for (const int command : {F_GETFD, F_SETFD, F_GETFL})
    filter.allow_if(SCMP_SYS(fcntl), {equal(1, static_cast<std::uint64_t>(command))});
  return filter.load();
}

}  // namespace

SandboxState lock_in(std::uint64_t memory_bytes, const Freedom& freedom) {
  SandboxState state;
  const auto layer = [&](const char* layer_name, bool in_force) {
    if (!state.detail.empty()) state.detail += ", ";
    state.detail += std::string(in_force ? "" : "missing: ") + layer_name;
    state.complete = state.complete && in_force;
  };
  const bool limits = set_limits(memory_bytes, freedom);
  const bool privileges = drop_privileges();
  layer("resource limits", limits);
  layer("no privileges", privileges);
  layer("landlock", restrict_files(freedom));
  layer("seccomp", restrict_calls(freedom));
  for (const auto& attempt : try_to_break_out())
    if (attempt.allowed) layer(attempt.what.c_str(), false);
  return state;
}

}  // namespace lantai::extract::worker
