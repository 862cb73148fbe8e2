#include "manifest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <map>
#include <sstream>

#include "lantai/base/error.h"

namespace lantai::index {
namespace {

constexpr const char* kEnd = "end";

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

}  // namespace

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
  for (const auto& segment : manifest.segments) content += "segment " + segment + "\n";
  content += std::string(kEnd) + "\n";
  write_file_atomically(directory / "MANIFEST", content);
}

std::optional<Manifest> read_manifest(const std::filesystem::path& directory) {
  std::ifstream in(directory / "MANIFEST");
  if (!in) return std::nullopt;
  std::string line;
  std::getline(in, line);
  if (line != kIndexFormat) throw Error(ErrorCode::failed_precondition, "unknown index format: " + line);
  Manifest manifest;
  std::map<std::string, std::string> values;
  bool complete = false;
  while (std::getline(in, line)) {
    const std::size_t space = line.find(' ');
    const std::string key = line.substr(0, space);
    const std::string value = space == std::string::npos ? "" : line.substr(space + 1);
    if (key == "feature") throw Error(ErrorCode::failed_precondition, "unknown index feature: " + value);
    if (key == "segment") manifest.segments.push_back(value);
    if (key == kEnd) complete = true;
    values[key] = value;
  }
  if (!complete) throw Error(ErrorCode::data_loss, "index manifest is cut off");
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
