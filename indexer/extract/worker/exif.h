// What did the camera write into this JPEG (EXIF 2.3)? How it was held, and when the picture was taken. Thread-safe.
#pragma once

#include <string>

#include "lantai/base/bytes.h"

namespace lantai::extract::worker {

struct Exif {
  int orientation = 1;  // 1 … 8: how the stored rows and columns are to be turned (4.6.4)
  std::string taken;    // `2019-05-01T08:30:00`, in the camera's own time; empty if it does not say
};

Exif read_exif(ByteView jpeg);

}  // namespace lantai::extract::worker
