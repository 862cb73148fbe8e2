#include "blob_keys.h"

#include <fmt/format.h>

#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"
#include "value_codec.h"

namespace lantai::storage {
namespace {

KeyWriter tagged(std::uint8_t tag) {
  KeyWriter key;
  key.raw(ByteView(&tag, 1));
  return key;
}

}  // namespace

void check_digest(ByteView digest) {
  if (digest.size() != 32) {
    throw Error(ErrorCode::invalid_argument, fmt::format("a digest has 32 bytes, not {}", digest.size()));
  }
}

Bytes blob_header_key(ByteView digest) {
  check_digest(digest);
  return tagged(kHeaderTag).raw(digest).take();
}

Bytes blob_page_key(ByteView digest, std::uint64_t page) {
  check_digest(digest);
  return tagged(kPageTag).raw(digest).number(page).take();
}

Bytes blob_touched_key(ByteView digest) {
  check_digest(digest);
  return tagged(kTouchedTag).raw(digest).take();
}

Bytes blob_partial_key(ByteView digest) {
  check_digest(digest);
  return tagged(kPartialTag).raw(digest).take();
}

Bytes unused_key(ByteView chunk_digest) { return tagged(kUnusedTag).raw(chunk_digest).take(); }

Bytes chunk_key(ByteView digest) { return tagged(kChunkTag).raw(digest).take(); }

Bytes pack_key(std::uint64_t number) { return tagged(kPackTag).number(number).take(); }

Bytes blob_owners_prefix(ByteView digest) {
  check_digest(digest);
  return KeyWriter().raw(digest).take();
}

Bytes blob_owner_key(ByteView digest, std::string_view owner) {
  check_digest(digest);
  return KeyWriter().raw(digest).text(owner).take();
}

std::string blob_guard(ByteView digest) { return "blob/" + to_hex(digest); }

Bytes encode_time(Timestamp time) { return ValueWriter().u8(1).u64(static_cast<std::uint64_t>(time.micros)).take(); }

Timestamp decode_time(ByteView value) {
  ValueReader reader(value, "time");
  reader.expect_format(1);
  const Timestamp out{static_cast<std::int64_t>(reader.u64())};
  reader.expect_end();
  return out;
}

}  // namespace lantai::storage
