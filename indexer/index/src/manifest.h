// What belongs to a generation, and up to which change? One small text file, replaced atomically: the commit point of
// the index (docs/formats/index.md). It carries a digest of itself and of every segment it names, for only these tell
// that a list of documents was changed on disk. The same state is in the metadata of every segment.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lantai/storage/store_identity.h"

namespace lantai::index {

inline constexpr const char* kIndexFormat = "lantai-index 6";

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

struct SegmentName {
  std::string name;    // of the directory
  std::string digest;  // of what is in it, see digest_of
};

struct Manifest {
  IndexState state;
  std::vector<SegmentName> segments;  // oldest first
};

// SHA-256 over the names and contents of a directory's files, in hex. Throws data_loss when one cannot be read whole.
std::string digest_of(const std::filesystem::path& directory);

std::string encode_state(const IndexState& state);
// Durable on return: the old file or the new one, never a mixture.
void write_manifest(const std::filesystem::path& directory, const Manifest& manifest);
// nullopt: none there. Throws failed_precondition on an unknown format or feature, data_loss on a damaged one.
std::optional<Manifest> read_manifest(const std::filesystem::path& directory);

void write_file_atomically(const std::filesystem::path& file, const std::string& content);
void sync_directory(const std::filesystem::path& directory);

}  // namespace lantai::index
