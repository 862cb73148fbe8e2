// What becomes of one source? Its bytes go into the blob store and a record is made, brought up to date or left alone,
// by what earlier imports made of the same source. Many sources are prepared at the same time; new records are then
// made in the order of the sources, many in one commit. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "import_ledger.h"
#include "import_unit.h"
#include "lantai/archive/text_store.h"
#include "lantai/records/link_names.h"

namespace lantai::archive {

// A record that is still to be made, and how its source will be known again.
struct PendingRecord {
  records::NewRecord record;
  std::vector<std::shared_ptr<const Bytes>> contents;  // of small files that are still to be stored
  std::vector<std::pair<Bytes, PreparedText>> texts;   // of those that are read already, by digest
  std::string key, relative;                           // of the ledger; the first may be empty
  std::string row_key;                                 // by which other rows name it, or empty
  LedgerEntry entry;
};

struct StoredUnit {
  ImportedFile told;
  std::optional<PendingRecord> pending;
  std::optional<std::uint64_t> row;                          // number, when the source is a row
  std::vector<std::pair<std::string, LedgerEntry>> entries;  // to be put, key and entry
  std::uint64_t position = 0;
};

class UnitStorer {
 public:
  // `settled_before`: waits until every unit before this one is settled; false when the import stops instead.
  using SettledBefore = std::function<bool(std::uint64_t sequence)>;
  UnitStorer(storage::Store& store, records::RecordEngine& engine, extract::Extractor& extractor,
             const TextStore& texts, const records::Principal& principal, const ImportOptions& options,
             SettledBefore settled_before);

  // All but the making of a new record. Never throws: what goes wrong is the unit's result.
  StoredUnit prepare(const ImportUnit& unit) const;
  // Stores the small files of those whose record is pending, and what has been read of them. Never throws.
  void store_pending(std::vector<StoredUnit>& units) const;
  // Makes the records that are pending, in their order; after store_pending.
  void create_pending(std::vector<StoredUnit>& units) const;

 private:
  struct Loaded;
  struct Known;
  void store_unit(const ImportUnit& unit, StoredUnit& result) const;
  Loaded load(const FileSource& source) const;
  records::NewFile describe(const FileSource& source, Loaded& loaded) const;
  records::NewFile keep(const FileSource& source, Loaded& loaded) const;
  const std::string& identify(const FileSource& source, Loaded& loaded) const;
  static std::vector<StoredUnit*> pending_among(std::vector<StoredUnit>& units);
  void store_contents(const std::vector<StoredUnit*>& units) const;
  void store_texts(const std::vector<StoredUnit*>& units) const;
  std::optional<Known> find_known(const ImportUnit& unit, const std::string& content,
                                  const std::vector<Loaded>& files) const;
  std::optional<Known> find_by_code(const ImportUnit& unit) const;
  PendingRecord pending(const ImportUnit& unit, schema::Json fields, std::vector<Loaded>& files,
                        LedgerEntry entry) const;
  void fail(StoredUnit& result, const Error& error) const;
  void update(const ImportUnit& unit, const schema::Json& fields, std::vector<Loaded>& files, StoredUnit& result,
              const Known& known) const;
  schema::Json fields_of(const ImportUnit& unit) const;
  enum class Links { resolved, unresolved, planned };  // planned: one names a record that a dry run has seen before
  Links resolve_links(const schema::TypeDecl& type, schema::Json& fields) const;
  void remember_row(const std::string& type, const std::string& key, const std::string& id) const;
  std::optional<std::string> find_row(const std::string& type, const std::string& key) const;
  void check(const ImportUnit& unit, schema::Json fields, bool whole, StoredUnit& result) const;

  storage::Store& store_;
  records::RecordEngine& engine_;
  extract::Extractor& extractor_;
  const TextStore& texts_;
  const records::Principal& principal_;
  const ImportOptions& options_;
  SettledBefore settled_before_;
  ImportLedger ledger_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::string> rows_;  // type and key of the rows stored so far → id
  mutable records::PlannedNames planned_;                      // by a dry run
};

}  // namespace lantai::archive
