// TIFF in forms that leptonica does not read: with 16 bits, alpha, tiles or other colours, by libtiff. Thread-safe.
#pragma once

#include <cstdint>

#include "image.h"

namespace lantai::extract::worker {

// Page `number`, from 1 on. Throws Fault damaged, or too_large before anything of the size is reserved.
Image read_any_tiff(ByteView bytes, std::uint32_t number);

}  // namespace lantai::extract::worker
