// Which members does a ZIP say it has? Reads only the central directory, or, when that is missing, the local headers in
// the first bytes. For identification; the content is read by libarchive (archive_reader.h). Thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "source.h"

namespace lantai::extract::worker {

struct ZipMember {
  Bytes name;
  std::uint64_t size = 0;
  bool encrypted = false;
  bool utf8 = false;  // says that the name is UTF-8
};

struct ZipDirectory {
  std::vector<ZipMember> members;
  bool whole = false;  // the end of the archive was found
};

ZipDirectory read_zip_directory(Source& source, std::size_t max_members);

}  // namespace lantai::extract::worker
