#include "source.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "fault.h"

namespace lantai::extract::worker {

Source::Source(int descriptor) : descriptor_(descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) throw Fault("damaged", "the file cannot be read");
  size_ = static_cast<std::uint64_t>(status.st_size);
}

Source::~Source() {
  if (mapping_ != nullptr) ::munmap(mapping_, size_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t Source::read_at(std::uint64_t offset, std::uint8_t* out, std::size_t count) const {
  if (offset >= size_ || count == 0) return 0;
  count = static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset));
  if (descriptor_ < 0) {
    std::memcpy(out, bytes_.data() + offset, count);
    return count;
  }
  std::size_t done = 0;
  while (done < count) {
    const auto got = ::pread(descriptor_, out + done, count - done, static_cast<off_t>(offset + done));
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

ByteView Source::head() {
  if (descriptor_ < 0) return ByteView(bytes_).first(std::min(bytes_.size(), kHead));
  if (head_.empty() && size_ > 0) {
    head_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size_, kHead)));
    head_.resize(read_at(0, head_.data(), head_.size()));
  }
  return head_;
}

ByteView Source::all() {
  if (descriptor_ < 0) return bytes_;
  if (size_ <= kHead) return head();
  if (mapping_ == nullptr) {
    void* at = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor_, 0);
    if (at == MAP_FAILED) throw Fault("too_large", "the file does not fit into the memory allowed");
    mapping_ = at;
  }
  return {static_cast<const std::uint8_t*>(mapping_), size_};
}

}  // namespace lantai::extract::worker
