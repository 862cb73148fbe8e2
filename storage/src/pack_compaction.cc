#include "pack_compaction.h"

#include <algorithm>

#include "blob_keys.h"
#include "lantai/base/error.h"
#include "lantai/base/log.h"

namespace lantai::storage {
namespace {

// Chunks moved in one commit.
constexpr std::size_t kMoveStep = 256;

struct Move {
  Bytes digest;
  ChunkPlace from;
  ChunkPlace to;
};

class PackMover {
 public:
  PackMover(BlobFiles& files, std::uint64_t number) : files_(files), number_(number) {}
  ~PackMover() {
    if (target_) files_.pool.release(target_, committed_, use_);
  }
  PackMover(const PackMover&) = delete;
  PackMover& operator=(const PackMover&) = delete;

  // Bytes of records that the index still points to. The state of a pack counts payloads only: where they are no larger
  // than their headers it would have the pack rewritten again and again.
  std::uint64_t bytes_in_use(std::uint64_t committed) {
    std::uint64_t out = 0;
    walk(committed, [&](const PackFile&, std::uint64_t offset, const PackRecord& record) {
      if (place_here(offset, record)) out += kRecordHeaderBytes + record.length;
    });
    return out;
  }

  // Moves every chunk the index still places in this pack; bytes written for it.
  std::uint64_t move_all(std::uint64_t committed) {
    walk(committed, [&](const PackFile& source, std::uint64_t offset, const PackRecord& record) {
      if (const auto place = place_here(offset, record)) take(source, *place, record);
      if (moves_.size() == kMoveStep) commit();
    });
    commit();
    return written_;
  }

 private:
  template <typename Visit>
  void walk(std::uint64_t committed, Visit visit) {
    const auto source = files_.packs->open(number_);
    for (std::uint64_t at = kPackHeaderBytes; source && at < committed;) {
      const auto record = source->read_record_header(at);
      if (!record) {
        log::error("{} is damaged at byte {}: it is kept as it is", files_.packs->name(number_), at);
        return;
      }
      visit(*source, at + kRecordHeaderBytes, *record);
      at += kRecordHeaderBytes + record->length;
    }
  }

  std::optional<ChunkPlace> place_here(std::uint64_t offset, const PackRecord& record) const {
    const auto view = files_.committer.read_view();
    auto place = find_place(std::as_const(*view), record.digest);
    if (place && (place->pack != number_ || place->offset != offset)) place.reset();
    return place;
  }

  void take(const PackFile& source, const ChunkPlace& place, const PackRecord& record) {
    Bytes payload(record.length);
    if (!source.read(place.offset, payload) || sha256(payload) != record.digest) {
      log::error("{} is damaged at byte {}: chunk {} is left there", files_.packs->name(number_), place.offset,
                 to_hex(record.digest));
      return;
    }
    if (!target_) {
      target_ = files_.pool.acquire();
      committed_ = target_->end();
    }
    auto to = place;
    to.pack = target_->number();
    to.offset = target_->append(record.digest, payload, files_.packs->keep_free(Room::within_reserve));
    written_ += payload.size() + kRecordHeaderBytes;
    moves_.push_back({record.digest, place, to});
  }

  void commit() {
    if (moves_.empty()) return;
    use_ = PackUse::append_no_more;
    target_->sync();
    files_.packs->publish(*target_);
    use_ = PackUse::leave_as_is;
    try {
      run_freeing(files_.committer, [&](TransactionBuffer& transaction) { redirect(transaction); });
    } catch (const Error& e) {
      if (!outcome_unknown(e)) use_ = PackUse::append_again;
      throw;
    }
    use_ = PackUse::append_again;
    committed_ = target_->end();
    moves_.clear();
    if (target_->end() >= kPackTargetBytes) files_.pool.release(std::exchange(target_, nullptr), committed_, use_);
  }

  void redirect(TransactionBuffer& transaction) const {
    Transaction& reader = transaction;
    auto source = pack_state(reader, number_), target = pack_state(reader, target_->number());
    for (const auto& move : moves_) {
      auto place = find_place(reader, move.digest);
      if (!place || place->pack != move.from.pack || place->offset != move.from.offset) continue;
      place->pack = move.to.pack;
      place->offset = move.to.offset;
      transaction.put(KeySpace::chunks, chunk_key(move.digest), encode_place(*place));
      source.live -= std::min<std::uint64_t>(source.live, place->length);
      target.live += place->length;
    }
    target.committed = target_->end();
    transaction.put(KeySpace::chunks, pack_key(number_), encode_pack(source));
    transaction.put(KeySpace::chunks, pack_key(target_->number()), encode_pack(target));
  }

  BlobFiles& files_;
  std::uint64_t number_;
  std::shared_ptr<PackFile> target_;
  std::uint64_t committed_ = 0;
  PackUse use_ = PackUse::append_again;
  std::vector<Move> moves_;
  std::uint64_t written_ = 0;
};

bool forget_pack(BlobFiles& files, std::uint64_t number) {
  bool empty = false;
  run_freeing(files.committer, [&](TransactionBuffer& transaction) {
    Transaction& reader = transaction;
    empty = pack_state(reader, number).live == 0;
    if (empty) transaction.erase(KeySpace::chunks, pack_key(number));
  });
  if (empty) files.packs->remove(number);
  return empty;
}

}  // namespace

std::uint64_t compact_packs(BlobFiles& files) {
  std::uint64_t freed = 0, written = 0;
  std::vector<std::pair<std::uint64_t, PackState>> sparse;
  for (const auto& pack : all_packs(*files.committer.read_view())) {
    if (pack.second.live == 0 || pack.second.live * 2 < pack.second.committed) sparse.push_back(pack);
  }
  // The emptiest first: what they free is room for moving what is left in others.
  std::sort(sparse.begin(), sparse.end(), [](const auto& a, const auto& b) { return a.second.live < b.second.live; });
  try {
    for (const auto& [number, state] : sparse) {
      PackMover mover(files, number);
      if (state.live > 0 && mover.bytes_in_use(state.committed) * 2 >= state.committed) continue;
      if (!files.pool.retire(number)) continue;
      if (state.live > 0) written += mover.move_all(state.committed);
      if (forget_pack(files, number)) freed += state.committed;
    }
  } catch (const Error& e) {
    if (e.code() != ErrorCode::resource_exhausted) throw;
    log::warning("compaction stops for want of room, and goes on at the next collection: {}", e.what());
  }
  return freed > written ? freed - written : 0;
}

}  // namespace lantai::storage
