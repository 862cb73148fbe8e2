#include <algorithm>

#include "segments.h"

namespace lantai::index {
namespace {

struct Posting {
  DocId doc;
  std::uint32_t wdf;
};

// Terms in byte order; the postings of terms_[i] are [begins_[i], begins_[i + 1]).
class MemorySegment final : public Segment {
 public:
  std::unique_ptr<SegmentReader> reader() const override;
  DocId first() const override { return first_; }
  DocId last() const override { return last_; }

  void begin_term(std::string term) {
    terms_.push_back(std::move(term));
    begins_.push_back(postings_.size());
  }
  void add(const MemorySegment& other, std::size_t number) {
    const auto begin = other.postings_.begin() + static_cast<std::ptrdiff_t>(other.begins_[number]);
    postings_.insert(postings_.end(), begin, begin + static_cast<std::ptrdiff_t>(other.count(number)));
  }
  std::size_t count(std::size_t number) const {
    return (number + 1 < begins_.size() ? begins_[number + 1] : postings_.size()) - begins_[number];
  }
  std::size_t lower_bound(const std::string& term) const {
    return static_cast<std::size_t>(std::lower_bound(terms_.begin(), terms_.end(), term) - terms_.begin());
  }
  bool holds(std::size_t number, const std::string& term) const {
    return number < terms_.size() && terms_[number] == term;
  }

  DocId first_ = kNoDoc, last_ = 0;
  std::size_t documents_ = 0;
  std::vector<std::string> terms_;
  std::vector<std::size_t> begins_;
  std::vector<Posting> postings_;
};

class MemoryCursor final : public PostingCursor {
 public:
  MemoryCursor(const Posting* begin, std::size_t count) : at_(begin), end_(begin + count) { settle(); }
  void next() override {
    ++at_;
    settle();
  }
  void skip_to(DocId doc) override {
    if (doc_ >= doc) return;
    at_ = std::lower_bound(at_, end_, doc, [](const Posting& posting, DocId wanted) { return posting.doc < wanted; });
    settle();
  }
  std::uint32_t wdf() const override { return std::min(at_->wdf, kMostCounted); }

 private:
  void settle() { doc_ = at_ == end_ ? kNoDoc : at_->doc; }
  const Posting* at_;
  const Posting* end_;
};

class MemoryReader final : public SegmentReader {
 public:
  explicit MemoryReader(const MemorySegment& segment) : segment_(segment) {}
  std::unique_ptr<PostingCursor> open(const std::string& term, std::uint64_t) override {
    const std::size_t number = segment_.lower_bound(term);
    if (!segment_.holds(number, term)) return nullptr;
    return std::make_unique<MemoryCursor>(segment_.postings_.data() + segment_.begins_[number], segment_.count(number));
  }
  std::uint64_t frequency(const std::string& term) override {
    const std::size_t number = segment_.lower_bound(term);
    return segment_.holds(number, term) ? segment_.count(number) : 0;
  }
  void each_term(const std::string& prefix, const std::function<bool(const std::string&)>& visit) override {
    for (std::size_t i = segment_.lower_bound(prefix); i < segment_.terms_.size(); ++i) {
      if (!segment_.terms_[i].starts_with(prefix) || !visit(segment_.terms_[i])) return;
    }
  }

 private:
  const MemorySegment& segment_;
};

std::unique_ptr<SegmentReader> MemorySegment::reader() const { return std::make_unique<MemoryReader>(*this); }

}  // namespace

std::shared_ptr<const Segment> make_memory_segment(const std::vector<NumberedDocument>& documents) {
  struct Entry {
    const std::string* term;
    Posting posting;
  };
  auto segment = std::make_shared<MemorySegment>();
  std::vector<Entry> entries;
  for (const auto& [doc, document] : documents) {
    segment->first_ = std::min(segment->first_, doc);
    segment->last_ = std::max(segment->last_, doc);
    for (const auto& [term, wdf] : document->terms) entries.push_back({&term, {doc, wdf}});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return *a.term < *b.term; });
  segment->postings_.reserve(entries.size());
  for (const auto& entry : entries) {
    if (segment->terms_.empty() || segment->terms_.back() != *entry.term) segment->begin_term(*entry.term);
    segment->postings_.push_back(entry.posting);
  }
  segment->documents_ = documents.size();
  return segment;
}

std::shared_ptr<const Segment> merge_memory_segments(const Segment& older, const Segment& newer) {
  const auto& left = dynamic_cast<const MemorySegment&>(older);
  const auto& right = dynamic_cast<const MemorySegment&>(newer);
  auto segment = std::make_shared<MemorySegment>();
  segment->first_ = left.first_;
  segment->last_ = right.last_;
  segment->documents_ = left.documents_ + right.documents_;
  segment->postings_.reserve(left.postings_.size() + right.postings_.size());
  for (std::size_t l = 0, r = 0; l < left.terms_.size() || r < right.terms_.size();) {
    const bool take_left = r == right.terms_.size() || (l < left.terms_.size() && left.terms_[l] <= right.terms_[r]);
    const bool take_right = l == left.terms_.size() || (r < right.terms_.size() && right.terms_[r] <= left.terms_[l]);
    segment->begin_term(take_left ? left.terms_[l] : right.terms_[r]);
    if (take_left) segment->add(left, l++);
    if (take_right) segment->add(right, r++);
  }
  return segment;
}

std::size_t memory_segment_size(const Segment& segment) {
  return dynamic_cast<const MemorySegment&>(segment).documents_;
}

}  // namespace lantai::index
