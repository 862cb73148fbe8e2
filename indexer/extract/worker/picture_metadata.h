// What does a picture say of itself? EXIF 2.3 of the camera, XMP and IPTC-IIM of whoever described it, in JPEG, TIFF,
// PNG, WebP and HEIF. Thread-confined.
#pragma once

#include <map>
#include <string>

#include "charset.h"

namespace lantai::extract::worker {

struct PictureMetadata {
  int orientation = 1;  // 1 … 8: how the stored rows and columns are to be turned (EXIF 2.3, 4.6.4)
  std::string title;
  // `created` (`2019-05-01T08:30:00`, in the camera's own time), `camera`, `author`, `description`, `keywords`,
  // `copyright`, `location` (degrees of latitude and longitude, south and west negative); what is not said is left out.
  std::map<std::string, std::string> fields;
};

// Never throws: what cannot be read is not there.
PictureMetadata read_picture_metadata(ByteView picture, const Charsets& charsets);
// The orientation alone.
int read_orientation(ByteView picture);

}  // namespace lantai::extract::worker
