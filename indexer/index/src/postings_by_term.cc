#include "postings_by_term.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>

namespace lantai::index {

namespace {

// The first eight bytes of a term as a number, which orders terms as they do.
std::uint64_t head_of(std::string_view term) {
  std::uint64_t head = 0;
  std::memcpy(&head, term.data(), std::min(term.size(), sizeof head));
  return std::endian::native == std::endian::little ? __builtin_bswap64(head) : head;
}

// Numbers terms as they come. Most are a pair of Han characters or a word of two or three, so that their heads tell
// them apart. With a table of strings it took a sixth longer until texts could be found (docs/performance.md).
class TermNumbers {
 public:
  std::uint32_t number_of(std::string_view term) {
    const std::uint64_t head = head_of(term);
    std::uint32_t* slot = slot_of(term, head);
    if (*slot != 0) return *slot - 1;
    *slot = static_cast<std::uint32_t>(names_.size() + 1);
    names_.push_back({head, term});
    if (names_.size() * 2 > slots_.size()) grow();
    return static_cast<std::uint32_t>(names_.size() - 1);
  }
  std::size_t size() const { return names_.size(); }
  std::string_view name(std::uint32_t number) const { return names_[number].term; }

  // The numbers in byte order of their terms.
  std::vector<std::uint32_t> in_order() const {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> heads(names_.size());
    for (std::uint32_t number = 0; number < heads.size(); ++number) heads[number] = {names_[number].head, number};
    std::sort(heads.begin(), heads.end(), [&](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : names_[a.second].term < names_[b.second].term;
    });
    std::vector<std::uint32_t> order(heads.size());
    std::transform(heads.begin(), heads.end(), order.begin(), [](const auto& one) { return one.second; });
    return order;
  }

 private:
  struct Name {
    std::uint64_t head;
    std::string_view term;
  };

  std::uint32_t* slot_of(std::string_view term, std::uint64_t head) {
    constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15ULL;
    std::uint64_t hash = head * kSpread;
    if (term.size() > sizeof head) hash ^= std::hash<std::string_view>()(term.substr(sizeof head));
    hash ^= hash >> 32U;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      if (slots_[at] == 0) return &slots_[at];
      const Name& known = names_[slots_[at] - 1];
      if (known.head == head && known.term.size() == term.size() && (term.size() <= sizeof head || known.term == term))
        return &slots_[at];
    }
  }

  void grow() {
    slots_.assign(slots_.size() * 4, 0);
    for (std::size_t number = 0; number < names_.size(); ++number)
      *slot_of(names_[number].term, names_[number].head) = static_cast<std::uint32_t>(number + 1);
  }

  std::vector<Name> names_;
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(1024);  // number + 1; 0: free
};

}  // namespace

PostingsByTerm::PostingsByTerm(std::span<const NumberedDocument> documents, bool (*wanted)(std::string_view term)) {
  // What comes is put in order of the terms when all are known.
  TermNumbers numbers;
  std::vector<std::uint32_t> sizes;
  std::vector<std::pair<std::uint32_t, Posting>> came;
  for (const auto& [doc, document] : documents) {
    for (const auto& [term, wdf] : document->terms) {
      if (!wanted(term)) continue;
      const std::uint32_t number = numbers.number_of(term);
      if (number == sizes.size()) sizes.push_back(0);
      ++sizes[number];
      came.push_back({number, {doc, wdf}});
    }
  }
  std::vector<std::size_t> places(numbers.size());
  terms_.reserve(numbers.size());
  begins_.reserve(numbers.size() + 1);
  for (const std::uint32_t number : numbers.in_order()) {
    terms_.emplace_back(numbers.name(number));
    places[number] = begins_.back();
    begins_.push_back(begins_.back() + sizes[number]);
  }
  postings_.resize(came.size());
  for (const auto& [number, posting] : came) postings_[places[number]++] = posting;
}

std::size_t PostingsByTerm::lower_bound(std::string_view term) const {
  return static_cast<std::size_t>(std::lower_bound(terms_.begin(), terms_.end(), term) - terms_.begin());
}

void PostingsByTerm::add(const PostingsByTerm& other, std::size_t number) {
  const auto some = other.postings(number);
  postings_.insert(postings_.end(), some.begin(), some.end());
}

PostingsByTerm PostingsByTerm::merged(const PostingsByTerm& older, const PostingsByTerm& newer) {
  PostingsByTerm both;
  both.postings_.reserve(older.postings_.size() + newer.postings_.size());
  for (std::size_t o = 0, n = 0; o < older.size() || n < newer.size();) {
    const bool take_older = n == newer.size() || (o < older.size() && older.terms_[o] <= newer.terms_[n]);
    const bool take_newer = o == older.size() || (n < newer.size() && newer.terms_[n] <= older.terms_[o]);
    both.terms_.push_back(take_older ? older.terms_[o] : newer.terms_[n]);
    if (take_older) both.add(older, o++);
    if (take_newer) both.add(newer, n++);
    both.begins_.push_back(both.postings_.size());
  }
  return both;
}

}  // namespace lantai::index
