// In which encoding is this text? Decided by the bytes: marks at the start, validity, and how likely the characters
// would be (docs/adr/0022). Encodings that read alike are told apart by the frequency of characters: classes of
// GB 2312 and Big5 plus a list of the commonest. Thread-confined.
#pragma once

#include <iconv.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lantai/base/bytes.h"

namespace lantai::extract::worker {

enum class Encoding { utf8, utf16le, utf16be, gb18030, big5, windows1252 };
inline constexpr std::size_t kEncodings = 6;

std::string_view name(Encoding encoding);  // `GB18030`

struct DecodedText {
  std::string text;
  Encoding encoding = Encoding::utf8;
  bool ill_formed = false;  // something was replaced by U+FFFD
};

class Charsets {
 public:
  // Loads the converters, which needs files: before the worker locks itself in.
  Charsets();
  Charsets(const Charsets&) = delete;
  Charsets& operator=(const Charsets&) = delete;
  ~Charsets();

  // nullopt: these bytes are not text.
  std::optional<DecodedText> decode(ByteView bytes) const;
  // A document's own declaration decides unless the bytes are better UTF-8, or not well formed in it (docs/adr/0022).
  std::optional<DecodedText> decode_declared(ByteView bytes, std::optional<Encoding> declared) const;
  DecodedText decode_as(ByteView bytes, Encoding encoding) const;
  // What a document declares: `gbk`, `utf-8`, …
  static std::optional<Encoding> by_label(std::string_view label);
  // One encoding for names that belong together.
  Encoding detect_names(const std::vector<Bytes>& names) const;
  DecodedText decode_name(ByteView raw, Encoding legacy) const;  // UTF-8 if that is likelier than `legacy`

 private:
  Encoding likeliest(ByteView bytes) const;
  double score(ByteView bytes, Encoding encoding) const;
  double score_gb18030(ByteView bytes) const;
  double score_big5(ByteView bytes) const;
  double score_utf16(ByteView bytes, bool big_endian) const;

  iconv_t gb18030_, big5_, windows1252_, utf16le_, utf16be_;
  std::vector<bool> common_unicode_, common_gb_, common_big5_;  // by 16-bit code
};

}  // namespace lantai::extract::worker
