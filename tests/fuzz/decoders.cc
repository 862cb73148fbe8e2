// The small decoders of the worker: encodings, numbers as sheets and OFD write them, DER, versions of pictures, BMP,
// names. The first byte chooses.
#include <cstdint>
#include <cstdlib>

#include "bmp.h"
#include "charset.h"
#include "der.h"
#include "fault.h"
#include "identify_text.h"
#include "number_format.h"
#include "ofd_numbers.h"
#include "picture_version.h"
#include "utf8.h"
#include "zip_directory.h"

namespace {

using namespace lantai::extract::worker;

void walk(const Der& element, unsigned depth) {
  if (depth > 20) return;
  for (const auto& child : element.children()) walk(child, depth + 1);
}

// Whatever the bytes, text is valid UTF-8.
void decode(const Charsets& charsets, lantai::ByteView bytes) {
  const auto check = [](const std::string& text) {
    if (lantai::to_valid_utf8(text) != text) std::abort();
  };
  if (const auto decoded = charsets.decode(bytes)) {
    check(decoded->text);
    identify_text(*decoded);
  }
  for (std::size_t i = 0; i < kEncodings; ++i) check(charsets.decode_as(bytes, static_cast<Encoding>(i)).text);
  check(charsets.decode_name(bytes, Encoding::big5).text);
  charsets.detect_names({lantai::Bytes(bytes.begin(), bytes.end())});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Charsets charsets;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const lantai::ByteView bytes(data + 1, size - 1);
  switch (data[0] % 7) {
    case 0:
      decode(charsets, bytes);
      break;
    case 1:
      for (const double value : {0.0, -1.5, 44'000.25, 1e308, -1e308, 59.999'999}) {
        NumberFormat(std::string(text)).shown(value, false);
        NumberFormat(std::string(text)).plain(value, true);
      }
      break;
    case 2:
      if (numbers(text, 100).size() > 100 || distances(text, 100).size() > 100) std::abort();
      if (box_of(text).size() != 4 || matrix_of(text).size() != 6) std::abort();
      break;
    case 3:
      walk(Der::first(bytes), 0);
      break;
    case 4: {
      Source source(lantai::Bytes(bytes.begin(), bytes.end()));
      if (read_zip_directory(source, 100).members.size() > 101) std::abort();
      break;
    }
    case 6:
      try {
        read_bmp(bytes);
      } catch (const Fault&) {
      }
      break;
    default:
      for (const char* format : {"JPEG", "PNG", "GIF", "TIFF", "BMP", "WebP", "HEIF"}) picture_version(bytes, format);
  }
  return 0;
}
