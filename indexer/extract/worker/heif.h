// What does a picture of a telephone (HEIF, ISO/IEC 23008-12, with HEVC) look like? Thread-confined.
#pragma once

#include "image.h"

namespace lantai::extract::worker {

bool is_heif(ByteView bytes);
// The primary picture, turned as it is to be looked at. Throws Fault damaged, or too_large above `max_pixels`.
Image decode_heif(ByteView bytes, std::int64_t max_pixels);

}  // namespace lantai::extract::worker
