#include "lantai/storage/key_codec.h"

#include "lantai/base/error.h"

namespace lantai::storage {
namespace {

[[noreturn]] void bad_key() { throw Error(ErrorCode::data_loss, "a stored key does not have the shape of its space"); }

}  // namespace

KeyWriter& KeyWriter::text(std::string_view value) {
  for (const char c : value) {
    key_.push_back(static_cast<std::uint8_t>(c));
    if (c == '\0') key_.push_back(0xFF);
  }
  key_.push_back(0x00);
  key_.push_back(0x01);
  return *this;
}

KeyWriter& KeyWriter::number(std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) key_.push_back(static_cast<std::uint8_t>(value >> shift));
  return *this;
}

KeyWriter& KeyWriter::raw(ByteView value) {
  key_.insert(key_.end(), value.begin(), value.end());
  return *this;
}

std::string KeyReader::text() {
  std::string out;
  for (std::size_t at = 0; at + 1 < rest_.size(); ++at) {
    if (rest_[at] != 0x00) {
      out += static_cast<char>(rest_[at]);
      continue;
    }
    if (rest_[at + 1] == 0x01) {
      rest_ = rest_.subspan(at + 2);
      return out;
    }
    if (rest_[at + 1] != 0xFF) bad_key();
    out += '\0';
    ++at;
  }
  bad_key();
}

std::uint64_t KeyReader::number() {
  if (rest_.size() < 8) bad_key();
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8U | rest_[i];
  rest_ = rest_.subspan(8);
  return value;
}

Bytes after_prefix(ByteView prefix) {
  Bytes out(prefix.begin(), prefix.end());
  while (!out.empty() && out.back() == 0xFF) out.pop_back();
  if (!out.empty()) ++out.back();
  return out;
}

}  // namespace lantai::storage
