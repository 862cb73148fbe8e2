#include "commit_mark.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "lantai/base/log.h"
#include "lantai/storage/blob_store.h"

namespace lantai::storage {
namespace {

// The number, 20 digits; a space; the first 8 hex digits of its SHA-256; a line feed.
std::string line_of(std::uint64_t number) {
  const auto digits = fmt::format("{:020}", number);
  return fmt::format("{} {}\n", digits, to_hex(sha256(as_bytes(digits))).substr(0, 8));
}

}  // namespace

CommitMark::~CommitMark() {
  if (open_ && ::fdatasync(open_->get()) != 0) log::warning("{} could not be synced", file_.string());
}

std::optional<std::uint64_t> CommitMark::load() const {
  std::ifstream in(file_);
  if (!in) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + std::min<std::size_t>(20, text.size()), number);
  if (text == line_of(number)) return number;
  log::warning("{} cannot be made out and is not used", file_.string());
  return std::nullopt;
}

void CommitMark::save(std::uint64_t number) noexcept {
  try {
    const auto line = line_of(number);
    const bool first = !open_;
    if (first) open_.emplace(::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640));
    const bool written = ::pwrite(open_->get(), line.data(), line.size(), 0) == static_cast<ssize_t>(line.size()) &&
                         (!first || ::fdatasync(open_->get()) == 0);
    if (!written && !failed_) log::warning("{} could not be written", file_.string());
    failed_ = !written;
    if (failed_) open_.reset();
  } catch (const std::exception& e) {
    log::warning("writing {}: {}", file_.string(), e.what());
  }
}

}  // namespace lantai::storage
