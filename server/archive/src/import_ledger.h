// What did earlier imports make of this source? One entry a key, so that a second run resumes and makes no duplicates.
// On disk: KeySpace::imports, (`source`, SHA-256 of the key) → CBOR (docs/formats/import.md). Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/storage/store.h"

namespace lantai::archive {

struct LedgerFile {
  std::uint32_t number = 0;  // of the component file
  std::string name;
  Bytes digest;
};

struct LedgerEntry {
  std::string type, id;           // the record it became
  std::string content;            // of a row: digest of its fields, hex
  std::vector<LedgerFile> files;  // as they were at the last import
  std::uint32_t generation = 0;   // how often it was made anew after its record had been deleted
};

class ImportLedger {
 public:
  explicit ImportLedger(storage::Store& store) : store_(store) {}
  std::optional<LedgerEntry> find(std::string_view key) const;
  static void put(storage::Transaction& transaction, std::string_view key, const LedgerEntry& entry);

 private:
  storage::Store& store_;
};

}  // namespace lantai::archive
