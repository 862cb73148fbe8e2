// How far had the store come for certain? A small file beside the engine's directory names the last write that was made
// durable. It is written after every one, and synced only after the first and when the store is closed: after a power
// cut it may name an earlier one, never a later. An engine that does not reach it has lost commits. Used by one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "pack_files.h"

namespace lantai::storage {

class CommitMark {
 public:
  explicit CommitMark(std::filesystem::path file) : file_(std::move(file)) {}
  ~CommitMark();
  CommitMark(const CommitMark&) = delete;
  CommitMark& operator=(const CommitMark&) = delete;

  const std::filesystem::path& file() const { return file_; }
  // Nothing when there is none, or it cannot be made out.
  std::optional<std::uint64_t> load() const;
  // Never throws: a commit does not fail for want of its mark; the log says so once.
  void save(std::uint64_t number) noexcept;

 private:
  std::filesystem::path file_;
  std::optional<Descriptor> open_;
  bool failed_ = false;
};

}  // namespace lantai::storage
