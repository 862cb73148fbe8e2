#include "source_descriptor.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "lantai/base/error.h"

namespace lantai::archive {
namespace {

constexpr std::uint64_t kInMemory = 64U << 20U;
constexpr std::size_t kPiece = 1U << 20U;

[[noreturn]] void fail(const char* what) { throw system_error(what, errno); }

int open_anonymous(std::uint64_t size) {
  const int descriptor =
      size <= kInMemory ? memfd_create("lantai-source", MFD_CLOEXEC)
                        : open(std::filesystem::temp_directory_path().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) fail("cannot make a temporary file");
  return descriptor;
}

void write_all(int descriptor, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write a temporary file");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

// The same file, but nobody can write through this descriptor.
int reopen_read_only(int descriptor) {
  const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  const int read_only = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (read_only < 0) fail("cannot reopen a temporary file");
  return read_only;
}

}  // namespace

SourceDescriptor SourceDescriptor::of_bytes(ByteView bytes) {
  const SourceDescriptor writable(open_anonymous(bytes.size()));
  write_all(writable.get(), bytes);
  return SourceDescriptor(reopen_read_only(writable.get()));
}

SourceDescriptor SourceDescriptor::of_blob(const storage::BlobStore& blobs, ByteView digest) {
  const auto reader = blobs.open(digest);
  const SourceDescriptor writable(open_anonymous(reader->size()));
  for (std::uint64_t offset = 0; offset < reader->size();) {
    const Bytes piece = reader->read(offset, kPiece);
    if (piece.empty()) throw Error(ErrorCode::data_loss, "blob ends before its size");
    write_all(writable.get(), piece);
    offset += piece.size();
  }
  return SourceDescriptor(reopen_read_only(writable.get()));
}

SourceDescriptor SourceDescriptor::of_file(const std::filesystem::path& path) {
  // Not blocking: a pipe among the files must not hold an import.
  SourceDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) fail("cannot open the file");
  struct stat status {};
  if (fstat(file.get(), &status) != 0) fail("cannot look at the file");
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorCode::invalid_argument, "not a regular file", "import.not_a_file");
  }
  return file;
}

SourceDescriptor::SourceDescriptor(SourceDescriptor&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

SourceDescriptor& SourceDescriptor::operator=(SourceDescriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

SourceDescriptor::~SourceDescriptor() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::uint64_t SourceDescriptor::size() const {
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) fail("cannot look at the file");
  return static_cast<std::uint64_t>(status.st_size);
}

Bytes SourceDescriptor::read(std::uint64_t offset, std::size_t count) const {
  const std::uint64_t whole = size();
  count = static_cast<std::size_t>(std::min<std::uint64_t>(count, offset < whole ? whole - offset : 0));
  Bytes bytes(count);
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = pread(descriptor_, bytes.data() + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read the file");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace lantai::archive
