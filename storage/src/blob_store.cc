#include "lantai/storage/blob_store.h"

#include "blob_files.h"
#include "blob_keys.h"
#include "digest.h"
#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"

namespace lantai::storage {
namespace {

// Calls `visit(digest, header)` for every blob.
template <typename Visit>
void for_each_blob(const ReadView& view, Visit visit) {
  const Bytes prefix{kHeaderTag};
  ScanRange range{.begin = prefix, .end = after_prefix(prefix), .limit = 1000};
  while (true) {
    const auto page = view.scan(KeySpace::blobs, range);
    for (const auto& [key, value] : page.entries) visit(Bytes(key.begin() + 1, key.end()), decode_header(value));
    if (!page.more) return;
    range.begin = page.entries.back().key;
    range.begin.push_back(0);
  }
}

}  // namespace

BlobInfo BlobStore::put(ByteView bytes) {
  const auto writer = create();
  writer->write(bytes);
  return writer->finish();
}

Bytes BlobStore::get(ByteView digest) const {
  const auto reader = open(digest);
  return reader->read(0, reader->size());
}

std::optional<BlobInfo> PackedBlobStore::find(ByteView digest) const {
  const auto view = files_.committer.read_view();
  const auto header = find_header(std::as_const(*view), digest);
  if (!header) return std::nullopt;
  return BlobInfo{{digest.begin(), digest.end()}, header->size};
}

std::vector<BlobDamage> PackedBlobStore::verify(const std::function<void(std::uint64_t)>& progress) const {
  constexpr std::size_t kStep = 4U << 20U;
  std::vector<BlobDamage> out;
  std::uint64_t done = 0;
  const auto view = files_.committer.read_view();
  for_each_blob(*view, [&](const Bytes& digest, const BlobHeader& header) {
    try {
      Digest whole;
      const auto reader = open(digest);
      for (std::uint64_t at = 0; at < header.size; at += kStep) {
        const auto bytes = reader->read(at, kStep);
        whole.update(bytes);
        done += bytes.size();
        if (progress) progress(done);
      }
      if (whole.finish() != digest) out.push_back({digest, "its chunks do not add up to its digest"});
    } catch (const Error& e) {
      // Removed by collection since the view was taken: not damage.
      if (e.code() != ErrorCode::not_found) out.push_back({digest, e.message()});
    }
  });
  return out;
}

void PackedBlobStore::add_statistics(StoreStatistics& out) const {
  const auto view = files_.committer.read_view();
  for_each_blob(*view, [&](const Bytes&, const BlobHeader& header) { out.blob_bytes += header.size; });
  for (const auto& [number, state] : all_packs(*view)) out.pack_bytes += state.committed;
}

}  // namespace lantai::storage
