// Where do the bytes of files live? Under the SHA-256 of the whole, cut into content-defined chunks that versions
// share, in append-only pack files beside the key-value engine, so that they are written once. Every read is verified:
// wrong bytes are never returned. A blob is visible only when wholly written and synced; it is kept while it has owners
// (Transaction::add_blob_owner) and collected `grace` after it lost, or never got, the last. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lantai/base/bytes.h"

namespace lantai::storage {

struct BlobInfo {
  Bytes digest;  // SHA-256, 32 bytes
  std::uint64_t size = 0;
};

// Write once, front to back. Thread-confined. Destroyed without finish(): leaves nothing visible.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  virtual void write(ByteView bytes) = 0;
  // Durable and readable on return. Throws resource_exhausted when the disk is full.
  virtual BlobInfo finish() = 0;
};

// Thread-confined. Memory: a few chunks, whatever the blob's size.
class BlobReader {
 public:
  virtual ~BlobReader() = default;
  virtual std::uint64_t size() const = 0;
  // Up to `count` bytes from `offset`; empty at the end. Throws data_loss naming blob and chunk when bytes are damaged.
  virtual Bytes read(std::uint64_t offset, std::size_t count) = 0;
};

struct CollectionReport {
  std::uint64_t blobs_removed = 0;
  std::uint64_t bytes_freed = 0;
};

struct BlobDamage {
  Bytes digest;
  std::string reason;
};

class BlobStore {
 public:
  static constexpr std::size_t kSmallBlobs = 256;
  static constexpr std::size_t kSmallBlobBytes = 64U << 10U;

  virtual ~BlobStore() = default;
  virtual std::unique_ptr<BlobWriter> create() = 0;
  virtual std::unique_ptr<BlobReader> open(ByteView digest) const = 0;  // throws not_found
  virtual std::optional<BlobInfo> find(ByteView digest) const = 0;
  // Who keeps the blob: what Transaction::add_blob_owner was given, in order. O(owners).
  virtual std::vector<std::string> owners(ByteView digest) const = 0;
  virtual CollectionReport collect(std::chrono::seconds grace) = 0;
  // Reads everything; `progress` gets bytes done so far.
  virtual std::vector<BlobDamage> verify(const std::function<void(std::uint64_t)>& progress = {}) const = 0;

  // Up to kSmallBlobs of up to kSmallBlobBytes each, with one sync and one commit: all are there, or none. Throws
  // invalid_argument beyond these limits.
  virtual std::vector<BlobInfo> put_small(std::span<const ByteView> blobs) = 0;

  BlobInfo put(ByteView bytes);      // convenience for small blobs
  Bytes get(ByteView digest) const;  // whole blob in memory
};

// SHA-256 of bytes in memory, 32 bytes.
Bytes sha256(ByteView bytes);

}  // namespace lantai::storage
