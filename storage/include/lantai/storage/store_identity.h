// Which store is this, and which life of it? The UUID is made once; the epoch grows at every restore, so that whoever
// remembers (uuid, epoch, position) notices that positions it has seen may never have happened.
#pragma once

#include <cstdint>
#include <string>

namespace lantai::storage {

struct StoreIdentity {
  std::string uuid;
  std::uint64_t epoch = 0;
  bool operator==(const StoreIdentity&) const = default;
};

}  // namespace lantai::storage
