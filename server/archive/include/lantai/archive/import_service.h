// How do many files come in at once? As an import: files, folders, archives, a spreadsheet with files, JSON Lines. Each
// source has a stable key (path within the import and digest), so that a second run resumes and makes no duplicates. A
// file that fails is reported with its reason and stops nothing. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lantai/extract/extractor.h"
#include "lantai/records/record_engine.h"

namespace lantai::archive {

enum class ImportStatus { created, updated, unchanged, skipped, failed, planned };  // planned: dry run

struct ImportedFile {
  std::string path;    // `folder/a.zip!/b.txt` for a member
  std::string record;  // item/0190…, or empty
  ImportStatus status = ImportStatus::failed;
  std::string media_type;
  std::string error;       // for people, in the language asked for; empty: none
  std::string error_code;  // stable
};

struct ImportOptions {
  bool dry_run = false;
  std::string type = "item";
  schema::Json defaults = schema::Json::object();  // fields every created record gets
  schema::Language language = schema::Language::zh_hans;
};

struct ImportReport {
  std::uint64_t created = 0, updated = 0, unchanged = 0, skipped = 0, failed = 0;
  std::uint64_t last_position = 0;
};

class ImportService {
 public:
  ImportService(storage::Store& store, records::RecordEngine& engine, extract::Extractor& extractor);

  // `each` is called in order, as soon as a source is settled; `stop` may end it between two files.
  ImportReport run(const records::Principal& principal, const std::vector<std::filesystem::path>& sources,
                   const ImportOptions& options, const std::function<void(const ImportedFile&)>& each,
                   const std::function<bool()>& stop = {});

 private:
  storage::Store& store_;
  records::RecordEngine& engine_;
  extract::Extractor& extractor_;
};

}  // namespace lantai::archive
