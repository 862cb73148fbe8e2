// A picture in memory, between its file, a rendered page, OCR and PNG. Owns a leptonica Pix. Thread-confined.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "lantai/base/bytes.h"

struct Pix;

namespace lantai::extract::worker {

inline constexpr std::int64_t kMaxPixels = 120'000'000;

class Image {
 public:
  // How many pages a picture file has: more than one only in a TIFF.
  static std::uint32_t count(ByteView bytes);
  // Page `number`, from 1 on, as it is to be looked at: a photo is turned as its camera says. Throws Fault damaged or
  // too_large (more than kMaxPixels).
  static Image from_file(ByteView bytes, std::uint32_t number = 1);
  // Rows of blue, green, red, unused; of red, green, blue, unused.
  static Image from_bgra(const std::uint8_t* data, int width, int height, std::size_t row_bytes);
  static Image from_rgba(const std::uint8_t* data, int width, int height, std::size_t row_bytes);

  Image turned(int exif_orientation) const;
  int width() const;
  int height() const;
  Image scaled_to_width(std::uint32_t width) const;
  // Grey, and no larger than A4 at 350 dpi.
  Image for_ocr() const;
  Bytes to_png() const;
  std::vector<std::uint32_t> argb() const;  // rows of premultiplied alpha, red, green, blue in a word
  Pix* get() const { return pix_.get(); }

 private:
  struct Destroy {
    void operator()(Pix* pix) const;
  };
  static Image from_rows(const std::uint8_t* data, int width, int height, std::size_t row_bytes, int red);
  explicit Image(Pix* pix) : pix_(pix) {}
  bool is_jpeg() const;
  std::unique_ptr<Pix, Destroy> pix_;
};

}  // namespace lantai::extract::worker
