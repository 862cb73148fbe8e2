// Writing: cut into chunks, append those that are new to a pack, sync, and only then let the index know.
#include <map>
#include <span>
#include <string>
#include <unordered_set>

#include "blob_files.h"
#include "blob_keys.h"
#include "block_digests.h"
#include "chunker.h"
#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "lantai/storage/key_codec.h"

namespace lantai::storage {
namespace {

// How many pages without a header there may be.
std::uint64_t pages_begun(Transaction& transaction, ByteView digest) {
  const auto value = transaction.get(KeySpace::blobs, blob_partial_key(digest));
  return value ? KeyReader(*value).number() : 0;
}

class PackedBlobWriter final : public BlobWriter {
 public:
  explicit PackedBlobWriter(BlobFiles& files) : files_(files) {}
  ~PackedBlobWriter() override { let_go(); }
  PackedBlobWriter(const PackedBlobWriter&) = delete;
  PackedBlobWriter& operator=(const PackedBlobWriter&) = delete;

  void write(ByteView bytes) override;
  BlobInfo finish() override;
  std::vector<BlobInfo> store_together(std::span<const ByteView> blobs);

 private:
  static constexpr std::size_t kBufferBytes = 16 * kMaxChunkBytes;

  struct Lease {
    std::shared_ptr<PackFile> pack;
    std::uint64_t committed;
    PackUse use = PackUse::append_again;
  };
  // A chunk that the index places where other bytes, or none, are found.
  struct Replaced {
    Bytes digest;
    ChunkPlace damaged;
  };

  enum class HeaderOutcome { added, found, incomplete };

  void store_buffer(bool at_end);
  void add_chunk(ByteView bytes, const Bytes& digest);
  bool is_stored(ByteView bytes, const Bytes& digest);
  void append(const std::string& key, ByteView digest, ByteView bytes);
  void publish_packs();
  template <typename Body>
  void commit(Body body);
  void replace_damaged();
  void count_in(TransactionBuffer& transaction, std::map<std::uint64_t, std::uint64_t>& added) const;
  bool commit_pages(const BlobInfo& info, const std::vector<ManifestPage>& pages);
  HeaderOutcome put_header(TransactionBuffer& transaction, const BlobInfo& info,
                           const std::vector<ManifestPage>& pages);
  void ensure_page(TransactionBuffer& transaction, ByteView digest, std::uint64_t number, const ManifestPage& page);
  void reference(TransactionBuffer& transaction, ByteView digest, std::map<std::uint64_t, std::uint64_t>& added);
  void let_go() noexcept;

  BlobFiles& files_;
  std::uint64_t size_ = 0;
  Bytes buffer_;
  std::size_t uncut_ = 0;  // bytes at the begin of the buffer that the digest of the whole has seen
  BlockDigests digests_;
  ManifestPage chunks_;
  std::unordered_map<std::string, std::optional<ChunkPlace>> pinned_;  // with its place when this writer appended it
  std::vector<Replaced> replaced_;
  std::vector<Lease> leases_;  // the last one is appended to
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
    files_.pins.pin(digest, [&] { pinned_.emplace(key, std::nullopt); });
    if (!is_stored(bytes, digest)) append(key, digest, bytes);
  }
  chunks_.push_back({digest, static_cast<std::uint32_t>(bytes.size())});
}

// Not by the index alone: the bytes are at hand, so that what is damaged on disk is found out and stored once more.
bool PackedBlobWriter::is_stored(ByteView bytes, const Bytes& digest) {
  std::optional<ChunkPlace> place;
  // Compaction may move the chunk and remove its old pack between the look-up and the opening.
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto view = files_.committer.read_view();
    place = find_place(std::as_const(*view), digest);
    if (!place) return false;
    const auto pack = files_.packs->open(place->pack);
    if (!pack) continue;
    if (pack->holds(place->offset, bytes)) return true;
    break;
  }
  log::error("chunk {} in {} is damaged and stored again", to_hex(digest), files_.packs->name(place->pack));
  replaced_.push_back({digest, *place});
  return false;
}

void PackedBlobWriter::append(const std::string& key, ByteView digest, ByteView bytes) {
  if (leases_.empty() || leases_.back().pack->end() >= kPackTargetBytes) {
    auto pack = files_.pool.acquire();
    const auto committed = pack->end();
    leases_.push_back({std::move(pack), committed});
  }
  auto& pack = *leases_.back().pack;
  const auto offset = pack.append(digest, bytes, files_.packs->keep_free(Room::beyond_reserve));
  pinned_[key] = ChunkPlace{pack.number(), offset, static_cast<std::uint32_t>(bytes.size()), 0};
}

// Everything a commit will name is on disk, under its name.
void PackedBlobWriter::publish_packs() {
  for (auto& lease : leases_) {
    // After a failed sync nobody knows what is on disk: such a pack is never appended to again.
    lease.use = PackUse::append_no_more;
    lease.pack->sync();
    files_.packs->publish(*lease.pack);
    lease.use = PackUse::append_again;
  }
}

// A commit that names what this writer appended.
template <typename Body>
void PackedBlobWriter::commit(Body body) {
  try {
    files_.committer.run(body);
  } catch (const Error& e) {
    for (auto& lease : leases_) {
      if (outcome_unknown(e)) lease.use = PackUse::leave_as_is;
    }
    throw;
  }
  for (auto& lease : leases_) lease.committed = lease.pack->end();
}

// Points to the new place of what was found damaged, unless it has been moved or healed meanwhile.
void PackedBlobWriter::replace_damaged() {
  for (const auto& [digest, damaged] : replaced_) {
    const auto& chunk = digest;
    const auto& from = damaged;
    commit([&](TransactionBuffer& transaction) {
      Transaction& reader = transaction;
      const auto place = find_place(reader, chunk);
      if (!place || place->pack != from.pack || place->offset != from.offset) return;
      auto fresh = *pinned_.at(std::string(as_chars(chunk)));
      fresh.references = place->references;
      auto old = pack_state(reader, from.pack);
      old.live -= std::min<std::uint64_t>(old.live, place->length);
      transaction.put(KeySpace::chunks, pack_key(from.pack), encode_pack(old));
      transaction.put(KeySpace::chunks, chunk_key(chunk), encode_place(fresh));
      std::map<std::uint64_t, std::uint64_t> added{{fresh.pack, fresh.length}};
      count_in(transaction, added);
    });
  }
}

BlobInfo PackedBlobWriter::finish() {
  if (finished_) throw Error(ErrorCode::failed_precondition, "the blob is finished or has failed");
  store_buffer(true);
  const BlobInfo info{digests_.finish(), size_};
  publish_packs();
  replace_damaged();
  std::vector<ManifestPage> pages;
  for (std::size_t at = 0; at < chunks_.size(); at += files_.chunks_per_page) {
    const auto end = std::min(chunks_.size(), at + files_.chunks_per_page);
    pages.emplace_back(chunks_.begin() + static_cast<std::ptrdiff_t>(at),
                       chunks_.begin() + static_cast<std::ptrdiff_t>(end));
  }
  while (!commit_pages(info, pages)) {
    // Collection took a page of the same blob, left by a writer that died, before the header was there: once more.
  }
  let_go();
  return info;
}

// Blobs of one manifest page each, instead of what was written.
std::vector<BlobInfo> PackedBlobWriter::store_together(std::span<const ByteView> blobs) {
  finished_ = true;
  std::vector<BlobInfo> infos;
  std::vector<std::vector<ManifestPage>> manifests;
  for (const auto blob : blobs) {
    chunks_.clear();
    for (auto rest = blob; !rest.empty(); rest = rest.subspan(chunks_.back().length)) {
      const auto chunk = rest.first(first_chunk_length(rest));
      add_chunk(chunk, sha256(chunk));
    }
    infos.push_back({sha256(blob), blob.size()});
    manifests.emplace_back();
    if (!chunks_.empty()) manifests.back().push_back(chunks_);
  }
  publish_packs();
  replace_damaged();
  files_.count.change([&] {
    std::int64_t added = 0;
    commit([&](TransactionBuffer& transaction) {
      added = 0;
      for (std::size_t i = 0; i < infos.size(); ++i) {
        if (put_header(transaction, infos[i], manifests[i]) == HeaderOutcome::added)
          added += static_cast<std::int64_t>(infos[i].size);
      }
    });
    return added;
  });
  let_go();
  return infos;
}

// All pages but the last in commits of their own, since a transaction is bounded; the blob exists once the header does.
bool PackedBlobWriter::commit_pages(const BlobInfo& info, const std::vector<ManifestPage>& pages) {
  for (std::size_t i = 0; i + 1 < pages.size(); ++i) {
    commit([&](TransactionBuffer& transaction) {
      if (transaction.get(KeySpace::blobs, blob_header_key(info.digest))) return;
      const auto marked = std::max<std::uint64_t>(pages.size(), pages_begun(transaction, info.digest));
      transaction.put(KeySpace::blobs, blob_partial_key(info.digest), KeyWriter().number(marked).take());
      ensure_page(transaction, info.digest, i, pages[i]);
    });
  }
  auto header = HeaderOutcome::incomplete;
  files_.count.change([&]() -> std::int64_t {
    commit([&](TransactionBuffer& transaction) { header = put_header(transaction, info, pages); });
    return header == HeaderOutcome::added ? static_cast<std::int64_t>(info.size) : 0;
  });
  return header != HeaderOutcome::incomplete;
}

PackedBlobWriter::HeaderOutcome PackedBlobWriter::put_header(TransactionBuffer& transaction, const BlobInfo& info,
                                                             const std::vector<ManifestPage>& pages) {
  Transaction& reader = transaction;
  if (find_header(reader, info.digest)) {
    transaction.put(KeySpace::blobs, blob_touched_key(info.digest), encode_time(files_.clock.now()));
    return HeaderOutcome::found;
  }
  BlobHeader header{info.size, files_.clock.now(), {}};
  bool complete = true;
  std::uint64_t start = 0;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (i + 1 == pages.size()) ensure_page(transaction, info.digest, i, pages[i]);
    if (find_page(reader, info.digest, i) != pages[i]) complete = false;
    header.page_starts.push_back(start);
    for (const auto& chunk : pages[i]) start += chunk.length;
  }
  if (!complete) return HeaderOutcome::incomplete;
  transaction.put(KeySpace::blobs, blob_header_key(info.digest), encode_header(header));
  const auto begun = pages_begun(transaction, info.digest);
  for (auto i = pages.size(); i < begun; ++i) drop_page(transaction, info.digest, i);
  if (begun != 0) transaction.erase(KeySpace::blobs, blob_partial_key(info.digest));
  return HeaderOutcome::added;
}

void PackedBlobWriter::ensure_page(TransactionBuffer& transaction, ByteView digest, std::uint64_t number,
                                   const ManifestPage& page) {
  Transaction& reader = transaction;
  if (const auto found = find_page(reader, digest, number)) {
    if (*found == page) return;
    drop_page(transaction, digest, number);  // cut otherwise, by a writer that died
  }
  std::map<std::uint64_t, std::uint64_t> added;  // pack → live bytes
  std::unordered_set<std::string> seen;
  for (const auto& chunk : page) {
    if (seen.emplace(as_chars(chunk.digest)).second) reference(transaction, chunk.digest, added);
  }
  count_in(transaction, added);
  transaction.put(KeySpace::blobs, blob_page_key(digest, number), encode_page(page));
}

void PackedBlobWriter::count_in(TransactionBuffer& transaction, std::map<std::uint64_t, std::uint64_t>& added) const {
  Transaction& reader = transaction;
  for (const auto& lease : leases_) {
    auto state = pack_state(reader, lease.pack->number());
    state.committed = std::max(state.committed, lease.pack->end());
    state.live += added[lease.pack->number()];
    transaction.put(KeySpace::chunks, pack_key(lease.pack->number()), encode_pack(state));
  }
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

void PackedBlobWriter::let_go() noexcept {
  for (const auto& lease : leases_) files_.pool.release(lease.pack, lease.committed, lease.use);
  leases_.clear();
  for (const auto& [digest, place] : pinned_) files_.pins.unpin(digest);
  pinned_.clear();
}

}  // namespace

std::unique_ptr<BlobWriter> make_blob_writer(BlobFiles& files) { return std::make_unique<PackedBlobWriter>(files); }

std::vector<BlobInfo> store_together(BlobFiles& files, std::span<const ByteView> blobs) {
  return PackedBlobWriter(files).store_together(blobs);
}

}  // namespace lantai::storage
