// Do the decoders of what the store keeps survive any bytes? They return a value or throw data_loss, and what they
// return is written as it was read. The first byte chooses the decoder.
#include <cstdint>
#include <cstdlib>

#include "blob_index.h"
#include "commit_log.h"
#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"

namespace {

using namespace lantai;
using namespace lantai::storage;

void require(bool holds) {
  if (!holds) std::abort();
}

void same(ByteView input, const Bytes& output) { require(Bytes(input.begin(), input.end()) == output); }

void read_key(ByteView bytes) {
  KeyReader reader(bytes);
  const auto text = reader.text();
  const auto number = reader.number();
  same(bytes, KeyWriter().text(text).number(number).raw(reader.rest()).take());
}

void decode(std::uint8_t kind, ByteView bytes) {
  switch (kind % 8) {
    case 0:
      return same(bytes, encode_change(decode_change(1, bytes)));
    case 1:
      return same(bytes, encode_audit(decode_audit(1, bytes)));
    case 2:
      return same(bytes, encode_effect(decode_effect(1, bytes)));
    case 3:
      return same(bytes, encode_header(decode_header(bytes)));
    case 4:
      return same(bytes, encode_page(decode_page(bytes)));
    case 5:
      return same(bytes, encode_place(decode_place(bytes)));
    case 6:
      return same(bytes, encode_pack(decode_pack(bytes)));
    default:
      return read_key(bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  try {
    decode(data[0], ByteView(data + 1, size - 1));
  } catch (const Error& e) {
    require(e.code() == ErrorCode::data_loss);
  }
  return 0;
}
