// Which chunks make a blob, and where are they? The index of the blob store in the key-value engine. Shapes:
// docs/formats/store.md, "Blobs". Values; the functions are thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "lantai/base/bytes.h"
#include "lantai/base/time.h"
#include "lantai/storage/key_value_store.h"

namespace lantai::storage {

struct BlobHeader {
  std::uint64_t size = 0;
  Timestamp created;
  std::vector<std::uint64_t> page_starts;  // offset of the first byte of each page
};

struct ChunkRef {
  Bytes digest;
  std::uint32_t length = 0;
  bool operator==(const ChunkRef&) const = default;
};

using ManifestPage = std::vector<ChunkRef>;

struct ChunkPlace {
  std::uint64_t pack = 0;
  std::uint64_t offset = 0;  // of the payload
  std::uint32_t length = 0;
  std::uint64_t references = 0;  // manifest pages that hold it
};

struct PackState {
  std::uint64_t committed = 0;  // bytes of the file that the index vouches for
  std::uint64_t live = 0;       // payload bytes the index points to
};

Bytes encode_header(const BlobHeader& header);
BlobHeader decode_header(ByteView value);
Bytes encode_page(const ManifestPage& page);
ManifestPage decode_page(ByteView value);
Bytes encode_place(const ChunkPlace& place);
ChunkPlace decode_place(ByteView value);
Bytes encode_pack(const PackState& state);
PackState decode_pack(ByteView value);

// `Reader` is a ReadView or a Transaction.
template <typename Reader>
std::optional<BlobHeader> find_header(Reader& reader, ByteView digest);
template <typename Reader>
std::optional<ManifestPage> find_page(Reader& reader, ByteView digest, std::uint64_t page);
template <typename Reader>
std::optional<ChunkPlace> find_place(Reader& reader, ByteView chunk_digest);
template <typename Reader>
PackState pack_state(Reader& reader, std::uint64_t number);  // zeros when unknown

}  // namespace lantai::storage
