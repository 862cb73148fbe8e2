// What is stored of a record? Its fields, its component files and who made this version when. Every version is kept.
// Values. On disk: self-describing CBOR with the schema version (docs/formats/records.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lantai/base/bytes.h"
#include "lantai/base/time.h"
#include "lantai/schema/value.h"

namespace lantai::records {

using schema::Json;

struct FileVersion {
  std::uint32_t number = 0;  // from 1
  Bytes digest;              // SHA-256 of the bytes
  std::uint64_t size = 0;
  std::string name;        // decoded
  Bytes raw_name;          // as received
  std::string media_type;  // as identified by content, or empty until known
  Timestamp added;
  std::string author;
};

struct ComponentFile {
  std::uint32_t number = 0;  // from 1, never reused
  std::string role;          // 正本 main, 附件 attachment, … a code of vocabulary component_role
  std::vector<FileVersion> versions;
  bool removed = false;  // no longer shown; versions are kept
  const FileVersion& current() const { return versions.back(); }
};

struct Record {
  std::string type, id;
  std::uint64_t version = 0;  // from 1
  std::uint32_t schema_version = 1;
  Timestamp created, modified;
  std::string author;  // principal id of this version
  bool deleted = false;
  Json fields = Json::object();
  std::vector<ComponentFile> files;
  std::vector<std::string> masked;  // fields left out because the caller may not see them; never stored
};

struct FieldDifference {
  std::string field;
  Json before, after;
};

struct VersionInfo {
  std::uint64_t version = 0;
  Timestamp time;
  std::string author;
  std::string operation;                     // create, update, delete, add_file, remove_file
  std::vector<FieldDifference> differences;  // of a file: field `files[2]`, and its versions or null
};

Bytes encode(const Record& record);
Record decode(ByteView bytes);  // throws data_loss

}  // namespace lantai::records
