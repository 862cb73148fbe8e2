// Under which name does a file travel? Reads and writes Content-Disposition (RFC 6266, RFC 8187), also as browsers
// write it in multipart bodies (HTML, multipart/form-data encoding: %22 %0D %0A inside quoted names). Pure;
// thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lantai/base/bytes.h"

namespace lantai::http {

struct Disposition {
  std::string kind;       // attachment, inline, form-data; lower case
  std::string name;       // form field, valid UTF-8
  bool has_file = false;  // a filename was given, perhaps an empty one
  std::string file_name;  // valid UTF-8, no control characters
  Bytes raw_file_name;    // as received
};

// nullopt when it is not of the standard's shape.
std::optional<Disposition> parse_disposition(std::string_view value);

// `attachment; filename="…"; filename*=UTF-8''…`: the first for old clients (ASCII, quoted), the second exact.
std::string make_disposition(std::string_view kind, std::string_view file_name);

// %41 → A; nullopt on a broken escape. Bytes, not yet text.
std::optional<std::string> percent_decode(std::string_view text);
// Everything but unreserved characters (RFC 3986 §2.3).
std::string percent_encode(std::string_view text);

}  // namespace lantai::http
