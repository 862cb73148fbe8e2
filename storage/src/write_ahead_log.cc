#include "write_ahead_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "lantai/base/error.h"
#include "lantai/base/log.h"

namespace lantai::storage {
namespace {

constexpr std::size_t kBlockBytes = 32'768;
constexpr std::size_t kFragmentHeaderBytes = 7;  // checksum u32, length u16, type u8; little-endian
constexpr std::size_t kBatchHeaderBytes = 12;    // number of the first write u64, writes u32

enum class FragmentType : std::uint8_t { full = 1, first = 2, middle = 3, last = 4 };

struct Fragment {
  FragmentType type;
  ByteView payload;
  bool begins() const { return type == FragmentType::full || type == FragmentType::first; }
  bool ends() const { return type == FragmentType::full || type == FragmentType::last; }
};

std::uint64_t little_endian(ByteView bytes) {
  std::uint64_t out = 0;
  for (auto i = bytes.size(); i-- > 0;) out = out << 8U | bytes[i];
  return out;
}

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> out{};
  for (std::uint32_t i = 0; i < out.size(); ++i) {
    auto value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? value >> 1U ^ 0x82F63B78U : value >> 1U;
    out[i] = value;
  }
  return out;
}

// CRC-32C, stored rotated and with a constant added.
std::uint32_t stored_checksum(ByteView bytes) {
  static constexpr auto kTable = make_crc_table();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const auto byte : bytes) crc = kTable[(crc ^ byte) & 0xFFU] ^ crc >> 8U;
  crc = ~crc;
  return (crc >> 15U | crc << 17U) + 0xA282EAD8U;
}

std::optional<Fragment> fragment_at(ByteView log, std::size_t at) {
  const auto left = std::min(kBlockBytes - at % kBlockBytes, log.size() - std::min(at, log.size()));
  if (left < kFragmentHeaderBytes) return std::nullopt;
  const auto header = log.subspan(at, kFragmentHeaderBytes);
  const auto length = static_cast<std::size_t>(little_endian(header.subspan(4, 2)));
  const auto type = header[6];
  if (type < 1 || type > 4 || kFragmentHeaderBytes + length > left) return std::nullopt;
  if (stored_checksum(log.subspan(at + 6, 1 + length)) != little_endian(header.first(4))) return std::nullopt;
  return Fragment{static_cast<FragmentType>(type), log.subspan(at + kFragmentHeaderBytes, length)};
}

// Behind the last fragment of a block its rest, too short for a header, is filled up.
std::size_t next_position(std::size_t end) {
  const auto left = kBlockBytes - end % kBlockBytes;
  return left < kFragmentHeaderBytes ? end + left : end;
}

// Does a batch begin anywhere from `at` on? Fragments begin at the begin of every block; in the block in which the
// chain broke they may begin anywhere.
bool batch_begins_behind(ByteView log, std::size_t at) {
  const auto rest_of_block = std::min(log.size(), (at / kBlockBytes + 1) * kBlockBytes);
  for (; at < rest_of_block; ++at) {
    if (const auto found = fragment_at(log, at); found && found->begins()) return true;
  }
  for (auto block = rest_of_block; block < log.size(); block += kBlockBytes) {
    for (auto next = block; next < block + kBlockBytes;) {
      const auto found = fragment_at(log, next);
      if (!found) break;
      if (found->begins()) return true;
      next = next_position(next + kFragmentHeaderBytes + found->payload.size());
    }
  }
  return false;
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  Bytes out(std::filesystem::file_size(path));
  in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
  if (!in) throw Error(ErrorCode::data_loss, "cannot read " + path.string());
  return out;
}

// The newest log that holds anything; names are numbers of equal width.
struct Logs {
  std::filesystem::path newest;
  bool in_use = true;  // no empty one was begun after it
};

Logs find_logs(const std::filesystem::path& directory) {
  Logs out;
  std::filesystem::path last;
  std::error_code none;  // no directory yet
  for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
    if (entry.path().extension() != ".log") continue;
    last = std::max(last, entry.path());
    if (entry.file_size() > 0) out.newest = std::max(out.newest, entry.path());
  }
  out.in_use = last == out.newest;
  return out;
}

}  // namespace

LogEnd find_log_end(ByteView log) {
  LogEnd out;
  Bytes head;
  bool within = false;
  std::size_t at = 0;
  while (const auto fragment = fragment_at(log, at)) {
    if (fragment->begins() == within) break;
    if (fragment->begins()) head.clear();
    const auto wanted = std::min(kBatchHeaderBytes - head.size(), fragment->payload.size());
    head.insert(head.end(), fragment->payload.begin(), fragment->payload.begin() + static_cast<std::ptrdiff_t>(wanted));
    const auto end = at + kFragmentHeaderBytes + fragment->payload.size();
    within = !fragment->ends();
    at = next_position(end);
    if (within || head.size() < kBatchHeaderBytes) continue;
    out.bytes = end;
    out.last_number = little_endian(ByteView(head).first(8)) + little_endian(ByteView(head).subspan(8)) - 1;
  }
  out.more = batch_begins_behind(log, at);
  return out;
}

bool check_newest_log(const std::filesystem::path& directory, const std::optional<std::uint64_t>& mark) {
  const auto [path, in_use] = find_logs(directory);
  if (path.empty()) return !mark;
  const auto log = read_file(path);
  const auto end = find_log_end(log);
  if (end.more) {
    throw Error(ErrorCode::data_loss, fmt::format("{} is damaged behind byte {}", path.string(), end.bytes));
  }
  if (in_use && mark && end.last_number && *end.last_number < *mark) {
    throw Error(ErrorCode::data_loss, fmt::format("{} ends at write {} (byte {}), but write {} was acknowledged",
                                                  path.string(), *end.last_number, end.bytes, *mark));
  }
  if (end.bytes < log.size()) {
    log::warning("{}: a batch that was being written is cut off, byte {} of {}", path.string(), end.bytes, log.size());
    std::filesystem::resize_file(path, end.bytes);
  }
  return !mark || end.last_number.value_or(0) >= *mark;
}

std::uintmax_t bytes_in_logs(const std::filesystem::path& directory) {
  std::uintmax_t out = 0;
  std::error_code none;  // no directory yet
  for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
    if (entry.path().extension() == ".log") out += entry.file_size();
  }
  return out;
}

}  // namespace lantai::storage
