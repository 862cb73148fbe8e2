// What becomes of one source? Its bytes go into the blob store and a record is made, brought up to date or left alone,
// by what earlier imports made of the same source. Thread-safe.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "import_ledger.h"
#include "import_unit.h"

namespace lantai::archive {

struct StoredUnit {
  ImportedFile told;
  std::vector<std::pair<std::string, LedgerEntry>> entries;  // to be put, key and entry
  std::uint64_t position = 0;
};

class UnitStorer {
 public:
  // `settled_before`: waits until every unit before this one is settled; false when the import stops instead.
  using SettledBefore = std::function<bool(std::uint64_t sequence)>;
  UnitStorer(storage::Store& store, records::RecordEngine& engine, extract::Extractor& extractor,
             const records::Principal& principal, const ImportOptions& options, SettledBefore settled_before);

  // Never throws: what goes wrong is the unit's result.
  StoredUnit store(const ImportUnit& unit) const;

 private:
  struct Loaded;
  struct Known;
  void store_unit(const ImportUnit& unit, StoredUnit& result) const;
  Loaded load(const FileSource& source) const;
  records::NewFile keep(const FileSource& source, Loaded& loaded) const;
  std::string identify(const FileSource& source, const Loaded& loaded) const;
  std::optional<Known> find_known(const ImportUnit& unit, const std::string& content,
                                  const std::vector<Loaded>& files) const;
  void create(const ImportUnit& unit, schema::Json fields, std::vector<Loaded>& files, StoredUnit& result,
              LedgerEntry entry) const;
  void update(const ImportUnit& unit, const schema::Json& fields, std::vector<Loaded>& files, StoredUnit& result,
              const Known& known) const;
  schema::Json fields_of(const ImportUnit& unit) const;
  bool resolve_links(const schema::TypeDecl& type, schema::Json& fields) const;
  bool exists(const schema::TypeDecl& target, const std::string& id) const;
  std::optional<std::string> find_linked(const schema::TypeDecl& target, const std::string& called) const;
  std::optional<std::string> find_row(const std::string& type, const std::string& key) const;
  void check(const ImportUnit& unit, schema::Json fields, StoredUnit& result) const;

  storage::Store& store_;
  records::RecordEngine& engine_;
  extract::Extractor& extractor_;
  const records::Principal& principal_;
  const ImportOptions& options_;
  SettledBefore settled_before_;
  ImportLedger ledger_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::string> rows_;  // type and key of the rows stored so far → id
};

}  // namespace lantai::archive
