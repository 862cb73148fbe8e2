// Pictures in forms that leptonica does not read: TIFF with 16 bits, alpha, tiles or other colours, by libtiff; BMP
// with the longer headers of later versions. Thread-safe.
#pragma once

#include <cstdint>

#include "image.h"

namespace lantai::extract::worker {

// Page `number`, from 1 on. Throws Fault damaged, or too_large before anything of the size is reserved.
Image read_any_tiff(ByteView bytes, std::uint32_t number);

// The same picture under a header of version 3, as all programs read it; empty if it is none of version 4 or 5.
Bytes with_short_bmp_header(ByteView bytes);

}  // namespace lantai::extract::worker
