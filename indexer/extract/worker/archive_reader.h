// What is in this archive? libarchive over a Source, member by member, in the order of the archive. Charges the budget
// for every byte unpacked. Thread-confined.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "report.h"
#include "source.h"

struct archive;
struct archive_entry;

namespace lantai::extract::worker {

class ArchiveReader {
 public:
  // package: a ZIP and nothing else. compressed_file: one stream without a directory (gzip).
  enum class Contents { archive, package, compressed_file };

  ArchiveReader(Source& source, Budget& budget, Contents contents = Contents::archive);
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;
  ~ArchiveReader();

  struct Entry {
    Bytes raw_name;
    std::uint64_t size = 0;
    bool size_known = false;
    bool regular = false;
    bool encrypted = false;
  };
  // False at the end. Throws Fault when the archive is damaged.
  bool next(Entry& entry);
  // Content of the current member; 0 at its end. Throws Fault damaged or encrypted for this member.
  std::size_t read(std::uint8_t* out, std::size_t count);
  // The whole of it, throws Fault too_large above `limit`.
  Bytes read_all(std::uint64_t limit);
  bool password_protected() const;
  std::string format() const;

  struct Feed;

 private:
  [[noreturn]] void fail() const;

  Budget& budget_;
  std::unique_ptr<Feed> feed_;
  archive* archive_;
};

// A member's path as text: slashes, no way out of the folder, nothing that is not seen and misleads. `unsafe`: it had
// such.
std::string safe_member_path(std::string_view decoded, bool& unsafe);

}  // namespace lantai::extract::worker
