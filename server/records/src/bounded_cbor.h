// How is CBOR read that may have been damaged? With a limit on depth, so that no input overflows the stack, and with
// every string checked to be UTF-8. Pure; thread-safe.
#pragma once

#include "lantai/base/bytes.h"
#include "lantai/schema/value.h"

namespace lantai::records {

inline constexpr std::size_t kMaxCborDepth = 64;

// Throws data_loss naming `what`.
schema::Json read_cbor(ByteView bytes, std::string_view what);

}  // namespace lantai::records
