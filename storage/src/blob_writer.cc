// Writing: cut into chunks, append those that are new to a pack, sync, and only then let the index know.
#include <map>

#include "blob_files.h"
#include "blob_keys.h"
#include "block_digests.h"
#include "chunker.h"
#include "lantai/base/error.h"
#include "lantai/storage/key_codec.h"

namespace lantai::storage {
namespace {

class PackedBlobWriter final : public BlobWriter {
 public:
  explicit PackedBlobWriter(BlobFiles& files) : files_(files) {}
  ~PackedBlobWriter() override { let_go(); }
  PackedBlobWriter(const PackedBlobWriter&) = delete;
  PackedBlobWriter& operator=(const PackedBlobWriter&) = delete;

  void write(ByteView bytes) override;
  BlobInfo finish() override;

 private:
  static constexpr std::size_t kBufferBytes = 16 * kMaxChunkBytes;

  struct Lease {
    std::shared_ptr<PackFile> pack;
    std::uint64_t committed;
    bool reusable = true;
  };

  void store_buffer(bool at_end);
  void add_chunk(ByteView bytes, const Bytes& digest);
  void append(const std::string& key, ByteView digest, ByteView bytes);
  void sync_packs();
  bool commit_pages(const BlobInfo& info, const std::vector<ManifestPage>& pages);
  void ensure_page(TransactionBuffer& transaction, ByteView digest, std::uint64_t number, const ManifestPage& page);
  void reference(TransactionBuffer& transaction, ByteView digest, std::map<std::uint64_t, std::uint64_t>& added);
  void note_committed();
  void let_go() noexcept;

  BlobFiles& files_;
  std::uint64_t size_ = 0;
  Bytes buffer_;
  std::size_t uncut_ = 0;  // bytes at the begin of the buffer that the digest of the whole has seen
  BlockDigests digests_;
  ManifestPage chunks_;
  std::unordered_map<std::string, std::optional<ChunkPlace>> pinned_;  // with its place when this writer appended it
  std::vector<Lease> leases_;                                          // the last one is appended to
  bool finished_ = false;
};

void PackedBlobWriter::write(ByteView bytes) {
  if (finished_) throw Error(ErrorCode::failed_precondition, "the blob is finished or has failed");
  while (!bytes.empty()) {
    if (buffer_.size() == kBufferBytes) store_buffer(false);
    const auto part = bytes.first(std::min(bytes.size(), kBufferBytes - buffer_.size()));
    buffer_.insert(buffer_.end(), part.begin(), part.end());
    size_ += part.size();
    bytes = bytes.subspan(part.size());
  }
}

void PackedBlobWriter::store_buffer(bool at_end) {
  finished_ = true;  // unless everything below succeeds
  const ByteView buffer(buffer_);
  digests_.add(buffer.subspan(uncut_));
  std::vector<ByteView> chunks;
  auto rest = buffer;
  while (at_end ? !rest.empty() : rest.size() >= kMaxChunkBytes) {
    chunks.push_back(rest.first(first_chunk_length(rest)));
    rest = rest.subspan(chunks.back().size());
  }
  digests_.add_chunks(chunks);
  for (std::size_t i = 0; i < chunks.size(); ++i) add_chunk(chunks[i], digests_.digest_of(i));
  digests_.wait();
  uncut_ = rest.size();
  buffer_.erase(buffer_.begin(), buffer_.end() - static_cast<std::ptrdiff_t>(uncut_));
  finished_ = at_end;
}

void PackedBlobWriter::add_chunk(ByteView bytes, const Bytes& digest) {
  std::string key(as_chars(digest));
  if (!pinned_.contains(key)) {
    const bool known = files_.pins.pin(digest, [&] {
      pinned_.emplace(key, std::nullopt);
      const auto view = files_.committer.read_view();
      return find_place(std::as_const(*view), digest).has_value();
    });
    if (!known) append(key, digest, bytes);
  }
  chunks_.push_back({digest, static_cast<std::uint32_t>(bytes.size())});
}

void PackedBlobWriter::append(const std::string& key, ByteView digest, ByteView bytes) {
  if (leases_.empty() || leases_.back().pack->end() >= kPackTargetBytes) {
    auto pack = files_.pool.acquire();
    const auto committed = pack->end();
    leases_.push_back({std::move(pack), committed});
  }
  auto& pack = *leases_.back().pack;
  const auto offset = pack.append(digest, bytes);
  pinned_[key] = ChunkPlace{pack.number(), offset, static_cast<std::uint32_t>(bytes.size()), 0};
}

void PackedBlobWriter::sync_packs() {
  for (auto& lease : leases_) {
    // After a failed sync nobody knows what is on disk: such a pack is never appended to again.
    lease.reusable = false;
    lease.pack->sync();
    lease.reusable = true;
  }
}

BlobInfo PackedBlobWriter::finish() {
  if (finished_) throw Error(ErrorCode::failed_precondition, "the blob is finished or has failed");
  store_buffer(true);
  const BlobInfo info{digests_.finish(), size_};
  sync_packs();
  std::vector<ManifestPage> pages;
  for (std::size_t at = 0; at < chunks_.size(); at += kChunksPerPage) {
    const auto end = std::min(chunks_.size(), at + kChunksPerPage);
    pages.emplace_back(chunks_.begin() + static_cast<std::ptrdiff_t>(at),
                       chunks_.begin() + static_cast<std::ptrdiff_t>(end));
  }
  while (!commit_pages(info, pages)) {
    // Collection took a page of the same blob, left by a writer that died, before the header was there: once more.
  }
  let_go();
  return info;
}

// All pages but the last in commits of their own, since a transaction is bounded; the blob exists once the header does.
bool PackedBlobWriter::commit_pages(const BlobInfo& info, const std::vector<ManifestPage>& pages) {
  for (std::size_t i = 0; i + 1 < pages.size(); ++i) {
    files_.committer.run([&](TransactionBuffer& transaction) {
      if (transaction.get(KeySpace::blobs, blob_header_key(info.digest))) return;
      transaction.put(KeySpace::blobs, blob_partial_key(info.digest), KeyWriter().number(pages.size()).take());
      ensure_page(transaction, info.digest, i, pages[i]);
    });
    note_committed();
  }
  bool complete = false;
  files_.committer.run([&](TransactionBuffer& transaction) {
    complete = true;
    Transaction& reader = transaction;
    if (find_header(reader, info.digest)) {
      transaction.put(KeySpace::blobs, blob_touched_key(info.digest), encode_time(files_.clock.now()));
      return;
    }
    BlobHeader header{info.size, files_.clock.now(), {}};
    std::uint64_t start = 0;
    for (std::size_t i = 0; i < pages.size(); ++i) {
      if (i + 1 == pages.size()) ensure_page(transaction, info.digest, i, pages[i]);
      if (!reader.get(KeySpace::blobs, blob_page_key(info.digest, i))) complete = false;
      header.page_starts.push_back(start);
      for (const auto& chunk : pages[i]) start += chunk.length;
    }
    if (!complete) return;
    transaction.put(KeySpace::blobs, blob_header_key(info.digest), encode_header(header));
    if (pages.size() > 1) transaction.erase(KeySpace::blobs, blob_partial_key(info.digest));
  });
  note_committed();
  return complete;
}

void PackedBlobWriter::ensure_page(TransactionBuffer& transaction, ByteView digest, std::uint64_t number,
                                   const ManifestPage& page) {
  const auto key = blob_page_key(digest, number);
  if (transaction.get(KeySpace::blobs, key)) return;
  std::map<std::uint64_t, std::uint64_t> added;  // pack → live bytes
  KeySet seen;
  for (const auto& chunk : page) {
    if (seen.emplace(as_chars(chunk.digest)).second) reference(transaction, chunk.digest, added);
  }
  Transaction& reader = transaction;
  for (const auto& lease : leases_) {
    auto state = pack_state(reader, lease.pack->number());
    state.committed = std::max(state.committed, lease.pack->end());
    state.live += added[lease.pack->number()];
    transaction.put(KeySpace::chunks, pack_key(lease.pack->number()), encode_pack(state));
  }
  transaction.put(KeySpace::blobs, key, encode_page(page));
}

void PackedBlobWriter::reference(TransactionBuffer& transaction, ByteView digest,
                                 std::map<std::uint64_t, std::uint64_t>& added) {
  Transaction& reader = transaction;
  auto place = find_place(reader, digest);
  if (!place) {
    place = pinned_.at(std::string(as_chars(digest)));
    if (!place) throw Error(ErrorCode::internal, "chunk " + to_hex(digest) + " vanished while a blob relied on it");
    added[place->pack] += place->length;
  }
  if (place->references++ == 0) transaction.erase(KeySpace::chunks, unused_key(digest));
  transaction.put(KeySpace::chunks, chunk_key(digest), encode_place(*place));
}

void PackedBlobWriter::note_committed() {
  for (auto& lease : leases_) lease.committed = lease.pack->end();
}

void PackedBlobWriter::let_go() noexcept {
  for (const auto& lease : leases_) files_.pool.release(lease.pack, lease.committed, lease.reusable);
  leases_.clear();
  for (const auto& [digest, place] : pinned_) files_.pins.unpin(digest);
  pinned_.clear();
}

}  // namespace

std::unique_ptr<BlobWriter> make_blob_writer(BlobFiles& files) { return std::make_unique<PackedBlobWriter>(files); }

}  // namespace lantai::storage
