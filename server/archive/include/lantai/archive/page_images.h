// What does a page look like, and where on it do its characters stand? Rendered and laid out by the extractor in its
// sandbox, and kept as derived blobs under the digest of the source, the page, the width and the extractor's version;
// so is the PDF of a document that an office program has to lay out first. Losing one costs time only. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "lantai/extract/extractor.h"
#include "lantai/storage/store.h"

namespace lantai::archive {

class PageImages {
 public:
  PageImages(storage::Store& store, extract::Extractor& extractor) : store_(store), extractor_(extractor) {}

  // PNG. Widths are rounded up to one of 240, 600, 1200, 2000, so that few are kept. nullopt: the format has no page
  // images, or no such page. `name` is a hint only. Throws not_found when the bytes are not in the store.
  std::optional<Bytes> find(ByteView digest, const std::string& name, std::uint32_t page, std::uint32_t width) const;

  // For marking hits on the image. nullopt as above. Of a scanned page the first call takes a second or more.
  std::optional<extract::PageLayout> layout(ByteView digest, const std::string& name, std::uint32_t page) const;

 private:
  using Asked = std::function<std::optional<Bytes>(const extract::SourceFile&)>;
  // Asks for it of the source itself, or else of the PDF made of the source, and keeps it.
  std::optional<Bytes> derived(std::string_view kind, ByteView digest, const std::string& name,
                               std::initializer_list<std::uint32_t> of, const Asked& asked) const;
  std::optional<Bytes> pdf_of(ByteView digest, const std::string& name) const;
  std::optional<Bytes> kept(const Bytes& key) const;
  void keep(const Bytes& key, ByteView bytes, const std::string& owner) const;

  storage::Store& store_;
  extract::Extractor& extractor_;
};

}  // namespace lantai::archive
