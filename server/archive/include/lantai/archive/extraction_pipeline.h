// Who turns stored files into text? A consumer of the change feed: for every new file version it runs the extractor in
// parallel up to the workers, stores the result, and appends a change of kind `extraction` so that the index takes the
// record up again. Taking in documents never waits for it. Thread-safe.
//
// Resumes exactly: the position below which everything is settled is in the same commit as the results, and pages of
// OCR are kept as they come. A worker that crashes on a file is tried again a bounded number of times, as is a file
// that was under way when the server itself fell, unless it gave a page since; then the file is listed for the operator
// (TextStore::failed) and skipped. An orderly stop counts against no file. Tests: tests/archive/pipeline_test.cc.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "lantai/archive/text_store.h"
#include "lantai/extract/extractor.h"
#include "lantai/records/record_engine.h"

namespace lantai::archive {

struct PipelineStatus {
  std::uint64_t position = 0;   // every file up to this change has been read or given up
  std::uint64_t waiting = 0;    // files taken up and not yet settled
  std::uint64_t extracted = 0;  // since the start
  std::uint64_t failed = 0;     // since the start
  std::string last_error;       // why reading stands still: a worker program or sandbox layer that is missing
};

struct PipelineOptions {
  unsigned workers = 2;  // files read at the same time; the extractor's own number of workers. 0: nothing is read
  // Where the characters of a page of OCR stand; called before its text is kept.
  std::function<void(ByteView digest, std::uint32_t page, const extract::PageLayout&)> keep_layout = {};
};

class ExtractionPipeline {
 public:
  // Everything outlives it. Its threads stop in the destructor.
  static std::unique_ptr<ExtractionPipeline> start(storage::Store& store, const records::RecordEngine& engine,
                                                   extract::Extractor& extractor, const TextStore& texts,
                                                   const PipelineOptions& options = {});
  virtual ~ExtractionPipeline() = default;
  // At once, the workers killed: what was read is put down, files under way go on at the next start.
  virtual void stop() = 0;
  // The change position by which the results of everything up to `position` are in the feed; 0 at the deadline.
  virtual std::uint64_t wait_until(std::uint64_t position, std::chrono::steady_clock::time_point deadline) = 0;
  virtual PipelineStatus status() const = 0;
  // Reads the files in TextStore::failed again; their number.
  virtual std::size_t retry_failed() = 0;
};

}  // namespace lantai::archive
