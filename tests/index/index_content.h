// What does an index hold, apart from how it is laid out? So that two indexes built in different ways can be compared.
#pragma once

#include <map>
#include <string>

#include "lantai/index/searchable.h"

namespace lantai::index::testing {

// Record → everything stored about it; term → the living records that hold it, with their counts.
using Content = std::map<std::string, std::string>;
Content content_of(const Snapshot& snapshot);

}  // namespace lantai::index::testing
