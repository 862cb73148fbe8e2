// How does an import run that somebody sent over HTTP? As a job: its files are staged one by one in DIR/imports, then
// it is submitted, runs behind the request, and answers at any time how far it is and what became of each file. Jobs
// run one after the other; one that was running when the server fell is taken up again at the next start, without
// duplicates. What is known of a job is in KeySpace::imports; its staged files go when it is over. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/archive/import_service.h"

namespace lantai::archive {

enum class ImportJobState { open, waiting, running, done, failed, cancelled };  // open: still being staged
std::string_view name(ImportJobState state);

struct ImportJob {
  std::string id;
  ImportJobState state = ImportJobState::open;
  bool dry_run = false;
  std::uint64_t total = 0;  // files staged; rows and members make `done` grow beyond it, then total follows
  std::uint64_t done = 0;
  ImportReport report;
  std::string error;  // why a failed job failed, for people
};

struct ImportJobPage {
  ImportJob job;
  std::vector<ImportedFile> results;  // in order
  std::string next_page_token;        // empty: no more for now
};

// One file being staged. Thread-confined. Destroyed without close(): the file is not part of the job.
class StagedFile {
 public:
  virtual ~StagedFile() = default;
  virtual void write(ByteView bytes) = 0;
  virtual void close() = 0;
};

// What a staged file is to its import: to be taken in; a list of records; or there for the rows of lists alone.
enum class StagedAs { source, table, beside };

// Does who began an import still have the rights they had then? Thread-safe.
using StillMay = std::function<bool(const records::Principal& began)>;

class ImportJobs {
 public:
  // Starts the thread and takes up what was under way. `still_may` is asked before a job runs and once a second while
  // it does; where it says no, the job fails (`import.rights_lost`), and what has come in stays. Without it nobody
  // loses any.
  static std::unique_ptr<ImportJobs> start(storage::Store& store, ImportService& imports,
                                           std::filesystem::path directory, const Clock& clock,
                                           StillMay still_may = {});
  virtual ~ImportJobs() = default;

  // `options.root` and `options.beside` are set by the job; without `options.tables` a spreadsheet is a list of records
  // only when it is staged as one. The caller must be allowed to create records of the type.
  virtual std::string begin(const records::Principal& principal, const ImportOptions& options) = 0;
  // `path`: as the browser sent it, perhaps with folders; `..`, absolute paths and control characters are
  // invalid_argument (`import.unsafe_path`). A table maps rows to the files beside it.
  virtual std::unique_ptr<StagedFile> add(const records::Principal& principal, std::string_view job,
                                          std::string_view path, StagedAs as = StagedAs::source) = 0;
  virtual void submit(const records::Principal& principal, std::string_view job) = 0;
  // Only who began it, and archivists of no lesser clearance, know of a job: not_found for anybody else.
  virtual ImportJobPage get(const records::Principal& principal, std::string_view job, std::size_t limit,
                            std::string_view page_token) const = 0;
  // Ends it between two files; what has come in stays.
  virtual void cancel(const records::Principal& principal, std::string_view job) = 0;
};

}  // namespace lantai::archive
