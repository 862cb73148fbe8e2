#include "transaction_buffer.h"

#include <fmt/format.h>

#include <algorithm>

#include "blob_keys.h"
#include "lantai/base/error.h"
#include "size_limits.h"

namespace lantai::storage {
namespace {

// Room for keys, hashes and lengths of what the committer adds per change, audit entry or effect.
constexpr std::size_t kEntryOverhead = 256;

using SpaceWrites = TransactionBuffer::SpaceWrites;

// Walks a view's pages one entry at a time.
class ViewCursor {
 public:
  ViewCursor(const ReadView& view, KeySpace space, ScanRange range)
      : view_(view), space_(space), range_(std::move(range)) {
    fill();
  }
  const Entry* current() const { return at_ < page_.entries.size() ? &page_.entries[at_] : nullptr; }
  void next() {
    if (++at_ < page_.entries.size() || !page_.more) return;
    auto last = std::move(page_.entries.back().key);
    if (range_.reverse) {
      range_.end = std::move(last);
    } else {
      last.push_back(0);
      range_.begin = std::move(last);
    }
    fill();
  }

 private:
  void fill() {
    page_ = view_.scan(space_, range_);
    at_ = 0;
  }

  const ReadView& view_;
  KeySpace space_;
  ScanRange range_;
  Page page_;
  std::size_t at_ = 0;
};

// Own writes win over the view; both are walked in the same direction.
template <typename I>
Page merge(ViewCursor stored, I own, I own_end, const ScanRange& range) {
  Page page;
  std::size_t bytes = 0;
  const auto before = [&](const Bytes& a, const Bytes& b) { return range.reverse ? b < a : a < b; };
  while (stored.current() || own != own_end) {
    Entry entry;
    if (own == own_end || (stored.current() && before(stored.current()->key, own->first))) {
      entry = *stored.current();
      stored.next();
    } else {
      if (stored.current() && stored.current()->key == own->first) stored.next();
      const auto& [key, value] = *own++;
      if (!value) continue;
      entry = {key, *value};
    }
    const auto size = entry.key.size() + entry.value.size();
    if (page.entries.size() >= range.limit || (!page.entries.empty() && bytes + size > kMaxPageBytes)) {
      page.more = true;
      break;
    }
    bytes += size;
    page.entries.push_back(std::move(entry));
  }
  return page;
}

Page scan_with(const ReadView& view, KeySpace space, const ScanRange& range, const SpaceWrites& writes) {
  const auto first = writes.lower_bound(range.begin);
  const auto last = range.end.empty() ? writes.end() : writes.lower_bound(range.end);
  if (first == last) return view.scan(space, range);
  // Some stored entries may have been erased here, so a few more are read; who wants the last one only reads that.
  auto wider = range;
  if (range.limit > 1) wider.limit = std::min(range.limit + 16, kMaxPageEntries);
  ViewCursor stored(view, space, wider);
  if (range.reverse) {
    return merge(std::move(stored), std::make_reverse_iterator(last), std::make_reverse_iterator(first), range);
  }
  return merge(std::move(stored), first, last, range);
}

}  // namespace

std::optional<Bytes> TransactionBuffer::get(KeySpace space, ByteView key) {
  check_key(space, key);
  if (const auto own = writes_.find(space); own != writes_.end()) {
    if (const auto found = own->second.find(Bytes(key.begin(), key.end())); found != own->second.end()) {
      return found->second;
    }
  }
  read_.insert(hash_of(space, key));
  return view_.get(space, key);
}

Page TransactionBuffer::scan(KeySpace space, const ScanRange& range) {
  check_range(space, range);
  const auto own = writes_.find(space);
  const bool empty = !range.end.empty() && range.end <= range.begin;
  if (empty || range.limit == 0) return {};
  auto page = own == writes_.end() ? view_.scan(space, range) : scan_with(view_, space, range, own->second);
  for (const auto& entry : page.entries) read_.insert(hash_of(space, entry.key));
  return page;
}

void TransactionBuffer::put(KeySpace space, ByteView key, Bytes value) {
  check_value(space, value);
  set(space, key, std::move(value));
}

void TransactionBuffer::erase(KeySpace space, ByteView key) { set(space, key, std::nullopt); }

void TransactionBuffer::set(KeySpace space, ByteView key, std::optional<Bytes> value) {
  check_key(space, key);
  count(key.size() + 1 + (value ? value->size() : 0));
  auto& writes = writes_[space];
  Bytes owned(key.begin(), key.end());
  if (parts_ != 0) {
    Undo undo{space, owned, {}};
    if (const auto found = writes.find(owned); found != writes.end()) undo.before.emplace(found->second);
    undo_.push_back(std::move(undo));
  }
  writes.insert_or_assign(std::move(owned), std::move(value));
}

void TransactionBuffer::all_or_nothing(const std::function<void()>& part) {
  const Mark mark{undo_.size(), changes_.size(), audits_.size(), effects_.size(), bytes_, room_};
  const auto leave = [&] {
    if (--parts_ == 0) undo_.clear();
  };
  ++parts_;
  try {
    part();
  } catch (...) {
    take_back(mark);
    leave();
    throw;
  }
  leave();
}

void TransactionBuffer::take_back(const Mark& mark) {
  for (; undo_.size() > mark.undone; undo_.pop_back()) {
    auto& [space, key, before] = undo_.back();
    if (before) {
      writes_[space][key] = std::move(*before);
    } else {
      writes_[space].erase(key);
    }
  }
  changes_.resize(mark.changes);
  audits_.resize(mark.audits);
  effects_.resize(mark.effects);
  bytes_ = mark.bytes;
  room_ = mark.room;
}

void TransactionBuffer::count(std::size_t bytes) {
  bytes_ += bytes;
  if (bytes_ > kMaxBatchBytes) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("a transaction of more than {} bytes; split it", kMaxBatchBytes),
                std::string(kTransactionTooLarge), {{"max", std::to_string(kMaxBatchBytes)}});
  }
}

void TransactionBuffer::guard(std::string_view name) {
  touch(name);
  read_.insert(hash_of(KeySpace::guards, as_bytes(name)));
}

void TransactionBuffer::touch(std::string_view name) { touched_.insert(hash_of(KeySpace::guards, as_bytes(name))); }

void TransactionBuffer::append_change(ChangeDraft change) {
  const auto size = change.kind.size() + change.subject.size() + change.id.size() + change.operation.size();
  if (size + kEntryOverhead > kMaxValueBytes) {
    throw Error(ErrorCode::invalid_argument, fmt::format("a change of {} bytes", size));
  }
  count(kEntryOverhead + size);
  changes_.push_back(std::move(change));
}

void TransactionBuffer::append_audit(AuditDraft entry) {
  // The export is JSON: what an attacker sends must not make an entry that cannot be written down.
  for (auto* text : {&entry.actor, &entry.action, &entry.subject, &entry.outcome, &entry.address, &entry.detail}) {
    if (!is_valid_utf8(*text)) *text = to_valid_utf8(*text);
  }
  const auto size = entry.actor.size() + entry.action.size() + entry.subject.size() + entry.outcome.size() +
                    entry.address.size() + entry.detail.size();
  if (size + kEntryOverhead > kMaxValueBytes) {
    throw Error(ErrorCode::invalid_argument, fmt::format("an audit entry of {} bytes", size));
  }
  count(kEntryOverhead + size);
  audits_.push_back(std::move(entry));
}

void TransactionBuffer::enqueue(OutboxDraft effect) {
  const auto size = effect.topic.size() + effect.idempotency_key.size() + effect.payload.size();
  if (size + kEntryOverhead > kMaxValueBytes) {
    throw Error(ErrorCode::invalid_argument, fmt::format("an effect of {} bytes", size));
  }
  count(kEntryOverhead + size);
  effects_.push_back(std::move(effect));
}

void TransactionBuffer::add_blob_owner(ByteView digest, std::string_view owner) {
  if (!get(KeySpace::blobs, blob_header_key(digest))) {
    throw Error(ErrorCode::not_found, fmt::format("no blob {}", to_hex(digest)));
  }
  touch(blob_guard(digest));
  put(KeySpace::blob_owners, blob_owner_key(digest, owner), {});
}

void TransactionBuffer::remove_blob_owner(ByteView digest, std::string_view owner) {
  const auto key = blob_owner_key(digest, owner);
  if (!get(KeySpace::blob_owners, key)) return;
  erase(KeySpace::blob_owners, key);
  // The grace time runs from here, should this have been the last owner.
  put(KeySpace::blobs, blob_touched_key(digest), encode_time(now_));
}

bool TransactionBuffer::has_effects() const {
  const bool any = std::any_of(writes_.begin(), writes_.end(), [](const auto& space) { return !space.second.empty(); });
  return any || !changes_.empty() || !audits_.empty() || !effects_.empty();
}

std::vector<KeyHash> TransactionBuffer::written_keys() const {
  std::vector<KeyHash> out(touched_.begin(), touched_.end());
  for (const auto& [space, writes] : writes_) {
    for (const auto& [key, value] : writes) out.push_back(hash_of(space, key));
  }
  return out;
}

void TransactionBuffer::move_writes(std::vector<Write>& out) {
  for (auto& [space, writes] : writes_) {
    for (auto& [key, value] : writes) out.push_back({space, key, std::move(value)});
  }
}

}  // namespace lantai::storage
