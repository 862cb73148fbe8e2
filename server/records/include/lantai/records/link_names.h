// Which record does somebody mean who writes a name where a link is wanted? People name a fonds by its number and a
// department by its name: the record whose unique field, code or title is exactly that. Thread-safe as the engine is.
// Used by every import (docs/formats/import.md), tests/records/link_names_test.cc.
#pragma once

#include <functional>
#include <optional>
#include <string>

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

}  // namespace lantai::records
