// Which families of keys exist? Every key belongs to exactly one space; the number is on disk and is never reused.
// The key and value shapes of a space are stated in the header of the library that owns it.
#pragma once

#include <cstdint>
#include <string_view>

namespace lantai::storage {

enum class KeySpace : std::uint8_t {
  meta = 1,          // storage: format string, identity, counters
  changes = 2,       // storage: change feed, position → change
  audit = 3,         // storage: audit log, sequence → entry
  outbox = 4,        // storage: effects waiting to be executed
  guards = 5,        // storage: guard keys
  blobs = 6,         // storage: blob digest → manifest
  chunks = 7,        // storage: chunk digest → place in a pack
  blob_owners = 8,   // storage: (blob digest, owner) → nothing: the reference count
  consumers = 9,     // storage: consumer name → (uuid, epoch, position)
  records = 20,      // records: (type, id) → current record
  versions = 21,     // records: (type, id, version) → that version
  indexes = 22,      // records: secondary indexes
  uniques = 23,      // records: unique keys
  counters = 24,     // records: numbering counters
  links = 25,        // records: reverse links
  accounts = 40,     // identity: accounts
  sessions = 41,     // identity: sessions and tokens, by digest of the secret
  extractions = 60,  // archive: (blob digest, extractor version) → state, and digest of the derived blob if large
  texts = 61,        // archive: (blob digest, extractor version) → small extraction as JSON; page images
  uploads = 62,      // archive: resumable uploads
  imports = 63,      // archive: import jobs and what each source became
  searches = 64,     // archive: account → what they looked for last
};

std::string_view name(KeySpace space);

}  // namespace lantai::storage
