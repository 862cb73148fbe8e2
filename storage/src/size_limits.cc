#include "size_limits.h"

#include <fmt/format.h>

#include "lantai/base/error.h"

namespace lantai::storage {

void check_key(KeySpace space, ByteView key) {
  if (key.empty() || key.size() > kMaxKeyBytes) {
    throw Error(ErrorCode::invalid_argument, fmt::format("a key of {} bytes in space {}; 1 to {} are allowed",
                                                         key.size(), name(space), kMaxKeyBytes));
  }
}

void check_value(KeySpace space, ByteView value) {
  if (value.size() > kMaxValueBytes) {
    throw Error(ErrorCode::invalid_argument, fmt::format("a value of {} bytes in space {}; at most {} are allowed",
                                                         value.size(), name(space), kMaxValueBytes));
  }
}

void check_range(KeySpace space, const ScanRange& range) {
  if (range.limit > kMaxPageEntries) {
    throw Error(ErrorCode::invalid_argument, fmt::format("a page of {} entries of space {}; at most {} are allowed",
                                                         range.limit, name(space), kMaxPageEntries));
  }
}

std::size_t size_of(const Write& write) { return 1 + write.key.size() + (write.value ? write.value->size() : 0); }

void check_batch(const std::vector<Write>& batch) {
  std::size_t bytes = 0;
  for (const auto& write : batch) {
    check_key(write.space, write.key);
    if (write.value) check_value(write.space, *write.value);
    bytes += size_of(write);
  }
  if (bytes > kMaxBatchBytes) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("a batch of {} bytes; at most {} are allowed", bytes, kMaxBatchBytes));
  }
}

}  // namespace lantai::storage
