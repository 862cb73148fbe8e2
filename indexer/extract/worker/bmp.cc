#include "bmp.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <vector>

#include "fault.h"

namespace lantai::extract::worker {
namespace {

constexpr std::size_t kFileHeader = 14, kCoreHeader = 12, kInfoHeader = 40;
enum Compression : std::uint32_t { kPlain = 0, kRuns8 = 1, kRuns4 = 2, kMasks = 3, kMasksWithAlpha = 6 };

using Colour = std::array<std::uint8_t, 4>;  // red, green, blue, unused

std::uint32_t little(ByteView bytes, std::size_t at, std::size_t count) {
  if (at > bytes.size() || count > bytes.size() - at) damaged("the picture ends too early");
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= std::uint32_t{bytes[at + i]} << (8 * i);
  return value;
}

struct Header {
  std::size_t width = 0, height = 0;
  bool from_top = false;
  std::uint32_t bits = 0, compression = kPlain;
  std::size_t pixels = 0;  // where they begin
  std::vector<Colour> palette;
  std::array<std::uint32_t, 3> masks{};  // of red, green, blue

  bool masked() const { return compression == kMasks || compression == kMasksWithAlpha; }
  bool in_runs() const { return compression == kRuns8 || compression == kRuns4; }
  std::size_t row_bytes() const { return (width * bits + 31) / 32 * 4; }  // not in runs
};

// Blue, green, red, as they stand in a file.
Colour colour_of(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 16U), static_cast<std::uint8_t>(value >> 8U),
          static_cast<std::uint8_t>(value), 0};
}

void read_palette(ByteView bytes, std::size_t at, std::size_t entry, std::uint32_t colours, Header& header) {
  const std::uint32_t most = 1U << header.bits;
  header.palette.resize(most);
  for (std::uint32_t i = 0; i < (colours == 0 ? most : std::min(colours, most)); ++i) {
    header.palette[i] = colour_of(little(bytes, at + i * entry, 3));
  }
}

Header read_core_header(ByteView bytes) {
  Header header;
  header.width = little(bytes, kFileHeader + 4, 2);
  header.height = little(bytes, kFileHeader + 6, 2);
  header.bits = little(bytes, kFileHeader + 10, 2);
  if (header.bits <= 8) read_palette(bytes, kFileHeader + kCoreHeader, 3, 0, header);
  return header;
}

Header read_info_header(ByteView bytes, std::size_t size) {
  Header header;
  const auto height = static_cast<std::int32_t>(little(bytes, kFileHeader + 8, 4));
  header.width = little(bytes, kFileHeader + 4, 4);
  header.from_top = height < 0;
  header.height = static_cast<std::size_t>(std::abs(std::int64_t{height}));
  header.bits = little(bytes, kFileHeader + 14, 2);
  header.compression = little(bytes, kFileHeader + 16, 4);
  // Masks stand behind the short header, and at the same place inside the longer ones.
  if (header.masked())
    for (std::size_t i = 0; i < 3; ++i) header.masks.at(i) = little(bytes, kFileHeader + kInfoHeader + 4 * i, 4);
  if (header.bits <= 8) read_palette(bytes, kFileHeader + size, 4, little(bytes, kFileHeader + 32, 4), header);
  return header;
}

void require_possible(const Header& header) {
  constexpr auto kDepths = std::to_array<std::uint32_t>({1, 2, 4, 8, 16, 24, 32});
  const auto bits = header.bits, compression = header.compression;
  if (header.width == 0 || header.height == 0 || std::find(kDepths.begin(), kDepths.end(), bits) == kDepths.end())
    damaged("the picture's header cannot be read");
  if (compression != kPlain && !header.in_runs() && !header.masked())
    throw Fault("unsupported_format", "this kind of BMP is not read");
  if ((compression == kRuns8 && bits != 8) || (compression == kRuns4 && bits != 4) ||
      (header.masked() && bits != 16 && bits != 32))
    damaged("the picture's header contradicts itself");
  if (header.width > static_cast<std::size_t>(kMaxPixels) ||
      header.height > static_cast<std::size_t>(kMaxPixels) / header.width)
    throw Fault("too_large", "the picture has too many pixels");
}

Header read_header(ByteView bytes) {
  const std::size_t size = little(bytes, kFileHeader, 4);
  if (size != kCoreHeader && size < kInfoHeader) damaged("the picture's header cannot be read");
  Header header = size == kCoreHeader ? read_core_header(bytes) : read_info_header(bytes, size);
  header.pixels = little(bytes, 10, 4);
  if (header.compression == kPlain && header.bits == 16) header.masks = {0x7C00, 0x03E0, 0x001F};
  if (header.compression == kPlain && header.bits == 32) header.masks = {0xFF0000, 0x00FF00, 0x0000FF};
  require_possible(header);
  return header;
}

// Rows of red, green, blue, unused, the topmost first.
class Canvas {
 public:
  explicit Canvas(const Header& header) : header_(header), pixels_(header.width * header.height * 4, 0xFF) {}

  // Row 0 is the first in the file. What lies outside is not drawn.
  void set(std::size_t x, std::size_t row, const Colour& colour) {
    if (x >= header_.width || row >= header_.height) return;
    const std::size_t y = header_.from_top ? row : header_.height - 1 - row;
    std::copy(colour.begin(), colour.end(), pixels_.begin() + static_cast<std::ptrdiff_t>((y * header_.width + x) * 4));
  }
  Image image() const {
    return Image::from_rgba(pixels_.data(), static_cast<int>(header_.width), static_cast<int>(header_.height),
                            header_.width * 4);
  }

 private:
  const Header& header_;
  std::vector<std::uint8_t> pixels_;
};

std::uint8_t masked(std::uint32_t pixel, std::uint32_t mask) {
  if (mask == 0) return 0;
  const auto shift = static_cast<unsigned>(std::countr_zero(mask));
  return static_cast<std::uint8_t>(std::uint64_t{(pixel & mask) >> shift} * 255 / (mask >> shift));
}

Colour colour_at(const Header& header, ByteView row, std::size_t x) {
  if (header.bits <= 8) {
    const std::size_t bit = x * header.bits;
    const unsigned shift = 8 - header.bits - bit % 8;
    return header.palette[row[bit / 8] >> shift & ((1U << header.bits) - 1)];
  }
  const std::size_t bytes = header.bits / 8;
  const std::uint32_t pixel = little(row, x * bytes, bytes);
  if (header.bits == 24) return colour_of(pixel);
  return {masked(pixel, header.masks[0]), masked(pixel, header.masks[1]), masked(pixel, header.masks[2]), 0};
}

void draw_rows(ByteView bytes, const Header& header, Canvas& canvas) {
  for (std::size_t row = 0; row < header.height; ++row) {
    const auto line = bytes.subspan(row * header.row_bytes(), header.row_bytes());
    for (std::size_t x = 0; x < header.width; ++x) canvas.set(x, row, colour_at(header, line, x));
  }
}

// A count and a colour; or a zero and: 0 end of row, 1 end of picture, 2 a step to the right and on, else so many
// colours as they are, filled up to an even number of bytes.
void draw_runs(ByteView bytes, const Header& header, Canvas& canvas) {
  std::size_t at = 0, x = 0, row = 0;
  const auto next = [&] { return little(bytes, at++, 1); };
  const auto put = [&](std::uint32_t byte, std::size_t i) {
    const std::uint32_t index = header.bits == 8 ? byte : i % 2 == 0 ? byte >> 4U : byte & 0xFU;
    canvas.set(x++, row, header.palette[index]);
  };
  while (row + 1 < header.height || (row < header.height && x < header.width)) {
    const std::uint32_t count = next(), code = next();
    if (count > 0) {
      for (std::uint32_t i = 0; i < count; ++i) put(code, i);
    } else if (code == 0) {
      x = 0;
      ++row;
    } else if (code == 1) {
      return;
    } else if (code == 2) {
      x += next();
      row += next();
    } else {
      const std::size_t per_byte = 8 / header.bits, length = (code + per_byte - 1) / per_byte;
      for (std::uint32_t i = 0; i < code; ++i) put(little(bytes, at + i / per_byte, 1), i);
      at += length + length % 2;
    }
  }
}

}  // namespace

bool is_bmp(ByteView bytes) { return bytes.size() > kFileHeader + kCoreHeader && bytes[0] == 'B' && bytes[1] == 'M'; }

Image read_bmp(ByteView bytes) {
  const Header header = read_header(bytes);
  if (header.pixels > bytes.size()) damaged("the picture ends too early");
  const ByteView body = bytes.subspan(header.pixels);
  if (!header.in_runs() && body.size() < header.row_bytes() * header.height) damaged("the picture ends too early");
  Canvas canvas(header);
  if (header.in_runs()) {
    draw_runs(body, header, canvas);
  } else {
    draw_rows(body, header, canvas);
  }
  return canvas.image();
}

}  // namespace lantai::extract::worker
