// How is what a record was stored as read again? CBOR as it is written here: definite lengths, names as text, no tags
// (RFC 8949, 3). Ourselves, as the JSON library takes texts byte by byte. It may have been damaged: depth is limited,
// so that no input overflows the stack, and every text checked to be UTF-8. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lantai/base/bytes.h"
#include "lantai/schema/value.h"

namespace lantai::records {

inline constexpr std::size_t kMaxCborDepth = 64;  // of maps and arrays within one another

using CborMembers = std::vector<std::pair<std::string, schema::Json>>;

// The members of a map, in its order. Throws data_loss naming `what`, also when it is no map or something follows it.
CborMembers read_cbor_map(ByteView bytes, std::string_view what);

}  // namespace lantai::records
