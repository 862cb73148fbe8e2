// How does storage write its own values? A format byte first, then fields in a fixed order: integers big-endian, text
// and bytes behind a 32-bit length (docs/formats/store.md). A reader that meets anything else throws data_loss.
#pragma once

#include <string>
#include <string_view>

#include "lantai/base/bytes.h"

namespace lantai::storage {

class ValueWriter {
 public:
  ValueWriter& u8(std::uint8_t value);
  ValueWriter& u32(std::uint32_t value);
  ValueWriter& u64(std::uint64_t value);
  ValueWriter& text(std::string_view value);
  ValueWriter& raw(ByteView value);  // without a length
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

class ValueReader {
 public:
  // `what` names the kind of value in the error; it must outlive the reader.
  ValueReader(ByteView value, std::string_view what) : rest_(value), what_(what) {}
  void expect_format(std::uint8_t format);
  std::uint8_t u8();
  std::uint32_t u32();
  std::uint64_t u64();
  std::string text();
  Bytes raw(std::size_t count);
  std::size_t remaining() const { return rest_.size(); }
  void expect_end() const;

 private:
  ByteView take(std::size_t count);
  [[noreturn]] void damaged() const;

  ByteView rest_;
  std::string_view what_;
};

}  // namespace lantai::storage
