// How is RocksDB set up, and what do its errors mean? For rocksdb_store.cc alone. Thread-safe.
#pragma once

#include <rocksdb/options.h>
#include <rocksdb/status.h>

#include <string_view>

#include "lantai/storage/key_value_store.h"

namespace lantai::storage {

rocksdb::Options engine_options(const RocksOptions& options);

// Throws the Error that a failed status stands for: resource_exhausted, data_loss naming the file, unavailable, …
void check(const rocksdb::Status& status, std::string_view doing);

}  // namespace lantai::storage
