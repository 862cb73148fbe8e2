// Who keeps the index up with the store? One thread that follows the change feed, fetches each changed record from the
// DocumentSource and writes it; what has settled is committed by a manifest with (uuid, epoch, position, analyser
// version, schema hash), so that it resumes exactly wherever it was killed. A changed analyser, schema or store
// identity builds a new generation beside the old one and switches atomically. The index is derived: deleting its
// directory only costs time.
//
// Thread-safe. A change is visible to searches no later than wait_until(its position) returns.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "lantai/index/document.h"
#include "lantai/storage/store.h"

namespace lantai::index {

struct IndexerOptions {
  std::filesystem::path directory;
  // Documents settle on disk when so many wait. More take more memory, fewer make more segments to merge.
  std::size_t settle_documents = 5'000;
  std::chrono::milliseconds quiet{5'000};  // when nothing came for so long, segments are merged until few are left
  // Waits until the source has the texts of all changes up to a position, or the deadline; up to where it has them
  // then. Where much comes in, documents are taken up once, with their texts. None: nothing is waited for.
  std::function<std::uint64_t(std::uint64_t position, std::chrono::steady_clock::time_point deadline)> texts_until = {};
};

struct IndexerStatus {
  std::uint64_t position = 0;       // everything up to here is visible
  std::uint64_t feed_position = 0;  // where the store is
  std::uint64_t documents = 0;
  std::size_t segments = 0;  // that a search goes through
  bool at_rest = false;      // everything is on disk, in as few of them as it will be
  bool rebuilding = false;
  std::uint64_t disk_bytes = 0;
  std::string last_error;    // why the index stands still; empty once it goes on
  std::string last_problem;  // of one record or file of the index, since the start: left out, or mended
};

class Searchable;  // what lantai::search reads: see searchable.h

class Indexer {
 public:
  // Starts the thread. `store` and `source` outlive it.
  static std::unique_ptr<Indexer> open(storage::Store& store, const DocumentSource& source,
                                       const IndexerOptions& options);
  virtual ~Indexer() = default;  // finishes the transaction under way

  // False at the deadline.
  virtual bool wait_until(std::uint64_t position, std::chrono::steady_clock::time_point deadline) = 0;
  virtual IndexerStatus status() const = 0;
  virtual void rebuild() = 0;  // in the background; searches go on
  virtual Searchable& searchable() = 0;
};

}  // namespace lantai::index
