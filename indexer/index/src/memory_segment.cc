#include <algorithm>

#include "postings_by_term.h"
#include "segments.h"

namespace lantai::index {
namespace {

class MemorySegment final : public Segment {
 public:
  MemorySegment(PostingsByTerm postings, DocId first, DocId last, std::size_t documents)
      : postings_(std::move(postings)), first_(first), last_(last), documents_(documents) {}
  std::unique_ptr<SegmentReader> reader() const override;
  DocId first() const override { return first_; }
  DocId last() const override { return last_; }
  std::size_t documents() const { return documents_; }
  const PostingsByTerm& postings() const { return postings_; }

 private:
  PostingsByTerm postings_;
  DocId first_, last_;
  std::size_t documents_;
};

class MemoryCursor final : public PostingCursor {
 public:
  explicit MemoryCursor(std::span<const Posting> postings)
      : at_(postings.data()), end_(postings.data() + postings.size()) {
    settle();
  }
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
  explicit MemoryReader(const PostingsByTerm& postings) : postings_(postings) {}
  std::unique_ptr<PostingCursor> open(const std::string& term, std::uint64_t) override {
    const std::size_t number = postings_.lower_bound(term);
    if (!postings_.holds(number, term)) return nullptr;
    return std::make_unique<MemoryCursor>(postings_.postings(number));
  }
  std::uint64_t frequency(const std::string& term) override {
    const std::size_t number = postings_.lower_bound(term);
    return postings_.holds(number, term) ? postings_.postings(number).size() : 0;
  }
  void each_term(const std::string& prefix, const std::function<bool(const std::string&)>& visit) override {
    for (std::size_t i = postings_.lower_bound(prefix); i < postings_.size(); ++i) {
      if (!postings_.term(i).starts_with(prefix) || !visit(postings_.term(i))) return;
    }
  }

 private:
  const PostingsByTerm& postings_;
};

std::unique_ptr<SegmentReader> MemorySegment::reader() const { return std::make_unique<MemoryReader>(postings_); }

}  // namespace

std::shared_ptr<const Segment> make_memory_segment(std::span<const NumberedDocument> documents) {
  PostingsByTerm postings(documents, [](std::string_view) { return true; });
  return std::make_shared<MemorySegment>(std::move(postings), documents.front().doc, documents.back().doc,
                                         documents.size());
}

std::shared_ptr<const Segment> merge_memory_segments(const Segment& older, const Segment& newer) {
  const auto& left = dynamic_cast<const MemorySegment&>(older);
  const auto& right = dynamic_cast<const MemorySegment&>(newer);
  return std::make_shared<MemorySegment>(PostingsByTerm::merged(left.postings(), right.postings()), left.first(),
                                         right.last(), left.documents() + right.documents());
}

std::size_t memory_segment_size(const Segment& segment) {
  return dynamic_cast<const MemorySegment&>(segment).documents();
}

}  // namespace lantai::index
