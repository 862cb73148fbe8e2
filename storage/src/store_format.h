// Is this directory a store that this program understands? FORMAT is its first file: a line `lantai-store 1`, then one
// line `feature NAME` for each property that a reader must know. What is not known is refused.
#pragma once

#include <filesystem>

#include "pack_files.h"

namespace lantai::storage {

enum class FormatState { absent, known };

// Throws failed_precondition on an unknown format or feature.
FormatState read_format(const std::filesystem::path& directory);
void write_format(const std::filesystem::path& directory);  // durable on return

// Holds `directory` for this process; throws unavailable when another has it.
class StoreLock {
 public:
  explicit StoreLock(const std::filesystem::path& directory);

 private:
  Descriptor fd_;
};

}  // namespace lantai::storage
