#include "archive_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "utf8.h"

namespace lantai::extract::worker {

constexpr std::size_t kPiece = 64U << 10U;

struct ArchiveReader::Feed {
  explicit Feed(Source& from) : source(from) {}

  Source& source;
  std::uint64_t at = 0;
  std::array<std::uint8_t, kPiece> in, out;  // filled before they are read
};

namespace {

la_ssize_t on_read(archive*, void* data, const void** buffer) {
  auto& feed = *static_cast<ArchiveReader::Feed*>(data);
  const auto count = feed.source.read_at(feed.at, feed.in.data(), feed.in.size());
  feed.at += count;
  *buffer = feed.in.data();
  return static_cast<la_ssize_t>(count);
}

la_int64_t on_skip(archive*, void* data, la_int64_t count) {
  auto& feed = *static_cast<ArchiveReader::Feed*>(data);
  const auto left = feed.source.size() - std::min(feed.at, feed.source.size());
  const auto skipped = std::min<std::uint64_t>(left, static_cast<std::uint64_t>(std::max<la_int64_t>(count, 0)));
  feed.at += skipped;
  return static_cast<la_int64_t>(skipped);
}

la_int64_t on_seek(archive*, void* data, la_int64_t offset, int whence) {
  auto& feed = *static_cast<ArchiveReader::Feed*>(data);
  const auto base = whence == SEEK_SET ? 0 : (whence == SEEK_CUR ? feed.at : feed.source.size());
  const auto target = static_cast<la_int64_t>(base) + offset;
  if (target < 0 || static_cast<std::uint64_t>(target) > feed.source.size()) return ARCHIVE_FATAL;
  feed.at = static_cast<std::uint64_t>(target);
  return target;
}

void support(archive* a, ArchiveReader::Contents contents) {
  if (contents == ArchiveReader::Contents::package) {
    archive_read_support_format_zip(a);
    return;
  }
  archive_read_support_filter_gzip(a);
  archive_read_support_filter_bzip2(a);
  archive_read_support_filter_xz(a);
  archive_read_support_filter_zstd(a);
  if (contents == ArchiveReader::Contents::compressed_file) {
    archive_read_support_format_raw(a);
    return;
  }
  archive_read_support_format_zip(a);
  archive_read_support_format_tar(a);
  archive_read_support_format_7zip(a);
  archive_read_support_format_rar(a);
  archive_read_support_format_rar5(a);
  archive_read_support_format_iso9660(a);
  archive_read_support_format_cpio(a);
}

bool mentions_password(const char* message) {
  if (message == nullptr) return false;
  const std::string_view text(message);
  return text.find("ncrypt") != std::string_view::npos || text.find("assphrase") != std::string_view::npos ||
         text.find("assword") != std::string_view::npos;
}

}  // namespace

ArchiveReader::ArchiveReader(Source& source, Budget& budget, Contents contents)
    : budget_(budget), feed_(new Feed(source)), archive_(archive_read_new()) {
  if (archive_ == nullptr) throw std::bad_alloc();
  support(archive_, contents);
  archive_read_set_callback_data(archive_, feed_.get());
  archive_read_set_read_callback(archive_, on_read);
  archive_read_set_skip_callback(archive_, on_skip);
  archive_read_set_seek_callback(archive_, on_seek);
  if (archive_read_open1(archive_) != ARCHIVE_OK) {
    const std::string message = archive_error_string(archive_) != nullptr ? archive_error_string(archive_) : "";
    archive_read_free(archive_);
    damaged("not readable as an archive: " + message);
  }
}

ArchiveReader::~ArchiveReader() { archive_read_free(archive_); }

void ArchiveReader::fail() const {
  const char* message = archive_error_string(archive_);
  if (mentions_password(message)) throw Fault("encrypted", "protected by a password");
  throw Fault("damaged", message != nullptr ? message : "unreadable");
}

bool ArchiveReader::next(Entry& entry) {
  archive_entry* header = nullptr;
  const int result = archive_read_next_header(archive_, &header);
  if (result == ARCHIVE_EOF) return false;
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) fail();
  const char* raw = archive_entry_pathname(header);
  entry.raw_name = to_bytes(raw != nullptr ? raw : "");
  if (raw == nullptr)
    if (const char* utf8 = archive_entry_pathname_utf8(header)) entry.raw_name = to_bytes(utf8);
  entry.size_known = archive_entry_size_is_set(header) != 0;
  entry.size = entry.size_known ? static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(header), 0)) : 0;
  entry.regular = archive_entry_filetype(header) == AE_IFREG && archive_entry_hardlink(header) == nullptr;
  entry.encrypted = archive_entry_is_data_encrypted(header) != 0;
  return true;
}

std::size_t ArchiveReader::read(std::uint8_t* out, std::size_t count) {
  const auto got = archive_read_data(archive_, out, count);
  if (got < 0) fail();
  budget_.spend_expanded(static_cast<std::uint64_t>(got));
  return static_cast<std::size_t>(got);
}

Bytes ArchiveReader::read_all(std::uint64_t limit) {
  Bytes bytes;
  while (const auto got = read(feed_->out.data(), feed_->out.size())) {
    if (bytes.size() + got > limit) throw Fault("too_large", "a member does not fit into the memory allowed");
    bytes.insert(bytes.end(), feed_->out.data(), feed_->out.data() + got);
  }
  return bytes;
}

bool ArchiveReader::password_protected() const { return archive_read_has_encrypted_entries(archive_) > 0; }

std::string ArchiveReader::format() const {
  const char* format = archive_format_name(archive_);
  return format != nullptr ? format : "";
}

namespace {

// Turns the order in which what follows is shown, so that `fdp.exe` reads `exe.pdf` (Unicode Standard Annex 9, 2).
bool turns_direction(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

// Without what cannot be seen and misleads.
std::string visible(std::string_view part, bool& unsafe) {
  std::string shown;
  for (std::size_t at = 0; at < part.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(part, at);
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    unsafe = unsafe || control || turns_direction(c);
    if (control) shown += '_';
    if (!control && !turns_direction(c)) shown.append(part.substr(begin, at - begin));
  }
  return shown;
}

}  // namespace

std::string safe_member_path(std::string_view decoded, bool& unsafe) {
  std::string path;
  std::size_t at = 0;
  unsafe = !decoded.empty() && (decoded.front() == '/' || decoded.front() == '\\');
  while (at <= decoded.size()) {
    const auto end = std::min(decoded.find_first_of("/\\", at), decoded.size());
    const auto part = decoded.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == ".." || (path.empty() && part.size() == 2 && part[1] == ':')) {
      unsafe = true;
      continue;
    }
    if (!path.empty()) path += '/';
    path += visible(part, unsafe);
  }
  return path;
}

}  // namespace lantai::extract::worker
