// Where are pack files, and how is one read and written? Append-only files of a directory, or of memory for a store in
// memory. A new one is called `….pack.new` until publish(), which comes before the first commit that speaks of it: so
// `….pack` files are never deleted on the ground that the index does not know them. Format: docs/formats/store.md.
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
#include "lantai/storage/key_value_store.h"

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
// Makes the names in it durable.
void sync_directory(const std::filesystem::path& directory);

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
  // Appends one record; returns where its payload begins. Not durable before sync(). Throws resource_exhausted, with
  // nothing written, when less than `keep_free` bytes of the disk would stay free.
  std::uint64_t append(ByteView digest, ByteView payload, std::uint64_t keep_free);
  void sync();
  // Drops everything from `end` on.
  void truncate(std::uint64_t end);
  // Fills `out`; false when the file ends before.
  bool read(std::uint64_t offset, std::span<std::uint8_t> out) const;
  // Are these bytes there? False also when they cannot be read.
  bool holds(std::uint64_t offset, ByteView bytes) const;
  // What the record that begins at `offset` holds; nothing when no record begins there.
  std::optional<PackRecord> read_record_header(std::uint64_t offset) const;

 private:
  friend class PackFiles;
  void write_all(std::uint64_t offset, ByteView head, ByteView body);
  void require_free(std::uint64_t bytes) const;

  std::uint64_t number_;
  Descriptor fd_;
  std::uint64_t end_;
  std::uint64_t written_back_ = 0;
  bool published_ = true;
};

class PackFiles {
 public:
  PackFiles() = default;  // in memory
  // `reserve_bytes`: as RocksOptions.
  PackFiles(std::filesystem::path directory, std::uint64_t reserve_bytes);

  // What appending must leave free.
  std::uint64_t keep_free(Room room) const { return room == Room::within_reserve ? reserve_ / 4 : reserve_; }
  // Leaves nothing when it throws.
  std::shared_ptr<PackFile> create(std::uint64_t number);
  // Gives the file its name for good; durable on return.
  void publish(PackFile& file) const;
  // nullptr when there is no such file.
  std::shared_ptr<PackFile> open(std::uint64_t number);
  void remove(std::uint64_t number);
  // Keeps the file under the name `….pack.unknown`, out of the way.
  void set_aside(std::uint64_t number) const;
  // Removes what was never published.
  void remove_unpublished() const;
  std::vector<std::uint64_t> list() const;       // published
  std::uint64_t highest() const;                 // of all files, also those set aside; 0 without any
  std::string name(std::uint64_t number) const;  // for messages

 private:
  std::filesystem::path path(std::uint64_t number) const;
  void remember(const std::shared_ptr<PackFile>& file);

  std::filesystem::path directory_;  // empty: in memory
  std::uint64_t reserve_ = 0;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<PackFile>> open_;
};

}  // namespace lantai::storage
