#include "zip_directory.h"

#include <algorithm>

namespace lantai::extract::worker {
namespace {

constexpr std::size_t kEndSize = 22, kMaxComment = 65'535, kMaxDirectory = 64U << 20U;

std::uint32_t little(const Bytes& bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= static_cast<std::uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}

constexpr std::uint32_t kCentral = 0x02014B50, kLocal = 0x04034B50, kEnd = 0x06054B50;

bool add_member(const Bytes& bytes, std::size_t at, bool local, std::vector<ZipMember>& out) {
  const std::size_t fixed = local ? 30 : 46;
  if (at + fixed > bytes.size()) return false;
  const auto name_size = little(bytes, at + (local ? 26 : 28), 2);
  if (at + fixed + name_size > bytes.size()) return false;
  const auto flags = little(bytes, at + (local ? 6 : 8), 2);
  const auto name = bytes.begin() + static_cast<std::ptrdiff_t>(at + fixed);
  out.push_back({Bytes(name, name + name_size), little(bytes, at + (local ? 22 : 24), 4), (flags & 1U) != 0,
                 (flags & 0x800U) != 0});
  return true;
}

void read_central(const Bytes& records, std::size_t max_members, std::vector<ZipMember>& out) {
  std::size_t at = 0;
  while (out.size() < max_members && at + 46 <= records.size() && little(records, at, 4) == kCentral) {
    if (!add_member(records, at, false, out)) return;
    at += 46 + little(records, at + 28, 2) + little(records, at + 30, 2) + little(records, at + 32, 2);
  }
}

// Local headers cannot be followed when lengths come after the data, so they are searched for.
void scan_local(const Bytes& head, std::size_t max_members, std::vector<ZipMember>& out) {
  for (std::size_t at = 0; at + 30 <= head.size() && out.size() < max_members; ++at)
    if (head[at] == 'P' && little(head, at, 4) == kLocal) add_member(head, at, true, out);
}

}  // namespace

ZipDirectory read_zip_directory(Source& source, std::size_t max_members) {
  ZipDirectory directory;
  const auto tail_size = static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), kEndSize + kMaxComment));
  Bytes tail(tail_size);
  tail.resize(source.read_at(source.size() - tail_size, tail.data(), tail.size()));
  for (std::size_t at = tail.size() < kEndSize ? 0 : tail.size() - kEndSize + 1; at-- > 0;) {
    if (little(tail, at, 4) != kEnd) continue;
    const std::uint64_t size = little(tail, at + 12, 4);
    const std::uint64_t end = source.size() - tail.size() + at;
    directory.whole = true;
    if (size > kMaxDirectory || size > end) break;
    Bytes records(static_cast<std::size_t>(size));
    records.resize(source.read_at(end - size, records.data(), records.size()));
    read_central(records, max_members, directory.members);
    break;
  }
  if (directory.members.empty()) {
    const auto head = source.head();
    scan_local(Bytes(head.begin(), head.end()), max_members, directory.members);
  }
  return directory;
}

}  // namespace lantai::extract::worker
