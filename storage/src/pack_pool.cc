#include "pack_pool.h"

#include "blob_keys.h"
#include "lantai/base/error.h"
#include "lantai/base/log.h"
#include "lantai/storage/key_codec.h"

namespace lantai::storage {

std::map<std::uint64_t, PackState> all_packs(const ReadView& view) {
  std::map<std::uint64_t, PackState> out;
  const Bytes prefix{kPackTag};
  ScanRange range{.begin = prefix, .end = after_prefix(prefix), .limit = 1000};
  while (true) {
    const auto page = view.scan(KeySpace::chunks, range);
    for (const auto& [key, value] : page.entries) {
      out[KeyReader(ByteView(key).subspan(1)).number()] = decode_pack(value);
    }
    if (!page.more) return out;
    range.begin = page.entries.back().key;
    range.begin.push_back(0);
  }
}

void PackPool::recover(const ReadView& view) {
  const auto known = all_packs(view);
  files_.remove_unpublished();
  for (const auto number : files_.list()) {
    if (known.contains(number)) continue;
    log::warning("{} is unknown to the index and set aside", files_.name(number));
    files_.set_aside(number);
  }
  next_ = std::max(next_, files_.highest() + 1);
  for (const auto& [number, state] : known) {
    next_ = std::max(next_, number + 1);
    const auto file = files_.open(number);
    if (!file || file->end() < state.committed) {
      log::error("{} is {}: blobs in it are damaged", files_.name(number), file ? "shorter than committed" : "missing");
      continue;
    }
    if (file->end() > state.committed) file->truncate(state.committed);
    if (state.committed < kPackTargetBytes) partly_filled_.insert(number);
  }
}

std::shared_ptr<PackFile> PackPool::acquire() {
  std::lock_guard lock(mutex_);
  while (!partly_filled_.empty()) {
    const auto number = partly_filled_.extract(partly_filled_.begin()).value();
    if (auto file = files_.open(number)) {
      leased_.insert(number);
      return file;
    }
  }
  auto file = files_.create(next_++);
  leased_.insert(file->number());
  return file;
}

void PackPool::release(const std::shared_ptr<PackFile>& pack, std::uint64_t committed, PackUse use) noexcept {
  try {
    if (use != PackUse::leave_as_is && pack->end() > committed) pack->truncate(committed);
  } catch (const Error& e) {
    // The tail stays until the next start, which drops it.
    log::warning("{}", e.what());
    use = PackUse::append_no_more;
  }
  std::lock_guard lock(mutex_);
  leased_.erase(pack->number());
  if (use == PackUse::append_again && committed < kPackTargetBytes) partly_filled_.insert(pack->number());
}

bool PackPool::retire(std::uint64_t number) {
  std::lock_guard lock(mutex_);
  if (leased_.contains(number)) return false;
  partly_filled_.erase(number);
  return true;
}

}  // namespace lantai::storage
