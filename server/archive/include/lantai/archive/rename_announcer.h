// Who learns that a record which others show by name is called otherwise now, or asks something else of whoever wants
// to see it? The index shows the titles and codes of linked records (部门, 全宗, 门类, 案卷) with the record that links
// to them, and who may see what lies in them. A consumer of the change feed: when the title or the code of a record
// changes, it appends a change of kind `rename` for every record that links to it, so that the index takes those up
// again; when its level, closing date, department or place changes, also for all that lies in it, however deep. When
// the day comes on which a closed record opens, it does the same for that record. Writing the new name never waits for
// it. Until the index has followed, what is withdrawn is left out of what it finds, and what is opened not yet found.
// Thread-safe.
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

  // All outlive it. Its thread stops in the destructor.
  static std::unique_ptr<RenameAnnouncer> start(storage::Store& store, const records::RecordEngine& engine,
                                                const Clock& clock);
  virtual ~RenameAnnouncer() = default;
  struct Progress {
    std::uint64_t settled = 0;    // the effects of changes up to here are in the feed
    std::uint64_t announced = 0;  // up to here; whoever has read so far knows them
  };
  virtual Progress progress() const = 0;
  // The change position by which everything that `position` renamed is in the feed; 0 at the deadline.
  virtual std::uint64_t wait_until(std::uint64_t position, std::chrono::steady_clock::time_point deadline) = 0;
};

}  // namespace lantai::archive
