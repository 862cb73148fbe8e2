#include <algorithm>

#include "lantai/index/searchable.h"

namespace lantai::index {
namespace {

std::uint8_t counted(const PostingCursor& at) { return static_cast<std::uint8_t>(std::min(at.wdf(), kMostCounted)); }

}  // namespace

std::size_t PostingCursor::fill(std::span<DocId> out, std::uint8_t* counts) {
  std::size_t count = 0;
  for (; count < out.size() && doc_ != kNoDoc; next()) {
    if (counts != nullptr) counts[count] = counted(*this);
    out[count++] = doc_;
  }
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
    *out++ = doc_ == doc ? counted(*this) : std::uint8_t{0};
  }
}

}  // namespace lantai::index
