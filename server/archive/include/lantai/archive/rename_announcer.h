// Who learns that a record which others show by name is called otherwise now? The index shows the titles and codes of
// linked records (部门, 全宗, 门类, 案卷) with the record that links to them. A consumer of the change feed: when the
// title, the code or the level of a record changes, it appends a change of kind `rename` for every record that links to
// it, so that the index takes those up again. Writing the new name never waits for it. Thread-safe.
//
// In batches of kBatch, each one commit. Resumes exactly: the position is in the commit of a renaming's last batch;
// killed before, the renaming is announced again from its beginning, which costs time only. Tests:
// tests/archive/renames_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "lantai/records/record_engine.h"

namespace lantai::archive {

class RenameAnnouncer {
 public:
  static constexpr std::size_t kBatch = 500;

  // Both outlive it. Its thread stops in the destructor.
  static std::unique_ptr<RenameAnnouncer> start(storage::Store& store, const records::RecordEngine& engine);
  virtual ~RenameAnnouncer() = default;
  // The change position by which everything that `position` renamed is in the feed; 0 at the deadline.
  virtual std::uint64_t wait_until(std::uint64_t position, std::chrono::steady_clock::time_point deadline) = 0;
};

}  // namespace lantai::archive
