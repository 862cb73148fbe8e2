// How can a caller keep a note for us that it can neither read nor change? Sealed (XChaCha20-Poly1305) under a key that
// stays in the store, so that the note is still good after a restart. Immutable; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lantai/base/bytes.h"
#include "lantai/storage/store.h"

namespace lantai::identity {

class Sealer {
 public:
  // The store's key for `purpose`, made when it is first asked for. Where it cannot be kept (no room on the disk), one
  // that lasts as long as the process.
  Sealer(storage::Store& store, std::string_view purpose);

  std::string seal(std::string_view plain) const;                  // letters, digits, - and _
  std::optional<std::string> open(std::string_view sealed) const;  // nullopt: not ours, or changed

 private:
  Bytes key_;
};

}  // namespace lantai::identity
