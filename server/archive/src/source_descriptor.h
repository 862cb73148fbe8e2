// How do stored or inline bytes get to a worker, which reads only from a descriptor? As an anonymous file, opened
// read-only: in memory when small, else an unnamed file in the directory for temporary files. Owned; thread-confined.
#pragma once

#include <filesystem>

#include "lantai/base/bytes.h"
#include "lantai/storage/blob_store.h"

namespace lantai::archive {

class SourceDescriptor {
 public:
  static SourceDescriptor of_bytes(ByteView bytes);
  static SourceDescriptor of_blob(const storage::BlobStore& blobs, ByteView digest);  // throws not_found, data_loss
  // A file of the machine. Throws not_found, permission_denied, invalid_argument when it is not a regular file.
  static SourceDescriptor of_file(const std::filesystem::path& path);

  SourceDescriptor(SourceDescriptor&& other) noexcept;
  SourceDescriptor& operator=(SourceDescriptor&& other) noexcept;
  ~SourceDescriptor();
  int get() const { return descriptor_; }
  std::uint64_t size() const;
  // Reads at most `count` bytes from `offset`; empty at the end. Throws unavailable on an I/O error.
  Bytes read(std::uint64_t offset, std::size_t count) const;

 private:
  explicit SourceDescriptor(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace lantai::archive
