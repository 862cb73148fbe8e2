#include <leptonica/allheaders.h>
#include <libheif/heif_cxx.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>

#include "samples.h"
#include "support/temporary_directory.h"

namespace lantai::extract::test {
namespace {

struct DestroyPix {
  void operator()(Pix* pix) const { pixDestroy(&pix); }
};
using OwnedPix = std::unique_ptr<Pix, DestroyPix>;

OwnedPix decoded(const std::string& png) {
  OwnedPix pix(pixReadMem(reinterpret_cast<const l_uint8*>(png.data()), png.size()));
  if (pix == nullptr) throw std::runtime_error("not a PNG");
  return pix;
}

std::string tiff(const std::vector<std::string>& pngs) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "pages.tif";
  for (const auto& png : pngs) {
    const char* mode = &png == &pngs.front() ? "w" : "a";
    if (pixWriteTiff(file.c_str(), decoded(png).get(), IFF_TIFF_LZW, mode) != 0) throw std::runtime_error("TIFF");
  }
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Collector final : heif::Context::Writer {
  std::string bytes;
  heif_error write(const void* data, std::size_t size) override {
    bytes.assign(static_cast<const char*>(data), size);
    return {heif_error_Ok, heif_suberror_Unspecified, ""};
  }
};

std::string heic(const std::string& png) {
  const OwnedPix pix = decoded(png);
  const int width = pixGetWidth(pix.get()), height = pixGetHeight(pix.get());
  heif::Image image;
  image.create(width, height, heif_colorspace_RGB, heif_chroma_interleaved_RGB);
  image.add_plane(heif_channel_interleaved, width, height, 24);
  int row_bytes = 0;
  auto* rows = image.get_plane(heif_channel_interleaved, &row_bytes);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      l_int32 red = 0, green = 0, blue = 0;
      pixGetRGBPixel(pix.get(), x, y, &red, &green, &blue);
      auto* pixel = rows + y * row_bytes + 3 * x;
      pixel[0] = static_cast<std::uint8_t>(red);
      pixel[1] = static_cast<std::uint8_t>(green);
      pixel[2] = static_cast<std::uint8_t>(blue);
    }
  }
  heif::Context context;
  heif::Encoder encoder(heif_compression_HEVC);
  encoder.set_lossy_quality(80);
  context.encode_image(image, encoder);
  Collector out;
  context.write(out);
  return out.bytes;
}

}  // namespace

std::string picture(const std::string& format, const std::vector<std::string>& pngs) {
  if (format == "tiff") return tiff(pngs);
  if (format == "heic") return heic(pngs.at(0));
  OwnedPix pix = decoded(pngs.at(0));
  if (format == "jpeg lying") pix.reset(pixRotateOrth(pix.get(), 3));
  const std::map<std::string, l_int32> formats = {
      {"bmp", IFF_BMP}, {"gif", IFF_GIF}, {"webp", IFF_WEBP}, {"jpeg", IFF_JFIF_JPEG}, {"jpeg lying", IFF_JFIF_JPEG}};
  l_uint8* data = nullptr;
  std::size_t size = 0;
  if (pixWriteMem(&data, &size, pix.get(), formats.at(format)) != 0) throw std::runtime_error(format);
  const std::string out(reinterpret_cast<const char*>(data), size);
  lept_free(data);
  return out;
}

unsigned colour_at(std::string_view png, double across, double down) {
  Pix* pix = pixReadMem(reinterpret_cast<const l_uint8*>(png.data()), png.size());
  Pix* full = pixConvertTo32(pix);
  l_uint32 pixel = 0;
  pixGetPixel(full, static_cast<l_int32>(across * pixGetWidth(full)), static_cast<l_int32>(down * pixGetHeight(full)),
              &pixel);
  pixDestroy(&full);
  pixDestroy(&pix);
  return pixel >> 8U;
}

}  // namespace lantai::extract::test
