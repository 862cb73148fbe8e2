// The blob store over pack files and the key-value engine. Writers, readers and collection share a BlobFiles.
#pragma once

#include "blob_count.h"
#include "chunk_pins.h"
#include "committer.h"
#include "lantai/storage/blob_store.h"
#include "lantai/storage/key_codec.h"
#include "pack_files.h"
#include "pack_pool.h"

namespace lantai::storage {

// Calls `visit` for every entry of the space whose key starts with this tag, a page at a time, each page from a new
// view so that nothing is held back for long. What is written meanwhile may or may not be met.
template <typename Visit>
void for_each_tagged(const Committer& committer, KeySpace space, std::uint8_t tag, Visit visit) {
  const Bytes prefix{tag};
  ScanRange range{.begin = prefix, .end = after_prefix(prefix), .limit = 1000};
  while (true) {
    const auto page = committer.read_view()->scan(space, range);
    for (const auto& entry : page.entries) visit(entry);
    if (!page.more) return;
    range.begin = page.entries.back().key;
    range.begin.push_back(0);
  }
}

// For collection: may use the reserve, since it frees space.
template <typename Body>
void run_freeing(Committer& committer, Body body) {
  committer.run([&](TransactionBuffer& transaction) {
    transaction.use_reserve();
    body(transaction);
  });
}

struct BlobFiles {
  BlobFiles(Committer& committer_in, const Clock& clock_in, std::unique_ptr<PackFiles> packs_in, std::size_t per_page)
      : committer(committer_in), clock(clock_in), packs(std::move(packs_in)), pool(*packs), chunks_per_page(per_page) {
    pool.recover(*committer.read_view());
  }

  Committer& committer;
  const Clock& clock;
  std::unique_ptr<PackFiles> packs;
  PackPool pool;
  const std::size_t chunks_per_page;
  ChunkPins pins;
  BlobCount count;
  std::mutex collecting;  // one collection at a time
};

// Takes a manifest page away, if it is there: what only it held is marked as unused.
void drop_page(TransactionBuffer& transaction, ByteView digest, std::uint64_t number);
std::unique_ptr<BlobWriter> make_blob_writer(BlobFiles& files);
std::vector<BlobInfo> store_together(BlobFiles& files, std::span<const ByteView> blobs);
std::unique_ptr<BlobReader> make_blob_reader(BlobFiles& files, ByteView digest);  // throws not_found

class PackedBlobStore final : public BlobStore {
 public:
  PackedBlobStore(Committer& committer, const Clock& clock, std::unique_ptr<PackFiles> packs, std::size_t per_page)
      : files_(committer, clock, std::move(packs), per_page) {}

  std::unique_ptr<BlobWriter> create() override { return make_blob_writer(files_); }
  std::vector<BlobInfo> put_small(std::span<const ByteView> blobs) override;
  std::unique_ptr<BlobReader> open(ByteView digest) const override { return make_blob_reader(files_, digest); }
  std::optional<BlobInfo> find(ByteView digest) const override;
  std::vector<std::string> owners(ByteView digest) const override;
  CollectionReport collect(std::chrono::seconds grace) override;
  std::vector<BlobDamage> verify(const std::function<void(std::uint64_t)>& progress) const override;
  void add_statistics(StoreStatistics& out) const;

 private:
  mutable BlobFiles files_;
};

}  // namespace lantai::storage
