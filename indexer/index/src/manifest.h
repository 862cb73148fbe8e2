// What belongs to a generation, and up to which change? One small text file, replaced atomically: the commit point of
// the index (docs/formats/index.md). The same state is in the metadata of every segment it names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lantai/storage/store_identity.h"

namespace lantai::index {

inline constexpr const char* kIndexFormat = "lantai-index 2";

struct IndexState {
  storage::StoreIdentity store;
  std::uint64_t position = 0;
  std::string analyser;
  std::string schema;
  std::uint64_t column_bytes = 0;
  std::uint64_t text_bytes = 0;
  std::uint64_t next_doc = 1;

  bool same_source(const IndexState& other) const {
    return store == other.store && analyser == other.analyser && schema == other.schema;
  }
};

struct Manifest {
  IndexState state;
  std::vector<std::string> segments;  // directory names, oldest first
};

std::string encode_state(const IndexState& state);
// Durable on return: the old file or the new one, never a mixture.
void write_manifest(const std::filesystem::path& directory, const Manifest& manifest);
// nullopt: none there. Throws failed_precondition on an unknown format or feature, data_loss on a damaged one.
std::optional<Manifest> read_manifest(const std::filesystem::path& directory);

void write_file_atomically(const std::filesystem::path& file, const std::string& content);
void sync_directory(const std::filesystem::path& directory);

}  // namespace lantai::index
