// Where does the store of a test lie? A case that takes kBackends runs on both.
#pragma once

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <ostream>

#include "lantai/storage/store.h"

namespace lantai {

enum class Backend { memory, rocksdb };
inline std::ostream& operator<<(std::ostream& out, Backend backend) {
  return out << (backend == Backend::memory ? "memory" : "rocksdb");
}
inline const auto kBackends = boost::unit_test::data::make({Backend::memory, Backend::rocksdb});

inline std::unique_ptr<storage::Store> open_store(Backend backend, const std::filesystem::path& directory,
                                                  const storage::StoreOptions& options) {
  return backend == Backend::memory ? storage::Store::open_in_memory(options)
                                    : storage::Store::open(directory, options);
}

}  // namespace lantai
