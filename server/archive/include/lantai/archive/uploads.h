// How does a large file come in over a line that breaks? As an upload: announced with its size, sent in pieces at known
// offsets, resumed at the offset the server names, and taken into the blob store when whole. The bytes wait in a file
// of DIR/uploads, what is known of them in KeySpace::uploads. Thread-safe; one upload takes one piece at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "lantai/records/record_engine.h"

namespace lantai::archive {

inline constexpr std::uint64_t kMaxUploadBytes = 16ULL << 30U;

struct Upload {
  std::string id;
  std::string name;  // decoded
  Bytes raw_name;    // as received
  std::uint64_t size = 0;
  std::uint64_t offset = 0;  // bytes that have safely arrived
};

class Uploads {
 public:
  // Makes `directory` if it is not there.
  Uploads(storage::Store& store, std::filesystem::path directory, const Clock& clock);

  // Throws invalid_argument (`upload.too_large`) beyond kMaxUploadBytes.
  Upload begin(const records::Principal& principal, std::string_view name, std::uint64_t size);
  // Only the principal who began it knows of it: not_found for anybody else.
  Upload get(const records::Principal& principal, std::string_view id) const;
  // The offset after these bytes, which are on disk then. Throws conflict (`upload.offset`) when `offset` is not where
  // the upload stands or another piece is just being written, invalid_argument beyond the size announced.
  std::uint64_t append(const records::Principal& principal, std::string_view id, std::uint64_t offset, ByteView bytes);
  // Puts the whole file into the blob store; the upload stays until remove(), so that a failed request can be repeated.
  // Throws failed_precondition (`upload.incomplete`).
  records::NewFile take(const records::Principal& principal, std::string_view id);
  void remove(const records::Principal& principal, std::string_view id);
  // Those untouched for so long; their number.
  std::size_t remove_untouched(std::chrono::seconds age = std::chrono::hours(24));

 private:
  class Busy;
  Upload load(const records::Principal& principal, std::string_view id) const;
  std::filesystem::path file_of(std::string_view id) const;

  storage::Store& store_;
  const std::filesystem::path directory_;
  const Clock& clock_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> busy_;  // ids being written
};

}  // namespace lantai::archive
