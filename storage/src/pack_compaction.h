// How does the room of forgotten chunks come back? Packs of which less than half is still pointed to are emptied into
// others, then removed.
#pragma once

#include "blob_files.h"

namespace lantai::storage {

// Bytes by which the packs became smaller. Thread-safe with writers and readers; one at a time.
std::uint64_t compact_packs(BlobFiles& files);

}  // namespace lantai::storage
