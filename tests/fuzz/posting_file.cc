// Does a file of postings survive any bytes? It is refused with data_loss, or what it gives is increasing and within
// its bounds.
#include "posting_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "lantai/base/error.h"

namespace {

using namespace lantai::index;

constexpr DocId kFirst = 1, kLast = 70'000;
constexpr std::size_t kMostPostings = 100'000;  // looked at, so that a claim of many costs little

void require(bool holds) {
  if (!holds) std::abort();
}

void read(const std::string& path) {
  const PostingFile file(path, kFirst, kLast);
  std::size_t looked = 0;
  file.each_term("", [&](const std::string& term) {
    const auto found = file.find(term);
    if (!found) return true;
    DocId before = 0;
    for (PackedCursor cursor(file, *found); cursor.doc() != kNoDoc && looked < kMostPostings; cursor.next(), ++looked) {
      require(cursor.doc() > before && cursor.doc() >= kFirst && cursor.doc() <= kLast);
      require(cursor.wdf() <= kMostCounted);
      before = cursor.doc();
    }
    PackedCursor skipping(file, *found);
    for (DocId doc = kFirst; skipping.doc() != kNoDoc && looked < kMostPostings; doc += 977, ++looked)
      skipping.skip_to(doc);
    return looked < kMostPostings;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int memory = ::memfd_create("fuzz", MFD_CLOEXEC);
  require(memory >= 0 && ::write(memory, data, size) == static_cast<ssize_t>(size));
  try {
    read("/proc/self/fd/" + std::to_string(memory));
  } catch (const lantai::Error& error) {
    require(error.code() == lantai::ErrorCode::data_loss);
  }
  ::close(memory);
  return 0;
}
