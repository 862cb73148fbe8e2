// Who turns stored files into text? A consumer of the change feed: for every new file version it runs the extractor in
// parallel up to the workers, stores the result, and appends a change of kind `extraction` so that the index takes the
// record up again. Resumes exactly; a file that fails is tried a bounded number of times, then listed for the operator
// and skipped. Taking in documents never waits for it. Thread-safe.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "lantai/archive/text_store.h"
#include "lantai/extract/extractor.h"
#include "lantai/records/record_engine.h"

namespace lantai::archive {

struct PipelineStatus {
  std::uint64_t position = 0;  // every file up to this change has been read or given up
  std::uint64_t waiting = 0;
  std::uint64_t extracted = 0;
  std::uint64_t failed = 0;
};

class ExtractionPipeline {
 public:
  static std::unique_ptr<ExtractionPipeline> start(storage::Store& store, const schema::Schema& schema,
                                                   extract::Extractor& extractor);
  virtual ~ExtractionPipeline() = default;
  // The change position by which the results of everything up to `position` are in the feed; 0 at the deadline.
  virtual std::uint64_t wait_until(std::uint64_t position, std::chrono::steady_clock::time_point deadline) = 0;
  virtual PipelineStatus status() const = 0;
};

}  // namespace lantai::archive
