#include "lantai/extract/protocol.h"

#include <algorithm>

#include "lantai/base/error.h"

namespace lantai::extract {
namespace {

constexpr std::size_t kMaxNumbers = 16;
constexpr std::size_t kMaxFields = 65'535;

void put(Bytes& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

[[noreturn]] void malformed(const char* what) {
  throw Error(ErrorCode::data_loss, std::string("malformed frame from the extraction worker: ") + what);
}

class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  std::uint64_t take(std::size_t count) {
    if (bytes_.size() - at_ < count) malformed("too short");
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value |= static_cast<std::uint64_t>(bytes_[at_ + i]) << (8 * i);
    at_ += count;
    return value;
  }
  Bytes take_bytes(std::size_t count) {
    if (bytes_.size() - at_ < count) malformed("field longer than its frame");
    Bytes field(bytes_.begin() + static_cast<std::ptrdiff_t>(at_),
                bytes_.begin() + static_cast<std::ptrdiff_t>(at_ + count));
    at_ += count;
    return field;
  }
  bool at_end() const { return at_ == bytes_.size(); }
  std::size_t left() const { return bytes_.size() - at_; }

 private:
  ByteView bytes_;
  std::size_t at_ = 0;
};

bool is_known(std::uint64_t kind) {
  return (kind >= static_cast<std::uint64_t>(FrameKind::extract) &&
          kind <= static_cast<std::uint64_t>(FrameKind::glance)) ||
         (kind >= static_cast<std::uint64_t>(FrameKind::hello) && kind <= static_cast<std::uint64_t>(FrameKind::done));
}

Frame decode(ByteView payload) {
  Reader reader(payload);
  Frame frame;
  const auto kind = reader.take(1);
  if (!is_known(kind)) malformed("unknown kind");
  frame.kind = static_cast<FrameKind>(kind);
  const auto numbers = reader.take(1);
  const auto fields = reader.take(2);
  if (numbers > kMaxNumbers) malformed("too many numbers");
  if (fields * 4 > reader.left()) malformed("more fields than bytes");
  frame.numbers.reserve(numbers);
  for (std::uint64_t i = 0; i < numbers; ++i) frame.numbers.push_back(reader.take(8));
  frame.fields.reserve(fields);
  for (std::uint64_t i = 0; i < fields; ++i) frame.fields.push_back(reader.take_bytes(reader.take(4)));
  if (!reader.at_end()) malformed("bytes after the last field");
  return frame;
}

}  // namespace

std::uint64_t Frame::number(std::size_t index) const {
  if (index >= numbers.size()) malformed("a number is missing");
  return numbers[index];
}

const Bytes& Frame::bytes(std::size_t index) const {
  if (index >= fields.size()) malformed("a field is missing");
  return fields[index];
}

std::string Frame::text(std::size_t index) const { return to_valid_utf8(as_chars(bytes(index))); }

Bytes encode(const Frame& frame) {
  std::size_t size = 4 + frame.numbers.size() * 8;
  for (const auto& field : frame.fields) size += 4 + field.size();
  if (size > kMaxFrameBytes || frame.numbers.size() > kMaxNumbers || frame.fields.size() > kMaxFields)
    throw Error(ErrorCode::invalid_argument, "extraction frame is too large");
  Bytes out;
  out.reserve(size + 4);
  put(out, size, 4);
  put(out, static_cast<std::uint64_t>(frame.kind), 1);
  put(out, frame.numbers.size(), 1);
  put(out, frame.fields.size(), 2);
  for (const auto value : frame.numbers) put(out, value, 8);
  for (const auto& field : frame.fields) {
    put(out, field.size(), 4);
    out.insert(out.end(), field.begin(), field.end());
  }
  return out;
}

void FrameDecoder::add(ByteView bytes) {
  if (begin_ > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

std::optional<Frame> FrameDecoder::next() {
  const ByteView waiting(buffer_.data() + begin_, buffer_.size() - begin_);
  if (waiting.size() < 4) return std::nullopt;
  const auto length = Reader(waiting).take(4);
  if (length > kMaxFrameBytes) malformed("too long");
  if (waiting.size() - 4 < length) return std::nullopt;
  begin_ += 4 + length;
  return decode(waiting.subspan(4, length));
}

Frame to_frame(const Request& request) {
  const auto& limits = request.limits;
  return {request.kind,
          {kProtocolVersion, static_cast<std::uint64_t>(limits.wall_time.count()), limits.memory_bytes,
           limits.output_bytes, limits.expanded_bytes, limits.entries, limits.depth, limits.pages,
           request.ocr ? 1U : 0U, request.page, request.width},
          {to_bytes(request.name), to_bytes(request.target)}};
}

Request to_request(const Frame& frame) {
  if (frame.number(0) != kProtocolVersion) malformed("another protocol version");
  Request request;
  request.kind = frame.kind;
  request.limits.wall_time = std::chrono::milliseconds(frame.number(1));
  request.limits.memory_bytes = frame.number(2);
  request.limits.output_bytes = frame.number(3);
  request.limits.expanded_bytes = frame.number(4);
  request.limits.entries = static_cast<std::uint32_t>(frame.number(5));
  request.limits.depth = static_cast<std::uint32_t>(frame.number(6));
  request.limits.pages = static_cast<std::uint32_t>(frame.number(7));
  request.ocr = frame.number(8) != 0;
  request.page = static_cast<std::uint32_t>(frame.number(9));
  request.width = static_cast<std::uint32_t>(frame.number(10));
  request.name = frame.text(0);
  request.target = frame.text(1);
  return request;
}

}  // namespace lantai::extract
