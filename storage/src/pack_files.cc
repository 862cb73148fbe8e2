#include "pack_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>

#include "lantai/base/error.h"
#include "value_codec.h"

namespace lantai::storage {
namespace {

constexpr std::string_view kPackMagic = "LANTAIPK";
constexpr std::uint32_t kPackVersion = 1;
constexpr std::uint32_t kRecordMagic = 0x4C43484B;  // "LCHK"
constexpr std::size_t kMaxOpenPacks = 128;
// Writing back begins while more is being written, so that the final sync finds little left to do.
constexpr std::uint64_t kWriteBackBytes = 8U << 20U;

void sync_directory(const std::filesystem::path& directory) {
  const Descriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) fail_with_errno(errno, "syncing " + directory.string());
}

Bytes pack_header(std::uint64_t number) {
  return ValueWriter().raw(as_bytes(kPackMagic)).u32(kPackVersion).u32(static_cast<std::uint32_t>(number)).take();
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

void fail_with_errno(int error, std::string_view doing) {
  const auto message = fmt::format("{}: {}", doing, std::generic_category().message(error));
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    throw Error(ErrorCode::resource_exhausted, message, "storage.disk_full");
  }
  throw Error(error == EIO ? ErrorCode::data_loss : ErrorCode::unavailable, message);
}

std::uint64_t PackFile::size_on_disk() const {
  struct stat info {};
  if (::fstat(fd_.get(), &info) != 0) fail_with_errno(errno, fmt::format("asking for the size of pack {}", number_));
  return static_cast<std::uint64_t>(info.st_size);
}

void PackFile::write_all(std::uint64_t offset, ByteView head, ByteView body) {
  while (!head.empty() || !body.empty()) {
    const std::array<iovec, 2> parts{
        {{const_cast<std::uint8_t*>(head.data()), head.size()}, {const_cast<std::uint8_t*>(body.data()), body.size()}}};
    const auto done = ::pwritev(fd_.get(), parts.data(), 2, static_cast<off_t>(offset));
    if (done < 0) {
      if (errno == EINTR) continue;
      fail_with_errno(errno, fmt::format("writing pack {}", number_));
    }
    const auto count = static_cast<std::size_t>(done);
    offset += count;
    const auto of_head = std::min(count, head.size());
    head = head.subspan(of_head);
    body = body.subspan(count - of_head);
  }
}

std::uint64_t PackFile::append(ByteView digest, ByteView payload) {
  const auto head = ValueWriter().u32(kRecordMagic).u32(static_cast<std::uint32_t>(payload.size())).raw(digest).take();
  write_all(end_, head, payload);
  const auto offset = end_ + head.size();
  end_ = offset + payload.size();
  if (end_ - written_back_ >= kWriteBackBytes) {
    ::sync_file_range(fd_.get(), static_cast<off_t>(written_back_), static_cast<off_t>(end_ - written_back_),
                      SYNC_FILE_RANGE_WRITE);
    written_back_ = end_;
  }
  return offset;
}

void PackFile::sync() {
  if (::fdatasync(fd_.get()) != 0) fail_with_errno(errno, fmt::format("syncing pack {}", number_));
}

void PackFile::truncate(std::uint64_t end) {
  if (::ftruncate(fd_.get(), static_cast<off_t>(end)) != 0) {
    fail_with_errno(errno, fmt::format("truncating pack {}", number_));
  }
  end_ = end;
  written_back_ = std::min(written_back_, end);
}

bool PackFile::read(std::uint64_t offset, std::span<std::uint8_t> out) const {
  while (!out.empty()) {
    const auto done = ::pread(fd_.get(), out.data(), out.size(), static_cast<off_t>(offset));
    if (done < 0) {
      if (errno == EINTR) continue;
      fail_with_errno(errno, fmt::format("reading pack {}", number_));
    }
    if (done == 0) return false;
    offset += static_cast<std::uint64_t>(done);
    out = out.subspan(static_cast<std::size_t>(done));
  }
  return true;
}

std::optional<PackRecord> PackFile::read_record_header(std::uint64_t offset) const {
  Bytes head(kRecordHeaderBytes);
  if (!read(offset, head)) return std::nullopt;
  ValueReader reader(head, "pack record");
  if (reader.u32() != kRecordMagic) return std::nullopt;
  const auto length = reader.u32();
  return PackRecord{reader.raw(32), length};
}

PackFiles::PackFiles(std::filesystem::path directory) : directory_(std::move(directory)) {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) fail_with_errno(error.value(), "creating " + directory_.string());
}

std::filesystem::path PackFiles::path(std::uint64_t number) const {
  return directory_ / fmt::format("{:010}.pack", number);
}

std::string PackFiles::name(std::uint64_t number) const {
  return directory_.empty() ? fmt::format("pack {}", number) : path(number).string();
}

std::shared_ptr<PackFile> PackFiles::create(std::uint64_t number) {
  const int fd = directory_.empty() ? ::memfd_create("lantai-pack", MFD_CLOEXEC)
                                    : ::open(path(number).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (fd < 0) fail_with_errno(errno, "creating " + name(number));
  auto file = std::make_shared<PackFile>(number, fd, kPackHeaderBytes);
  file->write_all(0, pack_header(number), {});
  if (!directory_.empty()) sync_directory(directory_);
  std::lock_guard lock(mutex_);
  remember(file);
  return file;
}

std::shared_ptr<PackFile> PackFiles::open(std::uint64_t number) {
  std::lock_guard lock(mutex_);
  if (const auto found = open_.find(number); found != open_.end()) return found->second;
  if (directory_.empty()) return nullptr;
  const int fd = ::open(path(number).c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return nullptr;
    fail_with_errno(errno, "opening " + name(number));
  }
  auto file = std::make_shared<PackFile>(number, fd, 0);
  file->end_ = file->size_on_disk();
  file->written_back_ = file->end_;
  remember(file);
  return file;
}

void PackFiles::remember(const std::shared_ptr<PackFile>& file) {
  if (!directory_.empty()) {
    for (auto at = open_.begin(); open_.size() >= kMaxOpenPacks && at != open_.end();) {
      at = at->second.use_count() == 1 ? open_.erase(at) : std::next(at);
    }
  }
  open_[file->number()] = file;
}

void PackFiles::remove(std::uint64_t number) {
  {
    std::lock_guard lock(mutex_);
    open_.erase(number);
  }
  if (directory_.empty()) return;
  if (::unlink(path(number).c_str()) != 0 && errno != ENOENT) fail_with_errno(errno, "removing " + name(number));
}

std::vector<std::uint64_t> PackFiles::list() const {
  std::vector<std::uint64_t> out;
  if (directory_.empty()) return out;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    const auto stem = entry.path().stem().string();
    std::uint64_t number = 0;
    const auto [stop, error] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
    if (entry.path().extension() == ".pack" && error == std::errc{} && stop == stem.data() + stem.size()) {
      out.push_back(number);
    }
  }
  return out;
}

}  // namespace lantai::storage
