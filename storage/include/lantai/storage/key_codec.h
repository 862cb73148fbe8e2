// How are typed keys written so that their byte order is their natural order? Text is escaped (00 → 00 FF) and ends in
// 00 01; integers are big-endian. A prefix written by KeyWriter is a prefix of every longer key written the same way.
// Values; thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lantai/base/bytes.h"

namespace lantai::storage {

class KeyWriter {
 public:
  KeyWriter& text(std::string_view value);
  KeyWriter& number(std::uint64_t value);  // 8 bytes
  KeyWriter& raw(ByteView value);          // no terminator: only as the last part
  Bytes take() { return std::move(key_); }

 private:
  Bytes key_;
};

// Reads back what KeyWriter wrote, in the same order; throws data_loss when the key is not of that shape.
class KeyReader {
 public:
  explicit KeyReader(ByteView key) : rest_(key) {}
  std::string text();
  std::uint64_t number();
  ByteView rest() const { return rest_; }

 private:
  ByteView rest_;
};

// The first key that is greater than every key starting with `prefix`; empty when there is none.
Bytes after_prefix(ByteView prefix);

}  // namespace lantai::storage
