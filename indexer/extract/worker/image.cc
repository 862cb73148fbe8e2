#include "image.h"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "bmp.h"
#include "fault.h"
#include "heif.h"
#include "picture_metadata.h"
#include "tiff.h"

namespace lantai::extract::worker {
namespace {

constexpr double kOcrMaxPixels = 12'000'000;  // A4 at 300 dpi has 8.7 million

bool is_tiff(ByteView bytes) {
  const auto head = as_chars(bytes.first(std::min<std::size_t>(bytes.size(), 4)));
  return head == std::string_view("II*\0", 4) || head == std::string_view("MM\0*", 4);
}

struct Size {
  l_int32 width = 0, height = 0;
};

Size size_of(ByteView bytes, std::uint32_t number) {
  Size size;
  l_int32 format = 0, bits = 0, samples = 0, colours = 0, resolution = 0;
  const auto failed =
      is_tiff(bytes)
          ? readHeaderMemTiff(bytes.data(), bytes.size(), static_cast<l_int32>(number - 1), &size.width, &size.height,
                              &bits, &samples, &resolution, &colours, &format)
          : pixReadHeaderMem(bytes.data(), bytes.size(), &format, &size.width, &size.height, &bits, &samples, &colours);
  if (failed != 0 || size.width <= 0 || size.height <= 0) damaged("the picture's header cannot be read");
  return size;
}

}  // namespace

void Image::Destroy::operator()(Pix* pix) const { pixDestroy(&pix); }

std::uint32_t Image::count(ByteView bytes) {
  if (!is_tiff(bytes)) return 1;
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopenReadFromMemory(bytes.data(), bytes.size()), std::fclose);
  l_int32 pages = 0;
  if (file == nullptr || tiffGetCount(file.get(), &pages) != 0 || pages <= 0)
    damaged("the picture's pages cannot be counted");
  return static_cast<std::uint32_t>(pages);
}

Image Image::from_file(ByteView bytes, std::uint32_t number) {
  if (!heif_brand(bytes).empty()) return decode_heif(bytes, kMaxPixels);
  if (is_bmp(bytes)) return read_bmp(bytes);
  const auto size = size_of(bytes, number);
  if (static_cast<std::int64_t>(size.width) * size.height > kMaxPixels)
    throw Fault("too_large", "the picture has too many pixels");
  Image image(is_tiff(bytes) ? pixReadMemTiff(bytes.data(), bytes.size(), static_cast<l_int32>(number - 1))
                             : pixReadMem(bytes.data(), bytes.size()));
  if (image.pix_ == nullptr && is_tiff(bytes)) return read_any_tiff(bytes, number);
  if (image.pix_ == nullptr) damaged("the picture cannot be decoded");
  return image.is_jpeg() ? image.turned(read_orientation(bytes)) : std::move(image);
}

bool Image::is_jpeg() const { return pixGetInputFormat(pix_.get()) == IFF_JFIF_JPEG; }

// EXIF 2.3, 4.6.4: quarters of a turn clockwise, then a mirror.
Image Image::turned(int exif_orientation) const {
  struct Turn {
    int quarters;
    bool mirrored;
  };
  constexpr std::array<Turn, 9> kTurns = {Turn{0, false}, {0, false}, {0, true}, {2, false}, {2, true},
                                          {1, true},      {1, false}, {3, true}, {3, false}};
  const Turn turn = kTurns.at(static_cast<std::size_t>(exif_orientation));
  Image image(turn.quarters == 0 ? pixClone(pix_.get()) : pixRotateOrth(pix_.get(), turn.quarters));
  if (image.pix_ != nullptr && turn.mirrored) image = Image(pixFlipLR(nullptr, image.get()));
  if (image.pix_ == nullptr) damaged("the picture cannot be turned");
  return image;
}

Image Image::from_bgra(const std::uint8_t* data, int width, int height, std::size_t row_bytes) {
  return from_rows(data, width, height, row_bytes, 2);
}

Image Image::from_rgba(const std::uint8_t* data, int width, int height, std::size_t row_bytes) {
  return from_rows(data, width, height, row_bytes, 0);
}

// `red`: at which byte of four it stands, 0 or 2; blue stands at the other.
Image Image::from_rows(const std::uint8_t* data, int width, int height, std::size_t row_bytes, int red) {
  if (static_cast<std::int64_t>(width) * height > kMaxPixels) throw Fault("too_large", "the page has too many pixels");
  Image image(pixCreate(width, height, 32));
  if (image.pix_ == nullptr) throw std::bad_alloc();
  l_uint32* out = pixGetData(image.get());
  const auto words = static_cast<std::size_t>(pixGetWpl(image.get()));
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* in = data + static_cast<std::size_t>(y) * row_bytes;
    l_uint32* row = out + static_cast<std::size_t>(y) * words;
    for (int x = 0; x < width; ++x) composeRGBPixel(in[4 * x + red], in[4 * x + 1], in[4 * x + 2 - red], row + x);
  }
  return image;
}

std::vector<std::uint32_t> Image::argb() const {
  Image full(pixConvertTo32(pix_.get()));
  if (full.pix_ == nullptr) throw std::bad_alloc();
  const bool transparent = pixGetSpp(pix_.get()) == 4;
  const l_uint32* in = pixGetData(full.get());
  const auto words = static_cast<std::size_t>(pixGetWpl(full.get()));
  const auto across = static_cast<std::size_t>(width()), down = static_cast<std::size_t>(height());
  std::vector<std::uint32_t> out;
  out.reserve(across * down);
  for (std::size_t y = 0; y < down; ++y) {
    for (std::size_t x = 0; x < across; ++x) {
      const std::uint32_t pixel = in[y * words + x], alpha = transparent ? pixel & 0xFFU : 0xFFU;
      const auto times = [&](unsigned shift) { return ((pixel >> shift & 0xFFU) * alpha + 127) / 255; };
      out.push_back(alpha << 24U | times(24) << 16U | times(16) << 8U | times(8));
    }
  }
  return out;
}

int Image::width() const { return pixGetWidth(pix_.get()); }
int Image::height() const { return pixGetHeight(pix_.get()); }

Image Image::scaled_to_width(std::uint32_t width) const {
  const auto height = std::max(1L, std::lround(static_cast<double>(this->height()) * width / this->width()));
  if (static_cast<std::int64_t>(width) * height > kMaxPixels) throw Fault("too_large", "the picture is too tall");
  Image scaled(pixScaleToSize(pix_.get(), static_cast<l_int32>(width), static_cast<l_int32>(height)));
  if (scaled.pix_ == nullptr) damaged("the picture cannot be scaled");
  return scaled;
}

Image Image::for_ocr() const {
  Image grey(pixConvertTo8(pix_.get(), 0));
  if (grey.pix_ == nullptr) damaged("the picture cannot be converted");
  const double pixels = static_cast<double>(width()) * height();
  if (pixels <= kOcrMaxPixels) return grey;
  return grey.scaled_to_width(static_cast<std::uint32_t>(std::max(1.0, width() * std::sqrt(kOcrMaxPixels / pixels))));
}

Bytes Image::to_png() const {
  l_uint8* data = nullptr;
  std::size_t size = 0;
  if (pixWriteMem(&data, &size, pix_.get(), IFF_PNG) != 0) damaged("the picture cannot be written as PNG");
  Bytes png(data, data + size);
  lept_free(data);
  return png;
}

}  // namespace lantai::extract::worker
