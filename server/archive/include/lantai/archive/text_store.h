// What text was read out of these bytes? Extracted text is derived data, kept by the digest of the source and the
// version of the extractor, so identical files are read once. Deleting it costs time only. Thread-safe.
//
// On disk (docs/formats/extraction.md): KeySpace::extractions holds the small state, KeySpace::texts the JSON of the
// extraction when it is small; a large one is a blob of its own, owned by `derived/text/<digest>/<version>`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/bytes.h"
#include "lantai/extract/extraction.h"
#include "lantai/records/record.h"
#include "lantai/storage/store.h"

namespace lantai::archive {

enum class TextState { waiting, done, failed };
std::string_view name(TextState state);  // waiting, done, failed

// What is known of a file without reading its text: cheap, for lists.
struct TextSummary {
  TextState state = TextState::waiting;
  std::string media_type, format, puid;
  std::uint64_t pages = 0;
  std::string error_code, error_detail;  // of a failed one, and of one that gave only a part
  std::uint32_t attempts = 0;
  std::string record;             // `item/0190…` that first brought the file, for the operator's list
  std::string extractor_version;  // that gave this
};

// An extraction ready to be put; a large one is already in the blob store, without an owner yet.
struct PreparedText {
  TextSummary summary;
  Bytes json;  // small: kept beside the summary
  Bytes blob;  // large: digest of the derived blob
};

// How far the reading of all of a record's files is.
struct RecordReading {
  bool waiting = false;
  std::string error_code;  // of the first file that gave no text or only a part: `extract.encrypted`; empty: none
  std::string error_detail;
};

struct FailedText {
  Bytes digest;
  TextSummary summary;
};

class TextStore {
 public:
  // `extractor_version`: what is current; text of an earlier version serves until there is one of this.
  TextStore(storage::Store& store, std::string extractor_version)
      : store_(store), version_(std::move(extractor_version)) {}

  // The text, whether whole or a part; nullopt while waiting. Throws data_loss when a derived blob is damaged.
  std::optional<extract::Extraction> find(ByteView digest) const;
  struct Known {
    std::optional<extract::Extraction> text;  // as find()
    bool current = false;                     // as is_current()
  };
  Known known(ByteView digest) const;
  // State waiting when nothing is known of the bytes.
  TextSummary summary(ByteView digest) const;
  RecordReading reading(const records::Record& record) const;
  // Read by the current extractor already?
  bool is_current(ByteView digest) const;

  PreparedText prepare(const extract::Extraction& extraction, std::uint32_t attempts, std::string record) const;
  // In the caller's transaction, so that text and change appear together. Takes the place of earlier versions.
  void put(storage::Transaction& transaction, ByteView digest, const PreparedText& text) const;
  // That an attempt begins, so that a file which takes the server down with it is not tried for ever.
  void put_attempt(storage::Transaction& transaction, ByteView digest, std::uint32_t attempts,
                   const std::string& record) const;
  // Attempts of the current extractor at a file that gave nothing yet.
  std::uint32_t attempts(ByteView digest) const;
  // A page of OCR of a file that is not read to its end, so that the next attempt goes on behind it; whoever made
  // progress has made one attempt only. put() replaces the pages by the whole. Very long ones are not kept.
  void keep_page(storage::Transaction& transaction, ByteView digest, const extract::PageText& page,
                 const std::string& record) const;
  std::map<std::uint32_t, extract::PageText> kept_pages(ByteView digest) const;
  void forget(storage::Transaction& transaction, ByteView digest) const;

  // Files that gave nothing, at most `limit`.
  std::vector<FailedText> failed(std::size_t limit) const;
  const std::string& extractor_version() const { return version_; }

 private:
  storage::Store& store_;
  std::string version_;
};

}  // namespace lantai::archive
