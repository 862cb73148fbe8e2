#include "lantai/storage/key_space.h"

namespace lantai::storage {

std::string_view name(KeySpace space) {
  switch (space) {
    case KeySpace::meta:
      return "meta";
    case KeySpace::changes:
      return "changes";
    case KeySpace::audit:
      return "audit";
    case KeySpace::outbox:
      return "outbox";
    case KeySpace::guards:
      return "guards";
    case KeySpace::blobs:
      return "blobs";
    case KeySpace::chunks:
      return "chunks";
    case KeySpace::blob_owners:
      return "blob_owners";
    case KeySpace::consumers:
      return "consumers";
    case KeySpace::records:
      return "records";
    case KeySpace::versions:
      return "versions";
    case KeySpace::indexes:
      return "indexes";
    case KeySpace::uniques:
      return "uniques";
    case KeySpace::counters:
      return "counters";
    case KeySpace::links:
      return "links";
    case KeySpace::accounts:
      return "accounts";
    case KeySpace::sessions:
      return "sessions";
    case KeySpace::extractions:
      return "extractions";
    case KeySpace::texts:
      return "texts";
    case KeySpace::uploads:
      return "uploads";
    case KeySpace::imports:
      return "imports";
    case KeySpace::searches:
      return "searches";
  }
  return "unknown";
}

}  // namespace lantai::storage
