#include "tiff.h"

#include <tiffio.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "fault.h"

namespace lantai::extract::worker {
namespace {

struct Memory {
  ByteView bytes;
  std::uint64_t at = 0;
};

tmsize_t read_memory(thandle_t handle, void* out, tmsize_t count) {
  auto& memory = *static_cast<Memory*>(handle);
  if (count < 0 || memory.at >= memory.bytes.size()) return 0;
  const auto got = std::min<std::uint64_t>(static_cast<std::uint64_t>(count), memory.bytes.size() - memory.at);
  std::memcpy(out, memory.bytes.data() + memory.at, got);
  memory.at += got;
  return static_cast<tmsize_t>(got);
}

tmsize_t write_nothing(thandle_t /*handle*/, void* /*bytes*/, tmsize_t /*count*/) { return 0; }

toff_t seek_memory(thandle_t handle, toff_t offset, int whence) {
  auto& memory = *static_cast<Memory*>(handle);
  memory.at = offset + (whence == SEEK_CUR ? memory.at : whence == SEEK_END ? memory.bytes.size() : 0);
  return memory.at;
}

int close_nothing(thandle_t /*handle*/) { return 0; }

toff_t size_of_memory(thandle_t handle) { return static_cast<Memory*>(handle)->bytes.size(); }

struct Close {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

}  // namespace

Image read_any_tiff(ByteView bytes, std::uint32_t number) {
  TIFFSetErrorHandler(nullptr);
  TIFFSetWarningHandler(nullptr);
  Memory memory{bytes};
  const std::unique_ptr<TIFF, Close> tiff(TIFFClientOpen("", "rm", &memory, read_memory, write_nothing, seek_memory,
                                                         close_nothing, size_of_memory, nullptr, nullptr));
  std::uint32_t width = 0, height = 0;
  if (tiff == nullptr || TIFFSetDirectory(tiff.get(), static_cast<tdir_t>(number - 1)) == 0 ||
      TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width) == 0 ||
      TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height) == 0 || width == 0 || height == 0)
    damaged("the picture's header cannot be read");
  if (std::uint64_t{width} * height > static_cast<std::uint64_t>(kMaxPixels))
    throw Fault("too_large", "the picture has too many pixels");
  std::vector<std::uint32_t> pixels(std::size_t{width} * height);
  if (TIFFReadRGBAImageOriented(tiff.get(), width, height, pixels.data(), ORIENTATION_TOPLEFT, 1) == 0)
    damaged("the picture cannot be decoded");
  return Image::from_rgba(reinterpret_cast<const std::uint8_t*>(pixels.data()), static_cast<int>(width),
                          static_cast<int>(height), std::size_t{width} * 4);
}

}  // namespace lantai::extract::worker
