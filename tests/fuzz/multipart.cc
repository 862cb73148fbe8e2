// Any bytes as a multipart body, cut in two different ways: the reader ends, refuses or gives the same parts both
// times.
#include "lantai/http/multipart.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lantai/base/error.h"

namespace {

using namespace lantai;
using namespace lantai::http;

class Collected : public PartSink {
 public:
  void begin_part(const Part& part) override {
    if (!is_valid_utf8(part.disposition.name) || !is_valid_utf8(part.disposition.file_name)) std::abort();
    text += "<" + part.disposition.name + "|" + part.disposition.file_name + "|" + part.media_type + ">";
    if (open) std::abort();
    open = true;
  }
  void part_data(std::string_view bytes) override {
    if (!open) std::abort();
    text += bytes;
  }
  void end_part() override {
    if (!open) std::abort();
    open = false;
    text += "</>";
  }
  std::string text;
  bool open = false;
};

// What came of it; `whole` tells whether the body was accepted.
std::string read(std::string_view body, std::size_t piece, bool& whole) {
  Collected collected;
  try {
    MultipartReader reader("b", collected);
    for (std::size_t at = 0; at < body.size(); at += piece) reader.write(body.substr(at, piece));
    reader.finish();
    whole = true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) std::abort();
    whole = false;
  }
  return collected.text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  bool whole_at_once = false;
  bool whole_in_pieces = false;
  const auto at_once = read(body, size, whole_at_once);
  const auto in_pieces = read(body, 1U + data[0] % 64U, whole_in_pieces);
  if (whole_at_once != whole_in_pieces || (whole_at_once && at_once != in_pieces)) std::abort();
  multipart_boundary(body);
  if (const auto parsed = parse_disposition(body)) {
    const auto again = parse_disposition(make_disposition("attachment", parsed->file_name));
    if (!parsed->file_name.empty() && (!again || again->file_name != parsed->file_name)) std::abort();
  }
  return 0;
}
