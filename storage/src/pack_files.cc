#include "pack_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "value_codec.h"

namespace lantai::storage {
namespace {

constexpr std::string_view kPackMagic = "LANTAIPK";
constexpr std::uint32_t kPackVersion = 1;
constexpr std::uint32_t kRecordMagic = 0x4C43484B;  // "LCHK"
constexpr std::string_view kUnpublished = ".new";
constexpr std::string_view kSetAside = ".unknown";
constexpr std::size_t kMaxOpenPacks = 128;
// Writing back begins while more is being written, so that the final sync finds little left to do.
constexpr std::uint64_t kWriteBackBytes = 8U << 20U;

Bytes pack_header(std::uint64_t number) {
  return ValueWriter().raw(as_bytes(kPackMagic)).u32(kPackVersion).u32(static_cast<std::uint32_t>(number)).take();
}

std::filesystem::path with_suffix(std::filesystem::path path, std::string_view suffix) { return path += suffix; }

void rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail_with_errno(errno, "renaming " + from.string());
  sync_directory(from.parent_path());
}

// The number in `0000000012.pack`, with or without a further extension.
std::optional<std::uint64_t> number_in(const std::filesystem::path& file) {
  const auto name = file.filename().string();
  const auto dot = name.find(".pack");
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(name.data(), name.data() + std::min(dot, name.size()), number);
  if (dot == std::string::npos || error != std::errc{} || stop != name.data() + dot) return std::nullopt;
  return number;
}

}  // namespace

void sync_directory(const std::filesystem::path& directory) {
  const Descriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) fail_with_errno(errno, "syncing " + directory.string());
}

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

void PackFile::require_free(std::uint64_t bytes) const {
  struct statvfs disk {};
  if (::fstatvfs(fd_.get(), &disk) != 0) fail_with_errno(errno, "asking for free space");
  const auto available = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (available >= bytes) return;
  throw Error(ErrorCode::resource_exhausted,
              fmt::format("{} bytes are free and {} must stay free for commits", available, bytes),
              "storage.disk_full");
}

std::uint64_t PackFile::append(ByteView digest, ByteView payload, std::uint64_t keep_free) {
  if (keep_free != 0) require_free(keep_free + kRecordHeaderBytes + payload.size());
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

bool PackFile::holds(std::uint64_t offset, ByteView bytes) const {
  Bytes found(bytes.size());
  try {
    return read(offset, found) && std::equal(found.begin(), found.end(), bytes.begin());
  } catch (const Error& e) {
    log::error("{}", e.what());
    return false;
  }
}

std::optional<PackRecord> PackFile::read_record_header(std::uint64_t offset) const {
  Bytes head(kRecordHeaderBytes);
  if (!read(offset, head)) return std::nullopt;
  ValueReader reader(head, "pack record");
  if (reader.u32() != kRecordMagic) return std::nullopt;
  const auto length = reader.u32();
  return PackRecord{reader.raw(32), length};
}

PackFiles::PackFiles(std::filesystem::path directory, std::uint64_t reserve_bytes)
    : directory_(std::move(directory)), reserve_(reserve_bytes) {
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
  const auto unpublished = with_suffix(path(number), kUnpublished);
  const int fd = directory_.empty() ? ::memfd_create("lantai-pack", MFD_CLOEXEC)
                                    : ::open(unpublished.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (fd < 0) fail_with_errno(errno, "creating " + name(number));
  auto file = std::make_shared<PackFile>(number, fd, kPackHeaderBytes);
  file->published_ = directory_.empty();
  try {
    file->write_all(0, pack_header(number), {});
  } catch (...) {
    if (!directory_.empty()) ::unlink(unpublished.c_str());
    throw;
  }
  std::lock_guard lock(mutex_);
  remember(file);
  return file;
}

void PackFiles::publish(PackFile& file) const {
  if (file.published_) return;
  rename_file(with_suffix(path(file.number()), kUnpublished), path(file.number()));
  file.published_ = true;
}

void PackFiles::set_aside(std::uint64_t number) const {
  rename_file(path(number), with_suffix(path(number), kSetAside));
}

void PackFiles::remove_unpublished() const {
  if (directory_.empty()) return;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    if (number_in(entry.path()) && entry.path().extension() == kUnpublished) std::filesystem::remove(entry.path());
  }
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

// Under the lock to the end: a reader that opened the file in between would keep its space.
void PackFiles::remove(std::uint64_t number) {
  std::lock_guard lock(mutex_);
  open_.erase(number);
  if (directory_.empty()) return;
  for (const auto& file : {path(number), with_suffix(path(number), kUnpublished)}) {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) fail_with_errno(errno, "removing " + file.string());
  }
}

std::vector<std::uint64_t> PackFiles::list() const {
  std::vector<std::uint64_t> out;
  if (directory_.empty()) return out;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    const auto number = number_in(entry.path());
    if (number && entry.path().extension() == ".pack") out.push_back(*number);
  }
  return out;
}

std::uint64_t PackFiles::highest() const {
  std::uint64_t out = 0;
  if (directory_.empty()) return out;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    out = std::max(out, number_in(entry.path()).value_or(0));
  }
  return out;
}

}  // namespace lantai::storage
