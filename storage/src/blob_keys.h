// Under which keys does the blob index live? Spaces `blobs`, `chunks` and `blob_owners` (docs/formats/store.md).
#pragma once

#include <string>
#include <string_view>

#include "lantai/base/bytes.h"
#include "lantai/base/time.h"

namespace lantai::storage {

// blobs: one tag byte, then the digest (32 bytes).
inline constexpr std::uint8_t kHeaderTag = 'h';
inline constexpr std::uint8_t kPageTag = 'p';
inline constexpr std::uint8_t kTouchedTag = 't';
inline constexpr std::uint8_t kPartialTag = 'u';  // has pages without a header: being written, or being removed
// chunks: one tag byte, then the chunk digest or the pack number.
inline constexpr std::uint8_t kChunkTag = 'c';
inline constexpr std::uint8_t kPackTag = 'k';
inline constexpr std::uint8_t kUnusedTag = 'z';  // chunk digest: no page holds it

void check_digest(ByteView digest);  // throws invalid_argument
Bytes blob_header_key(ByteView digest);
Bytes blob_page_key(ByteView digest, std::uint64_t page);
Bytes blob_touched_key(ByteView digest);
Bytes blob_partial_key(ByteView digest);
Bytes chunk_key(ByteView digest);
Bytes unused_key(ByteView chunk_digest);
Bytes pack_key(std::uint64_t number);
Bytes blob_owners_prefix(ByteView digest);
Bytes blob_owner_key(ByteView digest, std::string_view owner);
// The guard that keeps collection and new owners apart.
std::string blob_guard(ByteView digest);

Bytes encode_time(Timestamp time);
Timestamp decode_time(ByteView value);

}  // namespace lantai::storage
