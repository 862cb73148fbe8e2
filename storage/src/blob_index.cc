#include "blob_index.h"

#include "blob_keys.h"
#include "lantai/storage/transaction.h"
#include "value_codec.h"

namespace lantai::storage {
namespace {

constexpr std::uint8_t kBlobFormat = 1;

template <typename Reader, typename Decode>
auto find(Reader& reader, KeySpace space, const Bytes& key, Decode decode) {
  const auto value = reader.get(space, key);
  return value ? std::optional(decode(*value)) : std::nullopt;
}

}  // namespace

Bytes encode_header(const BlobHeader& header) {
  ValueWriter out;
  out.u8(kBlobFormat).u64(header.size).u64(static_cast<std::uint64_t>(header.created.micros));
  out.u32(static_cast<std::uint32_t>(header.page_starts.size()));
  for (const auto start : header.page_starts) out.u64(start);
  return out.take();
}

BlobHeader decode_header(ByteView value) {
  ValueReader reader(value, "blob header");
  reader.expect_format(kBlobFormat);
  BlobHeader out;
  out.size = reader.u64();
  out.created = {static_cast<std::int64_t>(reader.u64())};
  for (auto count = reader.u32(); count > 0; --count) out.page_starts.push_back(reader.u64());
  reader.expect_end();
  return out;
}

Bytes encode_page(const ManifestPage& page) {
  ValueWriter out;
  out.u8(kBlobFormat).u32(static_cast<std::uint32_t>(page.size()));
  for (const auto& chunk : page) out.raw(chunk.digest).u32(chunk.length);
  return out.take();
}

ManifestPage decode_page(ByteView value) {
  ValueReader reader(value, "manifest page");
  reader.expect_format(kBlobFormat);
  ManifestPage out;
  for (auto count = reader.u32(); count > 0; --count) {
    auto digest = reader.raw(32);
    out.push_back({std::move(digest), reader.u32()});
  }
  reader.expect_end();
  return out;
}

Bytes encode_place(const ChunkPlace& place) {
  return ValueWriter().u8(kBlobFormat).u64(place.pack).u64(place.offset).u32(place.length).u64(place.references).take();
}

ChunkPlace decode_place(ByteView value) {
  ValueReader reader(value, "chunk place");
  reader.expect_format(kBlobFormat);
  ChunkPlace out;
  out.pack = reader.u64();
  out.offset = reader.u64();
  out.length = reader.u32();
  out.references = reader.u64();
  reader.expect_end();
  return out;
}

Bytes encode_pack(const PackState& state) {
  return ValueWriter().u8(kBlobFormat).u64(state.committed).u64(state.live).take();
}

PackState decode_pack(ByteView value) {
  ValueReader reader(value, "pack state");
  reader.expect_format(kBlobFormat);
  PackState out;
  out.committed = reader.u64();
  out.live = reader.u64();
  reader.expect_end();
  return out;
}

template <typename Reader>
std::optional<BlobHeader> find_header(Reader& reader, ByteView digest) {
  return find(reader, KeySpace::blobs, blob_header_key(digest), decode_header);
}

template <typename Reader>
std::optional<ManifestPage> find_page(Reader& reader, ByteView digest, std::uint64_t page) {
  return find(reader, KeySpace::blobs, blob_page_key(digest, page), decode_page);
}

template <typename Reader>
std::optional<ChunkPlace> find_place(Reader& reader, ByteView chunk_digest) {
  return find(reader, KeySpace::chunks, chunk_key(chunk_digest), decode_place);
}

template <typename Reader>
PackState pack_state(Reader& reader, std::uint64_t number) {
  return find(reader, KeySpace::chunks, pack_key(number), decode_pack).value_or(PackState{});
}

template std::optional<BlobHeader> find_header(Transaction&, ByteView);
template std::optional<BlobHeader> find_header(const ReadView&, ByteView);
template std::optional<ManifestPage> find_page(Transaction&, ByteView, std::uint64_t);
template std::optional<ManifestPage> find_page(const ReadView&, ByteView, std::uint64_t);
template std::optional<ChunkPlace> find_place(Transaction&, ByteView);
template std::optional<ChunkPlace> find_place(const ReadView&, ByteView);
template PackState pack_state(Transaction&, std::uint64_t);
template PackState pack_state(const ReadView&, std::uint64_t);

}  // namespace lantai::storage
