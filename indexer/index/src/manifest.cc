#include "manifest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <map>
#include <sstream>

#include "lantai/base/bytes.h"
#include "lantai/base/error.h"
#include "lantai/storage/blob_store.h"
#include "lantai/storage/digest.h"

namespace lantai::index {
namespace {

constexpr const char* kEnd = "end";
constexpr std::size_t kPiece = 1U << 20U;

[[noreturn]] void fail(const std::filesystem::path& file) { throw system_error("index file " + file.string(), errno); }

std::uint64_t number(const std::map<std::string, std::string>& values, const std::string& key) {
  const auto found = values.find(key);
  std::uint64_t value = 0;
  if (found == values.end() ||
      std::from_chars(found->second.data(), found->second.data() + found->second.size(), value).ec != std::errc{}) {
    throw Error(ErrorCode::data_loss, "index manifest: no number for " + key);
  }
  return value;
}

std::string digest_of_text(std::string_view text) { return to_hex(storage::sha256(as_bytes(text))); }

SegmentName segment_of(const std::string& value) {
  const std::size_t space = value.find(' ');
  const std::string name = value.substr(0, space);
  const bool numbered = name.size() > 1 && name[0] == 's' && name.size() < 20 &&
                        std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!numbered || space == std::string::npos) throw Error(ErrorCode::data_loss, "index manifest: " + value);
  return {name, value.substr(space + 1)};
}

// A piece at a time: a large segment takes no room in memory.
Bytes digest_of_file(const std::filesystem::path& file) {
  const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0) fail(file);
  storage::Digest digest;
  Bytes piece(kPiece);
  ssize_t size = 0;
  while ((size = ::read(handle, piece.data(), piece.size())) != 0) {
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) break;
    digest.update(ByteView(piece).first(static_cast<std::size_t>(size)));
  }
  const int error = errno;
  ::close(handle);
  errno = error;
  if (size < 0) fail(file);
  return digest.finish();
}

}  // namespace

std::string digest_of(const std::filesystem::path& directory) {
  std::map<std::string, std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    files[entry.path().filename()] = entry.path();
  }
  if (error) throw Error(ErrorCode::data_loss, "index segment " + directory.string() + ": " + error.message());
  std::string all;
  for (const auto& [name, path] : files) {
    all += fmt::format("{} {}\n", name, to_hex(digest_of_file(path)));
  }
  return digest_of_text(all);
}

std::string encode_state(const IndexState& state) {
  return fmt::format(
      "uuid {}\nepoch {}\nposition {}\nanalyser {}\nschema {}\ncolumn_bytes {}\ntext_bytes {}\nnext_doc {}\n",
      state.store.uuid, state.store.epoch, state.position, state.analyser, state.schema, state.column_bytes,
      state.text_bytes, state.next_doc);
}

void sync_directory(const std::filesystem::path& directory) {
  const int handle = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) fail(directory);
  const int result = ::fsync(handle);
  ::close(handle);
  if (result != 0) fail(directory);
}

void write_file_atomically(const std::filesystem::path& file, const std::string& content) {
  const std::filesystem::path fresh = file.string() + ".new";
  const int handle = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (handle < 0) fail(fresh);
  const bool written =
      ::write(handle, content.data(), content.size()) == static_cast<ssize_t>(content.size()) && ::fsync(handle) == 0;
  ::close(handle);
  if (!written) fail(fresh);
  std::filesystem::rename(fresh, file);
  sync_directory(file.parent_path());
}

void write_manifest(const std::filesystem::path& directory, const Manifest& manifest) {
  std::string content = fmt::format("{}\n{}", kIndexFormat, encode_state(manifest.state));
  for (const auto& [name, digest] : manifest.segments) content += fmt::format("segment {} {}\n", name, digest);
  content += fmt::format("{} {}\n", kEnd, digest_of_text(content));
  write_file_atomically(directory / "MANIFEST", content);
}

std::optional<Manifest> read_manifest(const std::filesystem::path& directory) {
  std::ifstream in(directory / "MANIFEST");
  if (!in && !std::filesystem::exists(directory / "MANIFEST")) return std::nullopt;
  if (!in) throw Error(ErrorCode::unavailable, "index manifest cannot be read");
  std::string line;
  std::getline(in, line);
  if (line != kIndexFormat) throw Error(ErrorCode::failed_precondition, "unknown index format: " + line);
  Manifest manifest;
  std::map<std::string, std::string> values;
  bool complete = false;
  std::string read = line + "\n";
  while (std::getline(in, line)) {
    const std::size_t space = line.find(' ');
    const std::string key = line.substr(0, space);
    const std::string value = space == std::string::npos ? "" : line.substr(space + 1);
    if (key == "feature") throw Error(ErrorCode::failed_precondition, "unknown index feature: " + value);
    if (key == "segment") manifest.segments.push_back(segment_of(value));
    if (key == kEnd) complete = value == digest_of_text(read);
    read += line + "\n";
    values[key] = value;
  }
  if (!complete) throw Error(ErrorCode::data_loss, "index manifest is cut off or damaged");
  IndexState& state = manifest.state;
  state.store = {values["uuid"], number(values, "epoch")};
  state.position = number(values, "position");
  state.analyser = values["analyser"];
  state.schema = values["schema"];
  state.column_bytes = number(values, "column_bytes");
  state.text_bytes = number(values, "text_bytes");
  state.next_doc = number(values, "next_doc");
  return manifest;
}

}  // namespace lantai::index
