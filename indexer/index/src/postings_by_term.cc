#include "postings_by_term.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace lantai::index {

PostingsByTerm::PostingsByTerm(std::span<const NumberedDocument> documents, bool (*wanted)(std::string_view term)) {
  // Terms are numbered as they come; what comes is put in order of the terms when all are known.
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  std::vector<std::string_view> names;
  std::vector<std::uint32_t> sizes;
  std::vector<std::pair<std::uint32_t, Posting>> came;
  for (const auto& [doc, document] : documents) {
    for (const auto& [term, wdf] : document->terms) {
      if (!wanted(term)) continue;
      const auto [at, fresh] = numbers.try_emplace(term, static_cast<std::uint32_t>(names.size()));
      if (fresh) {
        names.push_back(term);
        sizes.push_back(0);
      }
      ++sizes[at->second];
      came.push_back({at->second, {doc, wdf}});
    }
  }
  std::vector<std::uint32_t> order(names.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return names[a] < names[b]; });
  std::vector<std::size_t> places(names.size());
  terms_.reserve(names.size());
  begins_.reserve(names.size() + 1);
  for (const std::uint32_t number : order) {
    terms_.emplace_back(names[number]);
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
