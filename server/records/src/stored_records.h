// How is a record read from the store? The same way through a view and through a transaction. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "lantai/storage/key_value_store.h"
#include "record_codec.h"
#include "record_keys.h"

namespace lantai::records {

// Current record, also when deleted.
template <typename Reader>
std::optional<Record> load(Reader& reader, std::string_view type, std::string_view id) {
  if (id.size() != kIdBytes) return std::nullopt;
  const auto value = reader.get(storage::KeySpace::records, record_key(type, id));
  if (!value) return std::nullopt;
  return decode(*value);
}

template <typename Reader>
std::optional<StoredVersion> load_version(Reader& reader, std::string_view type, std::string_view id,
                                          std::uint64_t version) {
  if (id.size() != kIdBytes) return std::nullopt;
  const auto value = reader.get(storage::KeySpace::versions, version_key(type, id, version));
  if (!value) return std::nullopt;
  return decode_version(*value);
}

}  // namespace lantai::records
