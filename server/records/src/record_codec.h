// How is a record written as CBOR? One map with named members (docs/formats/records.md); a stored version is the same
// map with the member `operation`. Pure; thread-safe.
#pragma once

#include <string>

#include "lantai/records/record.h"

namespace lantai::records {

struct StoredVersion {
  Record record;
  std::string operation;
};

struct EncodedRecord {
  Bytes record, version;
};

EncodedRecord encode(const Record& record, std::string_view operation);
StoredVersion decode_version(ByteView bytes);  // throws data_loss

}  // namespace lantai::records
