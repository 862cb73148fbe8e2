#include "outlook.h"

#include <cstdlib>

#include "outlook_message.h"
#include "timestamp.h"
#include "utf8.h"

namespace lantai::extract::worker {
namespace {

constexpr std::size_t kMaxText = 32U << 20U;
constexpr std::size_t kMaxBytes = 512U << 20U;
constexpr std::size_t kMaxProperties = 1U << 20U;

std::uint64_t number(ByteView bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
  return value;
}

}  // namespace

std::string OutlookItem::text(const char* property) const {
  const std::string name = std::string("__substg1.0_") + property;
  if (const auto wide = file_.stream(inside(name + "001F"), kMaxText))
    return trim(charsets_.decode_as(*wide, Encoding::utf16le).text);
  for (const char* type : {"001E", "0102"}) {
    const auto narrow = file_.stream(inside(name + type), kMaxText);
    if (!narrow) continue;
    const auto decoded = charsets_.decode(*narrow);
    return decoded ? trim(decoded->text) : std::string();
  }
  return {};
}

std::optional<Bytes> OutlookItem::bytes(const char* property) const {
  return file_.stream(inside(std::string("__substg1.0_") + property + "0102"), kMaxBytes);
}

// Entries of 16 bytes (tag, flags, value) behind a header whose size depends on where the item lies ([MS-OXMSG] 2.4.1).
std::string OutlookItem::time(const char* property) const {
  constexpr std::size_t kEntry = 16;
  constexpr unsigned kTime = 0x0040;
  const auto properties = file_.stream(inside("__properties_version1.0"), kMaxProperties);
  if (!properties) return {};
  const auto tag = std::strtoul(property, nullptr, 16) << 16U | kTime;
  for (std::size_t at = path_.empty() ? 32 : 24; at + kEntry <= properties->size(); at += kEntry)
    if (number(*properties, at, 4) == tag) return rfc3339(unix_time(number(*properties, at + 8, 8)));
  return {};
}

std::vector<std::string> OutlookItem::attachments() const {
  std::vector<std::string> found;
  for (const auto& name : file_.names(path_))
    if (name.compare(0, 9, "__attach_") == 0) found.push_back(inside(name));
  return found;
}

std::optional<std::string> OutlookItem::attached_message() const {
  auto storage = inside("__substg1.0_3701000D");
  if (!file_.holds(storage + "/__properties_version1.0")) return std::nullopt;
  return storage;
}

}  // namespace lantai::extract::worker
