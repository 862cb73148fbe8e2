// How do many files come in at once? As an import: files, folders, archives, a spreadsheet with files, JSON Lines. A
// file that fails is reported with its reason and stops nothing. Thread-safe.
//
// Every source has a stable key, so that a second run resumes and makes no duplicates:
//   a file or archive member   its path on this machine; or its path within the import together with its digest
//   a row of a table or JSONL  its `key`, else its reference code, else its content and how many the same came before
// Known key, same bytes and fields: unchanged. Known key, other bytes or fields: a new version of the same record.
// Killed at any moment, a second run finishes what is missing (docs/formats/import.md; tests/scenario).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lantai/archive/text_store.h"
#include "lantai/extract/extractor.h"
#include "lantai/records/record_engine.h"

namespace lantai::archive {

enum class ImportStatus { created, updated, unchanged, skipped, failed, planned };  // planned: dry run
std::string_view name(ImportStatus status);

struct ImportedFile {
  std::string path;    // as given, then within; `folder/a.zip!/b.txt` for a member; `list.xlsx#12` for a row
  std::string record;  // item/0190…, or empty
  ImportStatus status = ImportStatus::failed;
  std::string media_type;
  std::string error;       // for people, in the language asked for; empty: none
  std::string error_code;  // stable
  bool read = false;       // it was made with the text of all its files
};

struct ImportOptions {
  bool dry_run = false;
  std::string type = "item";
  schema::Json defaults = schema::Json::object();  // fields every created record gets
  schema::Language language = schema::Language::zh_hans;
  // For sources that somebody sent: paths are shown and keyed relative to it, and no row may name a file outside.
  std::optional<std::filesystem::path> root;
  std::vector<std::filesystem::path> beside;  // further folders in which the files of rows are looked for
  bool tables = true;  // a spreadsheet whose header row names fields is a list of records, not a file
  // A row whose code (the type's unique code field) a record has already brings that record up to date; else it is
  // refused as a duplicate.
  bool update_by_code = false;
  unsigned threads = 6;  // sources stored at the same time; the committer merges their commits
};

struct ImportReport {
  std::uint64_t created = 0, updated = 0, unchanged = 0, skipped = 0, failed = 0, planned = 0;
  std::uint64_t last_position = 0;  // change position to wait for
  bool stopped = false;

  void count(ImportStatus status);
};

class ImportService {
 public:
  ImportService(storage::Store& store, records::RecordEngine& engine, extract::Extractor& extractor,
                const TextStore& texts);

  // `each` is called on the calling thread, in order, as soon as a source is settled; `stop` may end it between two
  // files. Throws permission_denied before anything is read, invalid_argument on options that make no sense.
  ImportReport run(const records::Principal& principal, const std::vector<std::filesystem::path>& sources,
                   const ImportOptions& options, const std::function<void(const ImportedFile&)>& each,
                   const std::function<bool()>& stop = {});

  // What an error says to people.
  std::string sentence(const Error& error, schema::Language language) const;

 private:
  storage::Store& store_;
  records::RecordEngine& engine_;
  extract::Extractor& extractor_;
  const TextStore& texts_;
};

}  // namespace lantai::archive
