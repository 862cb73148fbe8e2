// Which keys do records live under? Typed functions, one group per key space; nobody else joins parts into keys.
//
//   records   (type) id                        → current record, also when deleted
//   versions  (type) (id) number               → that version with its operation
//   indexes   (type) (index) components… id    → nothing
//   indexes   () (type)                        → names of the indexes that are built
//   uniques   (type) (index) components…       → id of the one record
//   uniques   () (principal) (idempotency key) → what that request made
//   counters  (type) (scope) number            → id of the record that has it, `t` behind it when the code was typed;
//                                               nothing: given once, free again
//   links     (type) (id) (source type) (source id) (field) → nothing: a link to (type, id)
//   links     (type) (id)                      → nothing; written with every link to it, read by its deletion
//
// Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "lantai/base/bytes.h"

namespace lantai::records {

Bytes record_key(std::string_view type, std::string_view id);
Bytes record_prefix(std::string_view type);
Bytes version_key(std::string_view type, std::string_view id, std::uint64_t version);
Bytes version_prefix(std::string_view type, std::string_view id);

Bytes index_prefix(std::string_view type, std::string_view index, ByteView components = {});
Bytes index_key(std::string_view type, std::string_view index, ByteView components, std::string_view id);
Bytes built_indexes_key(std::string_view type);
inline constexpr std::size_t kIdBytes = 36;
std::string_view id_at_end(ByteView key);  // of a record or index key, in which it stays

Bytes unique_key(std::string_view type, std::string_view index, ByteView components);
Bytes idempotency_key(std::string_view principal, std::string_view key);

Bytes counter_key(std::string_view type, std::string_view scope, std::uint64_t number);
Bytes counter_prefix(std::string_view type);
Bytes counter_prefix(std::string_view type, std::string_view scope);
struct CounterKey {
  std::string scope;
  std::uint64_t number = 0;
};
CounterKey parse_counter_key(ByteView key);

struct LinkKey {
  std::string target_type, target_id, source_type, source_id, field;
  bool operator==(const LinkKey&) const = default;
};
Bytes link_key(const LinkKey& link);
Bytes links_from_prefix(std::string_view target_type, std::string_view target_id, std::string_view source_type);
LinkKey parse_link_key(ByteView key);
Bytes link_touch_key(std::string_view target_type, std::string_view target_id);

}  // namespace lantai::records
