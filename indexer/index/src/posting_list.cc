#include "posting_list.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>

namespace lantai::index {
namespace {

constexpr unsigned kLowBits = 16;
constexpr DocId kLowMask = 0xFFFF;
std::atomic<std::size_t> bytes_kept{0};  // by all segments

constexpr std::uint64_t bit_of(DocId low) { return std::uint64_t{1} << (low & 63U); }

}  // namespace

PostingList::PostingList(PostingCursor& all, std::size_t count) : first_chunk_(all.doc() >> kLowBits) {
  counts_.reserve(count);
  std::vector<std::uint16_t> low;  // of the chunk
  DocId chunk = first_chunk_;
  std::array<DocId, 1024> docs;
  std::array<std::uint8_t, 1024> counts;
  while (const std::size_t some = all.fill(docs, counts.data())) {
    for (std::size_t i = 0; i < some; ++i) {
      for (; chunk < docs[i] >> kLowBits; ++chunk) end_chunk(low);
      low.push_back(static_cast<std::uint16_t>(docs[i] & kLowMask));
      counts_.push_back(counts[i]);
    }
  }
  end_chunk(low);
  low_.shrink_to_fit();
}

void PostingList::end_chunk(std::vector<std::uint16_t>& low) {
  const bool has_bits = low.size() >= kMany;
  const auto begin = static_cast<std::uint32_t>(counts_.size() - low.size());
  chunks_.push_back({begin, static_cast<std::uint32_t>(has_bits ? bits_.size() : low_.size()),
                     static_cast<std::uint32_t>(low.size()), has_bits});
  if (has_bits) {
    std::uint64_t* const bits = &*bits_.insert(bits_.end(), kWords, 0);
    for (const auto one : low) bits[one >> 6U] |= bit_of(one);
    std::uint16_t before = 0;
    for (std::size_t word = 0; word < kWords; ++word) {
      ranks_.push_back(before);
      before = static_cast<std::uint16_t>(before + std::popcount(bits[word]));
    }
  } else {
    low_.insert(low_.end(), low.begin(), low.end());
  }
  low.clear();
}

std::size_t PostingList::bytes() const {
  return sizeof *this + counts_.capacity() + low_.capacity() * sizeof low_[0] + bits_.capacity() * sizeof bits_[0] +
         ranks_.capacity() * sizeof ranks_[0] + chunks_.capacity() * sizeof chunks_[0];
}

class ListedCursor final : public PostingCursor {
 public:
  explicit ListedCursor(std::shared_ptr<const PostingList> list) : held_(std::move(list)), list_(*held_) {
    enter(0);
    settle(0);
  }
  std::uint32_t wdf() const override { return list_.counts_[place_of(doc_ & kLowMask)]; }
  void next() override { skip_to(doc_ + 1); }
  void skip_to(DocId target) override {
    if (doc_ >= target) return;
    if (reach(target)) {
      settle(target & kLowMask);
    } else {
      doc_ = kNoDoc;  // what it stood at was below: it does not lie before the first chunk
    }
  }

  std::size_t fill(std::span<DocId> out, std::uint8_t* counts) override {
    const std::size_t first = doc_ == kNoDoc ? 0 : place_of(doc_ & kLowMask);
    std::size_t count = 0;
    while (count < out.size() && doc_ != kNoDoc) {
      if (bits_ != nullptr) {
        count = fill_from_bits(out, count);
        continue;
      }
      while (at_ != end_ && count < out.size()) out[count++] = high_ | *at_++;
      settle(0);
    }
    if (counts != nullptr) std::copy_n(list_.counts_.begin() + static_cast<std::ptrdiff_t>(first), count, counts);
    return count;
  }
  std::size_t keep(std::span<DocId> docs) override {
    std::size_t kept = 0;
    each_chunk(docs, [&](std::span<const DocId> some) {
      if (bits_ == nullptr) {
        for (const DocId doc : some) {
          docs[kept] = doc;
          kept += holds(doc) ? 1 : 0;
        }
        return;
      }
      const std::uint64_t* const bits = bits_;
      std::size_t at = kept;
      for (const DocId doc : some) {
        docs[at] = doc;
        at += bits[(doc & kLowMask) >> 6U] >> (doc & 63U) & 1U;
      }
      kept = at;
    });
    return kept;
  }
  void counts(std::span<const DocId> docs, std::uint8_t* out) override {
    std::fill_n(out, docs.size(), std::uint8_t{0});
    each_chunk(docs, [&](std::span<const DocId> some) {
      std::uint8_t* const of_some = out + (some.data() - docs.data());
      if (bits_ == nullptr) {
        for (std::size_t i = 0; i < some.size(); ++i)
          if (holds(some[i])) of_some[i] = list_.counts_[place_of(some[i] & kLowMask)];
      } else {
        counts_from_bits(some, of_some);
      }
    });
  }

 private:
  static constexpr DocId kWords = PostingList::kWords;

  // The increasing documents chunk by chunk, entered; without those that lie in none.
  template <typename Do>
  void each_chunk(std::span<const DocId> docs, Do&& take) {
    while (!docs.empty()) {
      const DocId last = docs.front() | kLowMask;
      const auto size = docs.back() <= last
                            ? docs.size()
                            : static_cast<std::size_t>(std::upper_bound(docs.begin(), docs.end(), last) - docs.begin());
      if (reach(docs.front())) take(docs.first(size));
      docs = docs.subspan(size);
    }
  }
  // The counts are bytes, which might be anything's: what is looked up for each lies in variables of its own.
  void counts_from_bits(std::span<const DocId> docs, std::uint8_t* out) const {
    const std::uint64_t* const bits = bits_;
    const std::uint16_t* const ranks = ranks_;
    const std::uint8_t* const counts = list_.counts_.data() + counts_begin_;
    for (const DocId doc : docs) {
      const DocId word = (doc & kLowMask) >> 6U;
      const std::uint64_t of_word = bits[word], bit = bit_of(doc);
      if ((of_word & bit) != 0) *out = counts[ranks[word] + static_cast<unsigned>(std::popcount(of_word & (bit - 1)))];
      ++out;
    }
  }

  void enter(std::size_t number) {
    number_ = number;
    const auto& chunk = list_.chunks_[number];
    high_ = (list_.first_chunk_ + static_cast<DocId>(number)) << kLowBits;
    counts_begin_ = chunk.begin;
    bits_ = chunk.has_bits ? list_.bits_.data() + chunk.place : nullptr;
    ranks_ = chunk.has_bits ? list_.ranks_.data() + chunk.place : nullptr;
    begin_ = at_ = chunk.has_bits ? nullptr : list_.low_.data() + chunk.place;
    end_ = chunk.has_bits ? nullptr : begin_ + chunk.size;
  }
  // Into the chunk of a document; false: there is none.
  bool reach(DocId doc) {
    const DocId chunk = doc >> kLowBits;
    if (chunk < list_.first_chunk_ + number_) return false;
    const std::size_t number = chunk - list_.first_chunk_;
    if (number >= list_.chunks_.size()) return false;
    if (number > number_) enter(number);
    return true;
  }
  // Of increasing documents of this chunk, whose lower halves are in order.
  bool holds(DocId doc) {
    const DocId low = doc & kLowMask;
    at_ = first_from(static_cast<std::uint16_t>(low));
    return at_ != end_ && *at_ == low;
  }
  // In counts_; of a document that it holds, or stands at.
  std::size_t place_of(DocId low) const {
    if (bits_ == nullptr) return counts_begin_ + static_cast<std::size_t>(at_ - begin_);
    const auto before = std::popcount(bits_[low >> 6U] & (bit_of(low) - 1));
    return counts_begin_ + ranks_[low >> 6U] + static_cast<std::size_t>(before);
  }
  // The first of this chunk, from where it stands, that is not below; near by most of the time.
  const std::uint16_t* first_from(std::uint16_t low) const {
    const std::uint16_t* from = at_;
    std::ptrdiff_t step = 1;
    if (from == end_ || *from >= low) return from;
    while (end_ - from > step && from[step] < low) {
      from += step;
      step *= 2;
    }
    return std::lower_bound(from + 1, end_ - from > step ? from + step : end_, low);
  }
  // To the first of this chunk that is not below, or of the next ones.
  void settle(DocId low) {
    for (;;) {
      if (bits_ != nullptr) {
        if (const DocId found = bit_from(low); found <= kLowMask) {
          doc_ = high_ | found;
          return;
        }
      } else if (at_ = first_from(static_cast<std::uint16_t>(low)); at_ != end_) {
        doc_ = high_ | *at_;
        return;
      }
      if (number_ + 1 == list_.chunks_.size()) break;
      enter(number_ + 1);
      low = 0;
    }
    doc_ = kNoDoc;
  }
  DocId bit_from(DocId low) const {
    for (DocId at = low >> 6U; at < kWords; ++at) {
      const std::uint64_t word = bits_[at] & (at == low >> 6U ? ~std::uint64_t{0} << (low & 63U) : ~std::uint64_t{0});
      if (word != 0) return (at << 6U) | static_cast<DocId>(std::countr_zero(word));
    }
    return kLowMask + 1;
  }
  std::size_t fill_from_bits(std::span<DocId> out, std::size_t count) {
    DocId at = (doc_ & kLowMask) >> 6U;
    std::uint64_t word = bits_[at] & (~std::uint64_t{0} << (doc_ & 63U));
    while (count < out.size()) {
      for (; word != 0 && count < out.size(); word &= word - 1)
        out[count++] = high_ | (at << 6U) | static_cast<DocId>(std::countr_zero(word));
      if (word != 0 || ++at == kWords) break;
      word = bits_[at];
    }
    settle(word == 0 ? at << 6U : (at << 6U) | static_cast<DocId>(std::countr_zero(word)));
    return count;
  }

  std::shared_ptr<const PostingList> held_;
  const PostingList& list_;
  std::size_t number_ = 0, counts_begin_ = 0;  // of the chunk
  DocId high_ = 0;
  const std::uint64_t* bits_ = nullptr;
  const std::uint16_t *ranks_ = nullptr, *begin_ = nullptr, *at_ = nullptr, *end_ = nullptr;
};

std::unique_ptr<PostingCursor> open_list(std::shared_ptr<const PostingList> list) {
  return std::make_unique<ListedCursor>(std::move(list));
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
