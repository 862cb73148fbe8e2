// Which bytes had been synced when a process was killed? Preloaded into it, this writes to the file that
// LANTAI_SYNC_LOG names one line `INODE SIZE` whenever a file was made, synced or cut: the first SIZE bytes of it would
// have survived a power cut. Renames and removals count as durable at once, as on a journalling file system.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace {

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

int log_file() {
  static const int fd = [] {
    const char* path = std::getenv("LANTAI_SYNC_LOG");
    static const auto real = next<int(const char*, int, ...)>("open");
    return path ? real(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
  }();
  return fd;
}

void note(const struct stat& file, off_t durable) {
  char line[64];
  const int length = std::snprintf(line, sizeof line, "%llu %lld\n", static_cast<unsigned long long>(file.st_ino),
                                   static_cast<long long>(durable));
  if (::write(log_file(), line, static_cast<std::size_t>(length)) < 0) std::abort();
}

bool ask(int fd, struct stat& file) { return log_file() >= 0 && ::fstat(fd, &file) == 0 && S_ISREG(file.st_mode); }

// What is in the file before the call is durable after it.
int sync_with(int (*real)(int), int fd) {
  struct stat file {};
  const bool known = ask(fd, file);
  const int result = real(fd);
  if (known && result == 0) note(file, file.st_size);
  return result;
}

int open_with(int (*real)(const char*, int, ...), const char* path, int flags, unsigned mode) {
  const int fd = real(path, flags, mode);
  struct stat file {};
  if (fd >= 0 && (flags & O_CREAT) != 0 && ask(fd, file) && file.st_size == 0) note(file, 0);
  return fd;
}

int cut_with(int (*real)(int, off_t), int fd, off_t size) {
  struct stat file {};
  if (ask(fd, file)) note(file, -size - 1);  // at most `size` bytes are durable from here on
  return real(fd, size);
}

unsigned mode_of(int flags, std::va_list arguments) { return (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0; }

}  // namespace

extern "C" {

int fsync(int fd) { return sync_with(next<int(int)>("fsync"), fd); }
int fdatasync(int fd) { return sync_with(next<int(int)>("fdatasync"), fd); }

int open(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_with(next<int(const char*, int, ...)>("open"), path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_with(next<int(const char*, int, ...)>("open64"), path, flags, mode);
}

int ftruncate(int fd, off_t size) noexcept { return cut_with(next<int(int, off_t)>("ftruncate"), fd, size); }
int ftruncate64(int fd, off_t size) noexcept { return cut_with(next<int(int, off_t)>("ftruncate64"), fd, size); }

}  // extern "C"
