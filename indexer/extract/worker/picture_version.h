// Which version of its format is a picture? Told by the first bytes. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "lantai/base/bytes.h"

namespace lantai::extract::worker {

// `PNG 1.2`, `GIF 89a`, `JFIF 1.01`, `Exif 2.2`, `BMP 3`, `WebP lossless`; the format itself if its version is not
// told.
std::string picture_version(ByteView head, std::string_view format);

}  // namespace lantai::extract::worker
