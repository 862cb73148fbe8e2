// How is CBOR read that may have been damaged? With a limit on depth, so that no input overflows the stack, and with
// every string checked to be UTF-8. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lantai/base/bytes.h"
#include "lantai/schema/value.h"

namespace lantai::records {

inline constexpr std::size_t kMaxCborDepth = 64;

using CborMembers = std::vector<std::pair<std::string, schema::Json>>;

// The members of a map, in its order. Throws data_loss naming `what`, also when it is no map.
CborMembers read_cbor_map(ByteView bytes, std::string_view what);

}  // namespace lantai::records
