// What does a picture of a telephone (HEIF, ISO/IEC 23008-12, with HEVC or AV1) look like? Thread-confined.
#pragma once

#include "image.h"

namespace lantai::extract::worker {

// By which brand it is known: avif, or one of those with HEVC; empty if it is none.
std::string_view heif_brand(ByteView bytes);
// The primary picture, turned as it is to be looked at. Throws Fault damaged, or too_large above `max_pixels`.
Image decode_heif(ByteView bytes, std::int64_t max_pixels);

}  // namespace lantai::extract::worker
