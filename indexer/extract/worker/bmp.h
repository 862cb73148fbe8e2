// A picture in Microsoft's BMP in whatever form: headers of OS/2 and of versions 3 to 5, 1 to 32 bits a pixel, run
// lengths, colour masks, rows from the bottom or from the top (Microsoft, "Bitmap storage"). Leptonica reads only the
// plain ones. Thread-safe.
#pragma once

#include "image.h"

namespace lantai::extract::worker {

bool is_bmp(ByteView bytes);
// Where run lengths pass over pixels, they are white. Throws Fault damaged, also when a row is missing; too_large
// before anything of the size is reserved; unsupported_format for JPEG or PNG in a BMP, which only printers get.
Image read_bmp(ByteView bytes);

}  // namespace lantai::extract::worker
