#include <algorithm>

#include "lantai/index/searchable.h"

namespace lantai::index {
namespace {

// One number a document of the segment: twice the count, plus one where there is a posting at all.
class UnionCursor final : public PostingCursor {
 public:
  UnionCursor(DocId first, std::shared_ptr<const std::vector<std::uint32_t>> counts)
      : first_(first), held_(std::move(counts)), counts_(*held_) {
    settle();
  }
  void next() override {
    ++at_;
    settle();
  }
  void skip_to(DocId doc) override {
    if (doc_ >= doc) return;
    at_ = std::min<std::size_t>(doc - first_, counts_.size());
    settle();
  }
  std::uint32_t wdf() const override { return counts_[at_] >> 1U; }

 private:
  void settle() {
    while (at_ < counts_.size() && counts_[at_] == 0) ++at_;
    doc_ = at_ == counts_.size() ? kNoDoc : first_ + static_cast<DocId>(at_);
  }
  DocId first_;
  std::shared_ptr<const std::vector<std::uint32_t>> held_;
  const std::vector<std::uint32_t>& counts_;
  std::size_t at_ = 0;
};

}  // namespace

std::unique_ptr<PostingCursor> Unions::open(SegmentReader& reader, const Segment& segment, const std::string& prefix,
                                            std::size_t most) {
  const auto known = made_.find({&segment, prefix});
  if (known != made_.end()) return std::make_unique<UnionCursor>(segment.first(), known->second);
  std::vector<std::string> terms;
  reader.each_term(prefix, [&](const std::string& term) {
    effort_.spend();
    terms.push_back(term);
    return terms.size() < most;
  });
  if (terms.empty()) return nullptr;
  if (terms.size() == 1) return reader.open(terms.front());
  auto counts = std::make_shared<std::vector<std::uint32_t>>(segment.last() - segment.first() + 1);
  for (const auto& term : terms) {
    const auto cursor = reader.open(term);
    for (; cursor && cursor->doc() != kNoDoc; cursor->next()) {
      effort_.spend();
      std::uint32_t& count = (*counts)[cursor->doc() - segment.first()];
      count = (count | 1U) + 2 * cursor->wdf();
    }
  }
  made_[{&segment, prefix}] = counts;
  return std::make_unique<UnionCursor>(segment.first(), std::move(counts));
}

}  // namespace lantai::index
