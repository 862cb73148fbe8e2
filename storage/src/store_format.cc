#include "store_format.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>

#include "lantai/base/error.h"

namespace lantai::storage {
namespace {

constexpr std::string_view kFormatLine = "lantai-store 1";
constexpr std::array<std::string_view, 2> kFeatures{"packs-1", "audit-1"};

int open_for_sync(const std::filesystem::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0640);
  if (fd < 0) fail_with_errno(errno, "opening " + path.string());
  return fd;
}

[[noreturn]] void refuse(const std::filesystem::path& file, std::string_view line) {
  throw Error(
      ErrorCode::failed_precondition,
      fmt::format("{} says \"{}\", which this version does not know: a newer one is needed", file.string(), line),
      "storage.unknown_format", {{"what", std::string(line)}});
}

}  // namespace

FormatState read_format(const std::filesystem::path& directory) {
  const auto file = directory / "FORMAT";
  std::ifstream in(file);
  if (!in) return FormatState::absent;
  std::string line;
  std::getline(in, line);
  if (line != kFormatLine) refuse(file, line);
  while (std::getline(in, line)) {
    const bool known = line.starts_with("feature ") && std::ranges::find(kFeatures, line.substr(8)) != kFeatures.end();
    if (!known) refuse(file, line);
  }
  return FormatState::known;
}

void write_format(const std::filesystem::path& directory) {
  std::string text = fmt::format("{}\n", kFormatLine);
  for (const auto feature : kFeatures) text += fmt::format("feature {}\n", feature);
  const auto fresh = directory / "FORMAT.new";
  {
    const Descriptor fd(open_for_sync(fresh, O_WRONLY | O_CREAT | O_TRUNC));
    if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) || ::fsync(fd.get()) != 0) {
      fail_with_errno(errno, "writing " + fresh.string());
    }
  }
  std::error_code error;
  std::filesystem::rename(fresh, directory / "FORMAT", error);
  if (error) fail_with_errno(error.value(), "renaming " + fresh.string());
  const Descriptor fd(open_for_sync(directory, O_RDONLY | O_DIRECTORY));
  if (::fsync(fd.get()) != 0) fail_with_errno(errno, "syncing " + directory.string());
}

StoreLock::StoreLock(const std::filesystem::path& directory)
    : fd_(open_for_sync(directory / "LOCK", O_RDWR | O_CREAT)) {
  if (::flock(fd_.get(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK) {
    throw Error(ErrorCode::unavailable, fmt::format("the store {} is open in another process", directory.string()),
                "storage.in_use");
  }
  fail_with_errno(errno, "locking " + directory.string());
}

}  // namespace lantai::storage
