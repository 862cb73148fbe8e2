// What text was read out of these bytes? Extracted text is derived data, kept by the digest of the source and the
// version of the extractor, so identical files are read once. Deleting it costs time only. Thread-safe.
#pragma once

#include <optional>
#include <string>

#include "lantai/base/bytes.h"
#include "lantai/extract/extraction.h"
#include "lantai/storage/store.h"

namespace lantai::archive {

class TextStore {
 public:
  explicit TextStore(storage::Store& store) : store_(store) {}

  std::optional<extract::Extraction> find(ByteView digest) const;
  // In the caller's transaction, so that text and change appear together; large text goes to a derived blob.
  void put(ByteView digest, const std::string& extractor_version, const extract::Extraction& extraction);

 private:
  storage::Store& store_;
};

}  // namespace lantai::archive
