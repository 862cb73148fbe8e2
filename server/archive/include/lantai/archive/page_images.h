// What does a page look like, and where on it do its characters stand? Rendered and laid out by the extractor in its
// sandbox, and kept as derived blobs under the digest of the source, the page, the width and the extractor's version;
// so is the PDF of a document that an office program has to lay out first. Losing one costs time only. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "lantai/base/time.h"
#include "lantai/extract/extractor.h"
#include "lantai/storage/store.h"

namespace lantai::archive {

class PageImages {
 public:
  PageImages(storage::Store& store, extract::Extractor& extractor, const Clock& clock)
      : store_(store), extractor_(extractor), clock_(clock) {}

  // PNG. Widths are rounded up to one of 240, 600, 1200, 2000, so that few are kept. nullopt: the format has no page
  // images, or no such page. `name` is a hint only. Throws not_found when the bytes are not in the store.
  std::optional<Bytes> find(ByteView digest, const std::string& name, std::uint32_t page, std::uint32_t width) const;
  // How many there are; nullopt: the format has no page images.
  std::optional<std::uint32_t> count(ByteView digest, const std::string& name) const;
  // For marking hits on the image. nullopt as above. Of a scanned page the first call takes a second or more.
  std::optional<extract::PageLayout> layout(ByteView digest, const std::string& name, std::uint32_t page) const;

  // A layout that came with the text of the page.
  void keep_layout(ByteView digest, std::uint32_t page, const extract::PageLayout& layout) const;

  // Gives up what another version of the extractor made and what nobody has asked for longest, until no more than
  // `budget` bytes are kept; the next collection frees them. The number given up. O(kept).
  std::size_t make_room(std::uint64_t budget) const;

 private:
  struct Derived;
  struct Kept;
  using Asked = std::function<std::optional<Bytes>(const extract::SourceFile&)>;
  // Asks for it of the source itself, or else of the PDF made of the source, and keeps it.
  std::optional<Bytes> find_or_make(const Derived& what, const std::string& name, const Asked& asked) const;
  std::optional<Bytes> pdf_of(ByteView digest, const std::string& name) const;
  std::optional<Bytes> kept(const Derived& what) const;
  void keep(const Derived& what, ByteView bytes) const;
  std::vector<Kept> everything_kept() const;

  storage::Store& store_;
  extract::Extractor& extractor_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::map<Bytes, Timestamp> asked_for_;  // since the start, by key
};

}  // namespace lantai::archive
