// What did a file turn out to hold? The result of reading one file: identification, metadata, text by page, what is
// packed inside, and what went wrong. Values. Text is valid UTF-8; page numbers start at 1.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/bytes.h"

namespace lantai::extract {

struct PageText {
  std::uint32_t number = 0;
  std::string text;
  bool from_ocr = false;
};

// A member of an archive, an attachment of a mail. `path` joins nested containers with `!/`: `a.zip!/通知/1.txt`.
struct Embedded {
  std::string path;
  Bytes raw_name;  // as it stands in the container
  std::string media_type;
  std::uint64_t size = 0;
  std::vector<PageText> pages;
  std::string error;  // empty, or the id of what went wrong with this member only
};

struct Warning {
  std::string code;  // `name_decoded_as_gbk`, `hidden_text`, …
  std::string detail;
};

// Why a file gave nothing, or not everything. Codes: unsupported_format, encrypted, damaged, too_large, too_deep,
// too_many_entries, output_limit, time_limit, memory_limit, worker_crashed, sandbox_unavailable.
struct Failure {
  std::string code;
  std::string detail;
};

struct Extraction {
  std::string media_type;  // application/pdf
  std::string format;      // `PDF 1.7`, `OFD 1.0`, `GB18030 text`
  std::string puid;        // its identifier in PRONOM, `fmt/276`; empty where none is certain
  std::string evidence;    // by what its format was told, for people: `OFD.xml within`
  std::string title;       // what the file itself says, or empty
  std::map<std::string, std::string> metadata;
  std::vector<PageText> pages;
  std::vector<Embedded> embedded;
  std::vector<Warning> warnings;
  std::optional<Failure> failure;
};

// What a page says when its text layer holds little and OCR reads more: both, unless OCR has read the layer's words
// too.
std::string with_ocr(const std::string& layer, const std::string& read);

// The JSON object of `lantai extract` and of the stored derived blob (docs/formats/extraction.md).
std::string to_json(const Extraction& extraction);
Extraction from_json(std::string_view json);  // throws data_loss

}  // namespace lantai::extract
