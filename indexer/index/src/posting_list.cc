#include "posting_list.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "lantai/index/ranking.h"

namespace lantai::index {
namespace {

constexpr unsigned kLowBits = 16;
constexpr DocId kLowMask = 0xFFFF;
constexpr std::size_t kInBlock = (std::size_t{1} << PostingList::kBlockBits) - 1;
constexpr double kFull = 255;
constexpr double kMayGrow = 1.25;        // the average length, until the highest shares hold no more
std::atomic<std::size_t> bytes_kept{0};  // by all segments

}  // namespace

PostingList::PostingList(PostingCursor& all, std::size_t count, const Columns& columns)
    : first_chunk_(all.doc() >> kLowBits), most_average_(columns.average_length() * kMayGrow) {
  low_.reserve(count);
  counts_.reserve(count);
  highest_.reserve((count >> kBlockBits) + 1);
  std::uint32_t most = 0, shortest = 0;
  const auto end_block = [&] {
    const double share = share_of(most, length_norm(shortest, most_average_));
    highest_.push_back(static_cast<std::uint8_t>(std::min(kFull, std::ceil(share * kFull))));
  };
  for (; all.doc() != kNoDoc; all.next()) {
    const std::size_t chunk = (all.doc() >> kLowBits) - first_chunk_;
    while (begins_.size() <= chunk) begins_.push_back(static_cast<std::uint32_t>(low_.size()));
    const std::uint32_t counted = std::min(all.wdf(), kMostCounted), length = columns.standing(all.doc()).length;
    const bool first = (low_.size() & kInBlock) == 0;
    if (first && !low_.empty()) end_block();
    most = first ? counted : std::max(most, counted);
    shortest = first ? length : std::min(shortest, length);
    low_.push_back(static_cast<std::uint16_t>(all.doc() & kLowMask));
    counts_.push_back(static_cast<std::uint8_t>(counted));
  }
  end_block();
  begins_.push_back(static_cast<std::uint32_t>(low_.size()));
}

class ListedCursor final : public PostingCursor {
 public:
  ListedCursor(std::shared_ptr<const PostingList> list, double average_length)
      : held_(std::move(list)), list_(*held_), bounded_(average_length > 0 && average_length <= list_.most_average_) {
    settle();
  }
  double highest_share() const override {
    return bounded_ ? list_.highest_[at_ >> PostingList::kBlockBits] / kFull : 1;
  }
  std::uint32_t wdf() const override { return list_.counts_[at_]; }
  void next() override {
    ++at_;
    settle();
  }
  void skip_to(DocId target) override {
    if (doc_ >= target) return;
    const std::size_t chunk = (target >> kLowBits) - list_.first_chunk_;  // doc_ is before it: not below
    if (chunk > chunk_) {
      if (chunk + 1 >= list_.begins_.size()) {
        at_ = list_.low_.size();
        return settle();
      }
      chunk_ = chunk;
      at_ = list_.begins_[chunk];
    }
    at_ = first_from(at_, list_.begins_[chunk_ + 1], static_cast<std::uint16_t>(target & kLowMask));
    settle();
  }

 private:
  // The first of [begin, end) that is not below; near the beginning most of the time.
  std::size_t first_from(std::size_t begin, std::size_t end, std::uint16_t low) const {
    std::size_t step = 1, from = begin;
    while (from + step < end && list_.low_[from + step] < low) {
      from += step;
      step *= 2;
    }
    const auto* values = list_.low_.data();
    return static_cast<std::size_t>(std::lower_bound(values + from, values + std::min(from + step + 1, end), low) -
                                    values);
  }
  void settle() {
    if (at_ == list_.low_.size()) {
      doc_ = kNoDoc;
      return;
    }
    while (at_ >= list_.begins_[chunk_ + 1]) ++chunk_;
    doc_ = ((list_.first_chunk_ + static_cast<DocId>(chunk_)) << kLowBits) | list_.low_[at_];
  }

  std::shared_ptr<const PostingList> held_;
  const PostingList& list_;
  const bool bounded_;
  std::size_t at_ = 0, chunk_ = 0;
};

std::unique_ptr<PostingCursor> open_list(std::shared_ptr<const PostingList> list, double average_length) {
  return std::make_unique<ListedCursor>(std::move(list), average_length);
}

PostingLists::~PostingLists() { bytes_kept -= bytes_; }

std::shared_ptr<const PostingList> PostingLists::find(const std::string& term, std::uint64_t& walked) {
  std::lock_guard lock(mutex_);
  const auto found = lists_.find(term);
  if (found != lists_.end()) {
    order_.splice(order_.begin(), order_, found->second.place);
    return found->second.list;
  }
  const auto noted = walked_.find(term);
  walked = noted == walked_.end() ? 0 : noted->second;
  return nullptr;
}

void PostingLists::note_walk(const std::string& term, std::uint64_t steps) {
  std::lock_guard lock(mutex_);
  if (walked_.size() > kNoted) walked_.clear();
  walked_[term] += steps;
}

std::optional<std::uint64_t> PostingLists::frequency(const std::string& term) {
  std::lock_guard lock(mutex_);
  if (const auto list = lists_.find(term); list != lists_.end()) return list->second.list->size();
  const auto noted = frequencies_.find(term);
  return noted == frequencies_.end() ? std::nullopt : std::optional(noted->second);
}

void PostingLists::note_frequency(const std::string& term, std::uint64_t frequency) {
  std::lock_guard lock(mutex_);
  if (frequencies_.size() > kNoted) frequencies_.clear();
  frequencies_.emplace(term, frequency);
}

void PostingLists::keep(const std::string& term, std::shared_ptr<const PostingList> list) {
  const std::size_t bytes = list->bytes();
  std::lock_guard lock(mutex_);
  const auto [at, fresh] = lists_.try_emplace(term);
  if (!fresh) return;
  walked_.erase(term);
  at->second = {std::move(list), order_.insert(order_.begin(), term)};
  bytes_ += bytes;
  bytes_kept += bytes;
  while (bytes_kept > kRoom && order_.size() > 1) {
    const auto oldest = lists_.find(order_.back());
    const std::size_t freed = oldest->second.list->bytes();
    bytes_ -= freed;
    bytes_kept -= freed;
    lists_.erase(oldest);
    order_.pop_back();
  }
}

}  // namespace lantai::index
