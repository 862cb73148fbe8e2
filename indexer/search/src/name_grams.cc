#include "name_grams.h"

#include <algorithm>

#include "lantai/index/terms.h"
#include "lantai/text/folding.h"

namespace lantai::search {
namespace {

NamePairs read_pairs(const std::string& field, index::SegmentReader& reader, index::Effort& effort) {
  NamePairs pairs;
  const std::string beginning = index::field_gram_term(field, "");
  reader.each_term(beginning, [&](const std::string& term) {
    effort.spend();
    const auto gram = text::to_utf32(std::string_view(term).substr(beginning.size()));
    if (gram.empty()) return true;
    if (pairs.firsts.empty() || pairs.firsts.back().character != gram[0]) pairs.firsts.push_back({gram[0], {}});
    pairs.firsts.back().next.push_back(gram.size() > 1 ? gram[1] : 0);
    return true;
  });
  return pairs;
}

}  // namespace

std::shared_ptr<const NamePairs> NameGrams::of(const std::string& field, index::SegmentReader& reader,
                                               const index::Segment& segment, QueryRun& run) {
  {
    std::lock_guard lock(mutex_);
    const auto found = known_.find({&segment, field});
    if (found != known_.end() && !found->second.segment.expired() && found->second.last == segment.last())
      return found->second.pairs;
  }
  const auto& segments = run.snapshot.segments;
  const auto held =
      std::find_if(segments.begin(), segments.end(), [&](const auto& one) { return one.get() == &segment; });
  Known now{*held, segment.last(), std::make_shared<const NamePairs>(read_pairs(field, reader, run.effort))};
  std::lock_guard lock(mutex_);
  std::erase_if(known_, [](const auto& one) { return one.second.segment.expired(); });
  known_[{&segment, field}] = now;
  return now.pairs;
}

}  // namespace lantai::search
