#include <leptonica/allheaders.h>

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

}  // namespace

std::string picture(const std::string& format, const std::vector<std::string>& pngs) {
  if (format == "tiff") return tiff(pngs);
  OwnedPix pix = decoded(pngs.at(0));
  if (format == "jpeg lying") pix.reset(pixRotateOrth(pix.get(), 3));
  const std::map<std::string, l_int32> formats = {
      {"bmp", IFF_BMP}, {"gif", IFF_GIF}, {"webp", IFF_WEBP}, {"jpeg lying", IFF_JFIF_JPEG}};
  l_uint8* data = nullptr;
  std::size_t size = 0;
  if (pixWriteMem(&data, &size, pix.get(), formats.at(format)) != 0) throw std::runtime_error(format);
  const std::string out(reinterpret_cast<const char*>(data), size);
  lept_free(data);
  return out;
}

}  // namespace lantai::extract::test
