#include "lantai/storage/blob_store.h"

#include "blob_files.h"
#include "blob_keys.h"
#include "lantai/base/error.h"
#include "lantai/storage/digest.h"
#include "lantai/storage/key_codec.h"

namespace lantai::storage {
namespace {

std::int64_t total_bytes(const ReadView& view) {
  const Bytes prefix{kHeaderTag};
  ScanRange range{.begin = prefix, .end = after_prefix(prefix), .limit = 1000};
  std::int64_t out = 0;
  for (bool more = true; more;) {
    const auto page = view.scan(KeySpace::blobs, range);
    for (const auto& entry : page.entries) out += static_cast<std::int64_t>(decode_header(entry.value).size);
    more = page.more;
    if (more) (range.begin = page.entries.back().key).push_back(0);
  }
  return out;
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

std::vector<BlobInfo> PackedBlobStore::put_small(std::span<const ByteView> blobs) {
  const auto large = [](ByteView blob) { return blob.size() > kSmallBlobBytes; };
  if (blobs.size() > kSmallBlobs || std::any_of(blobs.begin(), blobs.end(), large))
    throw Error(ErrorCode::invalid_argument, "too many or too large blobs to be stored together");
  return store_together(files_, blobs);
}

std::optional<BlobInfo> PackedBlobStore::find(ByteView digest) const {
  const auto view = files_.committer.read_view();
  const auto header = find_header(std::as_const(*view), digest);
  if (!header) return std::nullopt;
  return BlobInfo{{digest.begin(), digest.end()}, header->size};
}

std::vector<std::string> PackedBlobStore::owners(ByteView digest) const {
  const auto prefix = blob_owners_prefix(digest);
  const auto view = files_.committer.read_view();
  ScanRange range{prefix, after_prefix(prefix), 1000, false};
  std::vector<std::string> out;
  for (bool more = true; more;) {
    const auto page = view->scan(KeySpace::blob_owners, range);
    for (const auto& entry : page.entries) out.push_back(KeyReader(ByteView(entry.key).subspan(prefix.size())).text());
    more = page.more && !page.entries.empty();
    if (more) (range.begin = page.entries.back().key).push_back(0);
  }
  return out;
}

std::vector<BlobDamage> PackedBlobStore::verify(const std::function<void(std::uint64_t)>& progress) const {
  constexpr std::size_t kStep = 4U << 20U;
  std::vector<BlobDamage> out;
  std::uint64_t done = 0;
  for_each_tagged(files_.committer, KeySpace::blobs, kHeaderTag, [&](const Entry& entry) {
    const Bytes digest(entry.key.begin() + 1, entry.key.end());
    try {
      const auto header = decode_header(entry.value);
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
  out.blob_bytes = files_.count.bytes([&] { return files_.committer.read_view(); }, total_bytes);
  for (const auto& [number, state] : all_packs(*files_.committer.read_view())) out.pack_bytes += state.committed;
}

}  // namespace lantai::storage
