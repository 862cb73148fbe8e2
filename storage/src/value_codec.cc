#include "value_codec.h"

#include <fmt/format.h>

#include "lantai/base/error.h"

namespace lantai::storage {

ValueWriter& ValueWriter::u8(std::uint8_t value) {
  out_.push_back(value);
  return *this;
}

ValueWriter& ValueWriter::u32(std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out_.push_back(static_cast<std::uint8_t>(value >> shift));
  return *this;
}

ValueWriter& ValueWriter::u64(std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out_.push_back(static_cast<std::uint8_t>(value >> shift));
  return *this;
}

ValueWriter& ValueWriter::text(std::string_view value) {
  u32(static_cast<std::uint32_t>(value.size()));
  return raw(as_bytes(value));
}

ValueWriter& ValueWriter::raw(ByteView value) {
  out_.insert(out_.end(), value.begin(), value.end());
  return *this;
}

void ValueReader::damaged() const {
  throw Error(ErrorCode::data_loss, fmt::format("a stored {} does not have its documented form", what_));
}

ByteView ValueReader::take(std::size_t count) {
  if (rest_.size() < count) damaged();
  const auto out = rest_.first(count);
  rest_ = rest_.subspan(count);
  return out;
}

void ValueReader::expect_format(std::uint8_t format) {
  if (u8() != format) damaged();
}

std::uint8_t ValueReader::u8() { return take(1)[0]; }

std::uint32_t ValueReader::u32() {
  std::uint32_t value = 0;
  for (const auto b : take(4)) value = value << 8U | b;
  return value;
}

std::uint64_t ValueReader::u64() {
  std::uint64_t value = 0;
  for (const auto b : take(8)) value = value << 8U | b;
  return value;
}

std::string ValueReader::text() { return std::string(as_chars(take(u32()))); }

Bytes ValueReader::raw(std::size_t count) {
  const auto bytes = take(count);
  return {bytes.begin(), bytes.end()};
}

void ValueReader::expect_end() const {
  if (!rest_.empty()) damaged();
}

}  // namespace lantai::storage
