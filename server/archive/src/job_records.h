// What is kept of an import job? Who began it and how, how far it is, and what became of each file.
// On disk: KeySpace::imports, (`job`, id) and (`result`, id, number) → CBOR (docs/formats/import.md). Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/archive/import_jobs.h"

namespace lantai::archive {

struct StoredJob {
  ImportJob job;
  ImportOptions options;  // but for root
  records::Principal principal;
  bool has_table = false;
};

class JobRecords {
 public:
  explicit JobRecords(storage::Store& store) : store_(store) {}
  void put(const StoredJob& job);
  std::optional<StoredJob> find(std::string_view id) const;
  std::vector<StoredJob> unfinished() const;  // open, waiting, running; in the order they were begun
  // The job and its latest results, numbered up to job.done. A result kept from a run that was cut short stays when the
  // second run only finds it unchanged.
  void put_results(const StoredJob& job, const std::vector<ImportedFile>& results);
  // `token`: where the page before ended. `next` stays empty when there are no more for now.
  std::vector<ImportedFile> results(std::string_view id, std::string_view token, std::size_t limit,
                                    std::string& next) const;

 private:
  storage::Store& store_;
};

}  // namespace lantai::archive
