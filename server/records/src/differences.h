// What differs between two versions of a record? Fields by name; a component file as `files[2]`, with the digests and
// names of its versions. Pure; thread-safe.
#pragma once

#include <vector>

#include "lantai/records/record.h"

namespace lantai::records {

std::vector<FieldDifference> file_differences(const std::vector<ComponentFile>& before,
                                              const std::vector<ComponentFile>& after);
// `before` null: everything is new.
std::vector<FieldDifference> differences(const Record* before, const Record& after);

}  // namespace lantai::records
