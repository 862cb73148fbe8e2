// Where are the sources and what was built of them? For tests. In one place, so that nothing else depends on where
// that is and a compiler's cache serves every copy of the tree. Thread-safe.
#pragma once

#include <filesystem>

namespace lantai::test {

std::filesystem::path source_directory();
std::filesystem::path binary_directory();
std::filesystem::path shipped_declarations();  // metadata-schema

}  // namespace lantai::test
