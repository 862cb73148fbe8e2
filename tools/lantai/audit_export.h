// The audit log outside the store (docs/formats/audit.md).
#pragma once

#include <ostream>

#include "lantai/storage/store.h"

namespace lantai::cli {

// Returns the number of entries.
std::uint64_t export_audit(storage::Store& store, std::ostream& out);

}  // namespace lantai::cli
