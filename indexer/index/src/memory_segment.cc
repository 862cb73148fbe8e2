#include <algorithm>
#include <set>
#include <unordered_map>

#include "segments.h"

namespace lantai::index {
namespace {

struct Posting {
  DocId doc;
  std::uint32_t wdf;
};

using Postings = std::vector<Posting>;

class MemorySegment final : public Segment {
 public:
  std::unique_ptr<SegmentReader> reader() const override;
  DocId first() const override { return first_; }
  DocId last() const override { return last_; }

  DocId first_ = kNoDoc, last_ = 0;
  std::size_t documents_ = 0;
  std::unordered_map<std::string, Postings> terms_;
};

class MemoryCursor final : public PostingCursor {
 public:
  explicit MemoryCursor(const Postings& postings) : at_(postings.data()), end_(at_ + postings.size()) {}
  DocId doc() const override { return at_ == end_ ? kNoDoc : at_->doc; }
  void next() override { ++at_; }
  void skip_to(DocId doc) override {
    if (at_ == end_ || at_->doc >= doc) return;
    at_ = std::lower_bound(at_, end_, doc, [](const Posting& posting, DocId wanted) { return posting.doc < wanted; });
  }
  std::uint32_t wdf() const override { return at_->wdf; }

 private:
  const Posting* at_;
  const Posting* end_;
};

class MemoryReader final : public SegmentReader {
 public:
  explicit MemoryReader(const MemorySegment& segment) : segment_(segment) {}
  std::unique_ptr<PostingCursor> open(const std::string& term) override {
    const auto found = segment_.terms_.find(term);
    if (found == segment_.terms_.end()) return nullptr;
    return std::make_unique<MemoryCursor>(found->second);
  }
  std::uint64_t frequency(const std::string& term) override {
    const auto found = segment_.terms_.find(term);
    return found == segment_.terms_.end() ? 0 : found->second.size();
  }
  void each_term(const std::string& prefix, const std::function<bool(const std::string&)>& visit) override {
    std::set<std::string> found;
    for (const auto& [term, postings] : segment_.terms_) {
      if (term.starts_with(prefix)) found.insert(term);
    }
    for (const auto& term : found) {
      if (!visit(term)) return;
    }
  }

 private:
  const MemorySegment& segment_;
};

std::unique_ptr<SegmentReader> MemorySegment::reader() const { return std::make_unique<MemoryReader>(*this); }

}  // namespace

std::shared_ptr<const Segment> make_memory_segment(const std::vector<NumberedDocument>& documents) {
  auto segment = std::make_shared<MemorySegment>();
  for (const auto& [doc, document] : documents) {
    segment->first_ = std::min(segment->first_, doc);
    segment->last_ = std::max(segment->last_, doc);
    for (const auto& [term, wdf] : document->terms) segment->terms_[term].push_back({doc, wdf});
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
  segment->terms_ = left.terms_;
  for (const auto& [term, postings] : right.terms_) {
    Postings& all = segment->terms_[term];
    all.insert(all.end(), postings.begin(), postings.end());
  }
  return segment;
}

std::size_t memory_segment_size(const Segment& segment) {
  return dynamic_cast<const MemorySegment&>(segment).documents_;
}

}  // namespace lantai::index
