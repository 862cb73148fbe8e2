// Which pack may a writer append to? Each writer gets one to itself for as long as it writes; partly filled packs go
// round. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "blob_index.h"
#include "pack_files.h"

namespace lantai::storage {

// A pack that has grown to this gets no further blobs.
inline constexpr std::uint64_t kPackTargetBytes = 256U << 20U;

// How a writer leaves a pack. What lies beyond the committed part is dropped, unless a commit of unknown outcome may
// name it: such a pack is left as it is until the next start.
enum class PackUse { append_again, append_no_more, leave_as_is };

class PackPool {
 public:
  explicit PackPool(PackFiles& files) : files_(files) {}

  // Brings files and index together after a start: removes packs that were never published and tails that no commit
  // vouches for; sets aside published packs that the index does not know.
  void recover(const ReadView& view);

  std::shared_ptr<PackFile> acquire();
  // `committed`: where the index's part ends.
  void release(const std::shared_ptr<PackFile>& pack, std::uint64_t committed, PackUse use) noexcept;
  // Takes a pack out of circulation until the next start; false while a writer has it.
  bool retire(std::uint64_t number);

 private:
  PackFiles& files_;
  std::mutex mutex_;
  std::set<std::uint64_t> partly_filled_;
  std::set<std::uint64_t> leased_;
  std::uint64_t next_ = 1;
};

std::map<std::uint64_t, PackState> all_packs(const ReadView& view);

}  // namespace lantai::storage
