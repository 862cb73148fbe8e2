// Where are pack files, and how is one read and written? Append-only files of a directory, or of memory for a store in
// memory. Format: docs/formats/store.md, "Packs".
//
// PackFiles is thread-safe. A PackFile may be read from many threads; one thread at a time appends to it.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "lantai/base/bytes.h"

namespace lantai::storage {

// An owned file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// Turns errno into an Error: no space, quota and file size limit into resource_exhausted.
[[noreturn]] void fail_with_errno(int error, std::string_view doing);

inline constexpr std::uint64_t kPackHeaderBytes = 16;
inline constexpr std::uint64_t kRecordHeaderBytes = 40;

struct PackRecord {
  Bytes digest;
  std::uint32_t length = 0;
};

class PackFile {
 public:
  PackFile(std::uint64_t number, int fd, std::uint64_t size) : number_(number), fd_(fd), end_(size) {}

  std::uint64_t number() const { return number_; }
  std::uint64_t end() const { return end_; }
  std::uint64_t size_on_disk() const;
  // Appends one record; returns where its payload begins. Not durable before sync().
  std::uint64_t append(ByteView digest, ByteView payload);
  void sync();
  // Drops everything from `end` on.
  void truncate(std::uint64_t end);
  // Fills `out`; false when the file ends before.
  bool read(std::uint64_t offset, std::span<std::uint8_t> out) const;
  // What the record that begins at `offset` holds; nothing when no record begins there.
  std::optional<PackRecord> read_record_header(std::uint64_t offset) const;

 private:
  friend class PackFiles;
  void write_all(std::uint64_t offset, ByteView head, ByteView body);

  std::uint64_t number_;
  Descriptor fd_;
  std::uint64_t end_;
  std::uint64_t written_back_ = 0;
};

class PackFiles {
 public:
  PackFiles() = default;  // in memory
  explicit PackFiles(std::filesystem::path directory);

  std::shared_ptr<PackFile> create(std::uint64_t number);
  // nullptr when there is no such file.
  std::shared_ptr<PackFile> open(std::uint64_t number);
  void remove(std::uint64_t number);
  std::vector<std::uint64_t> list() const;
  std::string name(std::uint64_t number) const;  // for messages

 private:
  std::filesystem::path path(std::uint64_t number) const;
  void remember(const std::shared_ptr<PackFile>& file);

  std::filesystem::path directory_;  // empty: in memory
  mutable std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<PackFile>> open_;
};

}  // namespace lantai::storage
