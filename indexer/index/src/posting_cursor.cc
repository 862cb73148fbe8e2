#include <algorithm>

#include "lantai/index/searchable.h"

namespace lantai::index {

std::size_t PostingCursor::fill(std::span<DocId> out) {
  std::size_t count = 0;
  for (; count < out.size() && doc_ != kNoDoc; next()) out[count++] = doc_;
  return count;
}

std::size_t PostingCursor::keep(std::span<DocId> docs) {
  std::size_t kept = 0;
  for (const DocId doc : docs) {
    if (doc_ < doc) skip_to(doc);
    docs[kept] = doc;
    kept += doc_ == doc ? 1 : 0;
  }
  return kept;
}

void PostingCursor::counts(std::span<const DocId> docs, std::uint8_t* out) {
  for (const DocId doc : docs) {
    if (doc_ < doc) skip_to(doc);
    *out++ = doc_ == doc ? static_cast<std::uint8_t>(std::min(wdf(), kMostCounted)) : std::uint8_t{0};
  }
}

}  // namespace lantai::index
