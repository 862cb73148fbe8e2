// Where is a stream of bytes cut, so that an insertion moves only the cuts near it? At positions chosen by content: a
// gear hash over the last 64 bytes, with a stricter condition before the wanted average size and a laxer one after it
// (docs/formats/store.md, "Chunks"). The table is part of the format only in so far as equal cuts make versions share
// chunks: a blob cut otherwise is read just as well. Immutable; thread-safe.
#pragma once

#include <cstddef>

#include "lantai/base/bytes.h"

namespace lantai::storage {

inline constexpr std::size_t kMinChunkBytes = 16U << 10U;
inline constexpr std::size_t kAverageChunkBytes = 64U << 10U;
inline constexpr std::size_t kMaxChunkBytes = 256U << 10U;

// Length of the first chunk of `bytes`: at most kMaxChunkBytes, at least kMinChunkBytes unless `bytes` is shorter. The
// answer is final once `bytes` holds kMaxChunkBytes or the end of the stream.
std::size_t first_chunk_length(ByteView bytes);

}  // namespace lantai::storage
