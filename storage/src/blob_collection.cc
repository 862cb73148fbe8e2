// Collection: blobs that nobody has owned for the grace time, then chunks that no blob holds, then packs that are
// mostly empty. Each step is a commit of its own and leaves a store that is whole, so it may stop anywhere.
#include <string>
#include <unordered_set>

#include "blob_files.h"
#include "blob_keys.h"
#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "pack_compaction.h"

namespace lantai::storage {
namespace {

// Chunks forgotten in one commit, while no writer can pin any.
constexpr std::size_t kSweepStep = 500;

class Collection {
 public:
  Collection(BlobFiles& files, std::chrono::seconds grace)
      : files_(files), unused_since_{files.clock.now().micros - std::chrono::microseconds(grace).count()} {}

  CollectionReport run() {
    for_each_tagged(files_.committer, KeySpace::blobs, kHeaderTag,
                    [&](const Entry& entry) { consider(digest_of(entry)); });
    for_each_tagged(files_.committer, KeySpace::blobs, kPartialTag,
                    [&](const Entry& entry) { drop_partial(digest_of(entry), KeyReader(entry.value).number()); });
    sweep();
    report_.bytes_freed = compact_packs(files_);
    return report_;
  }

 private:
  static Bytes digest_of(const Entry& entry) { return {entry.key.begin() + 1, entry.key.end()}; }

  static bool has_owner(Transaction& transaction, const Bytes& digest) {
    const auto prefix = blob_owners_prefix(digest);
    return !transaction.scan(KeySpace::blob_owners, {prefix, after_prefix(prefix), 1, false}).entries.empty();
  }

  // Cheap first, from a view: most blobs are owned.
  void consider(const Bytes& digest) {
    const auto prefix = blob_owners_prefix(digest);
    const auto view = files_.committer.read_view();
    if (!view->scan(KeySpace::blob_owners, {prefix, after_prefix(prefix), 1, false}).entries.empty()) return;
    std::optional<std::uint64_t> removed;
    files_.count.change([&] {
      run_freeing(files_.committer, [&](TransactionBuffer& transaction) { removed = remove(transaction, digest); });
      return -static_cast<std::int64_t>(removed.value_or(0));
    });
    report_.blobs_removed += removed ? 1 : 0;
  }

  // The size of the blob, when it was removed.
  std::optional<std::uint64_t> remove(TransactionBuffer& transaction, const Bytes& digest) const {
    Transaction& reader = transaction;
    transaction.guard(blob_guard(digest));
    const auto header = find_header(reader, digest);
    if (!header || has_owner(transaction, digest)) return std::nullopt;
    const auto touched = transaction.get(KeySpace::blobs, blob_touched_key(digest));
    if ((touched ? decode_time(*touched) : header->created) > unused_since_) return std::nullopt;
    transaction.erase(KeySpace::blobs, blob_header_key(digest));
    if (touched) transaction.erase(KeySpace::blobs, blob_touched_key(digest));
    const auto pages = header->page_starts.size();
    if (pages == 1) {
      drop_page(transaction, digest, 0);
    } else if (pages > 1) {
      transaction.put(KeySpace::blobs, blob_partial_key(digest), KeyWriter().number(pages).take());
    }
    return header->size;
  }

  // Pages of a blob without a header: one commit a page. A writer that is just writing the same blob notices and starts
  // its pages again.
  void drop_partial(const Bytes& digest, std::uint64_t pages) {
    for (std::uint64_t i = 0; i < pages; ++i) {
      run_freeing(files_.committer, [&](TransactionBuffer& transaction) {
        if (!transaction.get(KeySpace::blobs, blob_header_key(digest))) drop_page(transaction, digest, i);
      });
    }
    run_freeing(files_.committer, [&](TransactionBuffer& transaction) {
      bool empty = true;
      for (std::uint64_t i = 0; i < pages; ++i) {
        if (transaction.get(KeySpace::blobs, blob_page_key(digest, i))) empty = false;
      }
      if (empty) transaction.erase(KeySpace::blobs, blob_partial_key(digest));
    });
  }

  void sweep() {
    std::vector<Bytes> unused;
    const auto forget = [&] {
      files_.pins.while_nobody_pins([&](const auto& pinned) {
        std::erase_if(unused, pinned);
        run_freeing(files_.committer, [&](TransactionBuffer& transaction) { forget_chunks(transaction, unused); });
      });
      unused.clear();
    };
    for_each_tagged(files_.committer, KeySpace::chunks, kUnusedTag, [&](const Entry& entry) {
      unused.push_back(digest_of(entry));
      if (unused.size() == kSweepStep) forget();
    });
    if (!unused.empty()) forget();
  }

  static void forget_chunks(TransactionBuffer& transaction, const std::vector<Bytes>& unused) {
    Transaction& reader = transaction;
    for (const auto& digest : unused) {
      const auto place = find_place(reader, digest);
      transaction.erase(KeySpace::chunks, unused_key(digest));
      if (!place || place->references != 0) continue;
      auto pack = pack_state(reader, place->pack);
      pack.live -= std::min<std::uint64_t>(pack.live, place->length);
      transaction.put(KeySpace::chunks, pack_key(place->pack), encode_pack(pack));
      transaction.erase(KeySpace::chunks, chunk_key(digest));
    }
  }

  BlobFiles& files_;
  const Timestamp unused_since_;
  CollectionReport report_;
};

}  // namespace

void drop_page(TransactionBuffer& transaction, ByteView digest, std::uint64_t number) {
  Transaction& reader = transaction;
  const auto page = find_page(reader, digest, number);
  if (!page) return;
  std::unordered_set<std::string> seen;
  for (const auto& chunk : *page) {
    if (!seen.emplace(as_chars(chunk.digest)).second) continue;
    auto place = find_place(reader, chunk.digest);
    if (!place || place->references == 0) continue;
    if (--place->references == 0) transaction.put(KeySpace::chunks, unused_key(chunk.digest), {});
    transaction.put(KeySpace::chunks, chunk_key(chunk.digest), encode_place(*place));
  }
  transaction.erase(KeySpace::blobs, blob_page_key(digest, number));
}

CollectionReport PackedBlobStore::collect(std::chrono::seconds grace) {
  std::lock_guard lock(files_.collecting);
  return Collection(files_, grace).run();
}

}  // namespace lantai::storage
