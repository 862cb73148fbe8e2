#include "picture_version.h"

#include <array>

namespace lantai::extract::worker {
namespace {

using std::string_view_literals::operator""sv;

std::string_view piece(ByteView head, std::size_t at, std::size_t size) {
  return at > head.size() ? std::string_view() : as_chars(head.subspan(at)).substr(0, size);
}

std::uint32_t big32(ByteView head, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | head[at + i];
  return value;
}

// The chunks that versions 1.1 and 1.2 of the specification brought (PNG 1.2, 4.2 and "Revision history").
std::string png(ByteView head) {
  std::string version = "PNG 1.0";
  for (std::size_t at = 8; at + 12 <= head.size(); at += std::size_t{12} + big32(head, at)) {
    const auto type = piece(head, at + 4, 4);
    if (type == "iTXt") return "PNG 1.2";
    if (type == "iCCP" || type == "sRGB" || type == "sPLT") version = "PNG 1.1";
  }
  return version;
}

// Exif 2.3, 4.6.5: ExifVersion (0x9000) holds four digits in place of an offset.
std::string exif(ByteView head) {
  const auto text = as_chars(head);
  for (const auto entry : {"\x90\0\0\x07\0\0\0\x04"sv, "\0\x90\x07\0\x04\0\0\0"sv}) {
    const auto at = text.find(entry);
    if (at == std::string_view::npos) continue;
    const auto digits = text.substr(at + entry.size(), 4);
    if (digits.size() < 4 || digits[0] != '0' || digits.find_first_not_of("0123456789") != std::string_view::npos)
      continue;
    auto version = "Exif " + std::string(digits.substr(1, 1)) + "." + std::string(digits.substr(2, 2));
    if (version.back() == '0') version.pop_back();
    return version;
  }
  return {};
}

std::string jpeg(ByteView head) {
  if (auto version = exif(head); !version.empty()) return version;
  if (piece(head, 6, 5) != "JFIF\0"sv || head.size() < 13) return "JPEG";
  const auto minor = std::to_string(head[12]);
  return "JFIF " + std::to_string(head[11]) + "." + (minor.size() < 2 ? "0" : "") + minor;
}

std::string bmp(ByteView head) {
  constexpr std::array<std::pair<unsigned, std::string_view>, 3> kHeaders = {{{40, "3"}, {108, "4"}, {124, "5"}}};
  for (const auto& [size, version] : kHeaders)
    if (head.size() > 17 && head[14] == size && head[15] == 0) return "BMP " + std::string(version);
  return "BMP";
}

std::string webp(ByteView head) {
  const auto chunk = piece(head, 12, 4);
  return chunk == "VP8 "   ? "WebP lossy"
         : chunk == "VP8L" ? "WebP lossless"
         : chunk == "VP8X" ? "WebP extended"
                           : "WebP";
}

}  // namespace

std::string picture_version(ByteView head, std::string_view format) {
  if (format == "PNG") return png(head);
  if (format == "JPEG") return jpeg(head);
  if (format == "GIF") return "GIF " + std::string(piece(head, 3, 3));
  if (format == "BMP") return bmp(head);
  if (format == "WebP") return webp(head);
  return std::string(format);
}

}  // namespace lantai::extract::worker
