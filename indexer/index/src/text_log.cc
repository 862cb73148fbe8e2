#include "lantai/index/text_log.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "encoding.h"

namespace lantai::index {
namespace {

[[noreturn]] void fail(const std::string& what) { throw system_error("index text log: " + what, errno); }

// Each word goes in by steps that can be undone, so a change within eight bytes never goes unnoticed; any other has a
// chance of 1 in 2^64.
std::uint64_t checksum_of(std::string_view bytes) {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15ULL;
  std::uint64_t sum = bytes.size();
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
    sum = (sum ^ word) * kFactor;
    sum ^= sum >> 32U;
  }
  return sum;
}

}  // namespace

std::string encode_streams(const std::vector<TextStream>& streams) {
  std::string out;
  for (const auto& stream : streams) {
    put_text(stream.field, out);
    put_number((static_cast<std::uint64_t>(stream.file) << 1U) | (stream.code ? 1U : 0U), out);
    put_number(stream.pages.size(), out);
    for (const auto& page : stream.pages) {
      put_number(page.page, out);
      put_number(page.offset, out);
    }
    put_text(stream.text, out);
  }
  return out;
}

bool StreamReader::next(TextStream& stream) {
  if (rest_.empty()) return false;
  stream.field = get_text(rest_);
  const std::uint64_t file_and_code = get_number(rest_);
  stream.file = static_cast<std::uint32_t>(file_and_code >> 1U);
  stream.code = (file_and_code & 1U) != 0;
  stream.pages.clear();
  for (std::uint64_t count = get_number(rest_); count > 0; --count) {
    const auto page = static_cast<std::uint32_t>(get_number(rest_));
    const auto offset = static_cast<std::uint32_t>(get_number(rest_));
    if (with_pages_) stream.pages.push_back({page, offset});
  }
  stream.text = get_text(rest_);
  return true;
}

TextLog::TextLog(const std::filesystem::path& file, std::uint64_t committed) : size_(committed) {
  file_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) fail("cannot open");
  struct stat status {};
  if (::fstat(file_, &status) != 0) fail("cannot stat");
  if (static_cast<std::uint64_t>(status.st_size) < committed) {
    ::close(file_);
    throw Error(ErrorCode::data_loss, "index text log is shorter than what was committed");
  }
  if (::ftruncate(file_, static_cast<off_t>(committed)) != 0) fail("cannot truncate");
  void* map = ::mmap(nullptr, kMaxBytes, PROT_READ, MAP_SHARED | MAP_NORESERVE, file_, 0);
  if (map == MAP_FAILED) fail("cannot map");
  base_ = static_cast<const char*>(map);
}

TextLog::~TextLog() {
  if (base_ != nullptr) ::munmap(const_cast<char*>(base_), kMaxBytes);
  if (file_ >= 0) ::close(file_);
}

std::string_view TextLog::read_unchecked(Place place) const {
  return {base_ + place.offset + sizeof(std::uint64_t), place.size - sizeof(std::uint64_t)};
}

// What follows, the processor fetches by itself.
void TextLog::expect(Place place) const {
  constexpr std::uint32_t kLine = 64, kLines = 4;
  for (std::uint32_t at = 0; at < std::min(place.size, kLine * kLines); at += kLine)
    __builtin_prefetch(base_ + place.offset + at);
}

std::optional<std::string_view> TextLog::read(Place place) const {
  if (place.size < sizeof(std::uint64_t)) return std::nullopt;
  std::uint64_t sum = 0;
  std::memcpy(&sum, base_ + place.offset, sizeof sum);
  const auto bytes = read_unchecked(place);
  return checksum_of(bytes) == sum ? std::optional(bytes) : std::nullopt;
}

TextLog::Place TextLog::append(std::string_view streams) {
  const std::uint64_t sum = checksum_of(streams);
  std::string bytes(reinterpret_cast<const char*>(&sum), sizeof sum);
  bytes += streams;
  const std::uint64_t offset = size_;
  if (offset + bytes.size() > kMaxBytes) throw Error(ErrorCode::resource_exhausted, "index text log is full");
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written =
        ::pwrite(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write");
    done += static_cast<std::size_t>(written);
  }
  size_ = offset + bytes.size();
  return {offset, static_cast<std::uint32_t>(bytes.size())};
}

void TextLog::sync() {
  if (::fdatasync(file_) != 0) fail("cannot sync");
}

}  // namespace lantai::index
