#include "support/places.h"

namespace lantai::test {

std::filesystem::path source_directory() { return LANTAI_SOURCE_DIR; }
std::filesystem::path binary_directory() { return LANTAI_BINARY_DIR; }
std::filesystem::path shipped_declarations() { return source_directory() / "metadata-schema"; }

}  // namespace lantai::test
