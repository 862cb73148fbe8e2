#include "cbor_map.h"

#include <bit>
#include <cstdint>
#include <limits>

#include "lantai/base/error.h"

namespace lantai::records {
namespace {

using schema::Json;

// RFC 8949, 3.1 and 3.3.
enum Major : unsigned { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };
enum Simple : unsigned { kFalse = 20, kTrue = 21, kNull = 22, kFloat = 26, kDouble = 27 };

class CborReader {
 public:
  CborReader(ByteView bytes, std::string_view what) : rest_(bytes), what_(what) {}

  CborMembers members() {
    const Head map = head();
    if (map.major != kMap) damaged();
    depth_ = 1;
    CborMembers out;
    out.reserve(count_of(map));
    for (std::uint64_t i = 0; i < map.number; ++i) {
      auto name = text(head());
      out.emplace_back(std::move(name), value());
    }
    if (!rest_.empty()) damaged();
    return out;
  }

 private:
  struct Head {
    unsigned major = 0, low = 0;
    std::uint64_t number = 0;
  };

  [[noreturn]] void damaged() const {
    throw Error(ErrorCode::data_loss, "a stored " + std::string(what_) + " is not a readable CBOR map");
  }

  ByteView take(std::uint64_t size) {
    if (size > rest_.size()) damaged();
    const auto taken = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  Head head() {
    const unsigned first = take(1)[0];
    Head out{first >> 5U, first & 31U, first & 31U};
    if (out.low < 24) return out;
    if (out.low > 27) damaged();
    out.number = 0;
    for (const auto byte : take(std::uint64_t{1} << (out.low - 24))) out.number = out.number << 8U | byte;
    return out;
  }

  // Of what follows, each of which takes a byte at least.
  std::size_t count_of(const Head& head) const {
    if (head.number > rest_.size()) damaged();
    return static_cast<std::size_t>(head.number);
  }

  std::string text(const Head& head) {
    if (head.major != kText) damaged();
    const auto chars = as_chars(take(head.number));
    if (!is_valid_utf8(chars)) damaged();
    return std::string(chars);
  }

  Json value() {
    const Head of = head();
    switch (of.major) {
      case kUnsigned:
        return of.number;
      case kNegative:
        if (of.number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) damaged();
        return -1 - static_cast<std::int64_t>(of.number);
      case kBytes: {
        const auto bytes = take(of.number);
        return Json::binary({bytes.begin(), bytes.end()});
      }
      case kText:
        return text(of);
      case kArray:
        return array(of);
      case kMap:
        return object(of);
      case kSimple:
        return simple(of);
      default:
        damaged();
    }
  }

  Json simple(const Head& of) const {
    switch (of.low) {
      case kFalse:
        return false;
      case kTrue:
        return true;
      case kNull:
        return nullptr;
      case kFloat:
        return std::bit_cast<float>(static_cast<std::uint32_t>(of.number));
      case kDouble:
        return std::bit_cast<double>(of.number);
      default:
        damaged();
    }
  }

  void enter() {
    if (depth_++ >= kMaxCborDepth) damaged();
  }

  Json array(const Head& of) {
    enter();
    Json out = Json::array();
    auto& elements = out.get_ref<Json::array_t&>();
    elements.reserve(count_of(of));
    for (std::uint64_t i = 0; i < of.number; ++i) elements.push_back(value());
    --depth_;
    return out;
  }

  Json object(const Head& of) {
    enter();
    Json out = Json::object();
    auto& members = out.get_ref<Json::object_t&>();
    for (std::uint64_t i = 0; i < of.number; ++i) {
      auto name = text(head());
      members.insert_or_assign(members.end(), std::move(name), value());
    }
    --depth_;
    return out;
  }

  ByteView rest_;
  const std::string_view what_;
  std::size_t depth_ = 0;
};

}  // namespace

CborMembers read_cbor_map(ByteView bytes, std::string_view what) { return CborReader(bytes, what).members(); }

}  // namespace lantai::records
