// Which record does somebody mean who writes a name where a link is wanted? People name a fonds by its number and a
// department by its name: the record whose unique field, code or title is exactly that. Thread-safe as the engine is.
// Used by every import (docs/formats/import.md).
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "lantai/records/record_engine.h"

namespace lantai::records {

class LinkNames {
 public:
  // Asked for names that no record has, and for ids that are none here: `id` says which.
  using Otherwise =
      std::function<std::optional<std::string>(const schema::TypeDecl& target, const std::string& called, bool id)>;
  LinkNames(const RecordEngine& engine, const Principal& principal, Otherwise otherwise = {})
      : engine_(engine), principal_(principal), otherwise_(std::move(otherwise)) {}

  // Turns names into ids in place. False when something stays as it was; writing the record says what.
  bool resolve(const schema::TypeDecl& type, Json& fields) const;

 private:
  std::optional<std::string> id_of(const schema::TypeDecl& target, const std::string& called) const;
  std::optional<std::string> find(const schema::TypeDecl& target, const std::string& called) const;

  const RecordEngine& engine_;
  const Principal& principal_;
  Otherwise otherwise_;
};

// What rows of a list would be called that is only looked at (dry run): a later row may name a record that is not made
// yet. Thread-safe. Holds the names in memory, some 100 bytes a row.
class PlannedNames {
 public:
  void add(const schema::TypeDecl& type, const Json& fields, const std::string& key = {});
  // Could `called` be a planned record? Yes too when one of this type would get its code only when it is made.
  bool may_mean(const schema::TypeDecl& target, const std::string& called) const;

 private:
  mutable std::mutex mutex_;
  std::set<std::pair<std::string, std::string>> names_;  // type and name
  std::set<std::string> uncoded_;                        // types
};

}  // namespace lantai::records
