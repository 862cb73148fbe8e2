// Which sizes does the key-value contract allow? Checked by every engine alike.
#pragma once

#include <vector>

#include "lantai/storage/key_value_store.h"

namespace lantai::storage {

void check_key(KeySpace space, ByteView key);
void check_value(KeySpace space, ByteView value);
void check_range(KeySpace space, const ScanRange& range);
void check_batch(const std::vector<Write>& batch);
std::size_t size_of(const Write& write);

}  // namespace lantai::storage
