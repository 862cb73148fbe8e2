// The blob store over pack files and the key-value engine. Writers, readers and collection share a BlobFiles.
#pragma once

#include "chunk_pins.h"
#include "committer.h"
#include "lantai/storage/blob_store.h"
#include "pack_files.h"
#include "pack_pool.h"

namespace lantai::storage {

struct BlobFiles {
  BlobFiles(Committer& committer_in, const Clock& clock_in, std::unique_ptr<PackFiles> packs_in)
      : committer(committer_in), clock(clock_in), packs(std::move(packs_in)), pool(*packs) {
    pool.recover(*committer.read_view());
  }

  Committer& committer;
  const Clock& clock;
  std::unique_ptr<PackFiles> packs;
  PackPool pool;
  ChunkPins pins;
};

std::unique_ptr<BlobWriter> make_blob_writer(BlobFiles& files);
std::unique_ptr<BlobReader> make_blob_reader(BlobFiles& files, ByteView digest);  // throws not_found

// Counts of the blob store; the caller fills in the rest.
void add_blob_statistics(BlobFiles& files, StoreStatistics& out);

class PackedBlobStore final : public BlobStore {
 public:
  PackedBlobStore(Committer& committer, const Clock& clock, std::unique_ptr<PackFiles> packs)
      : files_(committer, clock, std::move(packs)) {}

  std::unique_ptr<BlobWriter> create() override { return make_blob_writer(files_); }
  std::unique_ptr<BlobReader> open(ByteView digest) const override { return make_blob_reader(files_, digest); }
  std::optional<BlobInfo> find(ByteView digest) const override;
  CollectionReport collect(std::chrono::seconds grace) override;
  std::vector<BlobDamage> verify(const std::function<void(std::uint64_t)>& progress) const override;
  void add_statistics(StoreStatistics& out) const;

 private:
  mutable BlobFiles files_;
};

}  // namespace lantai::storage
