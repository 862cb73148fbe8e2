#include "lantai/archive/page_images.h"

#include <algorithm>

#include "lantai/storage/key_codec.h"
#include "source_descriptor.h"

namespace lantai::archive {
namespace {

constexpr std::uint32_t kWidths[] = {240, 600, 1200, 2000};

std::uint32_t kept_width(std::uint32_t width) {
  const auto* found = std::lower_bound(std::begin(kWidths), std::end(kWidths), width);
  return found == std::end(kWidths) ? kWidths[3] : *found;
}

}  // namespace

std::optional<Bytes> PageImages::find(ByteView digest, const std::string& name, std::uint32_t page,
                                      std::uint32_t width) const {
  const std::string version = extractor_.version();
  const std::uint32_t rounded = kept_width(width);
  // Texts begin with a digest of 32 bytes, so that the two never meet.
  const Bytes key =
      storage::KeyWriter().text("page").text(as_chars(digest)).text(version).number(page).number(rounded).take();
  if (auto known = kept(key)) return known;
  auto image = render(digest, name, page, rounded);
  if (image)
    keep(key, *image,
         "derived/page/" + to_hex(digest) + "/" + version + "/" + std::to_string(page) + "/" + std::to_string(rounded));
  return image;
}

std::optional<Bytes> PageImages::render(ByteView digest, const std::string& name, std::uint32_t page,
                                        std::uint32_t width) const {
  const SourceDescriptor source = SourceDescriptor::of_blob(store_.blobs(), digest);
  if (auto image = extractor_.render_page({source.get(), name}, page, width)) return image;
  const auto pdf = pdf_of(digest, name);
  if (!pdf) return std::nullopt;
  return extractor_.render_page({SourceDescriptor::of_bytes(*pdf).get(), name}, page, width);
}

std::optional<Bytes> PageImages::pdf_of(ByteView digest, const std::string& name) const {
  const std::string version = extractor_.version();
  const Bytes key = storage::KeyWriter().text("pdf").text(as_chars(digest)).text(version).take();
  if (auto known = kept(key)) return known;
  const SourceDescriptor source = SourceDescriptor::of_blob(store_.blobs(), digest);
  auto pdf = extractor_.to_pdf({source.get(), name});
  if (pdf) keep(key, *pdf, "derived/pdf/" + to_hex(digest) + "/" + version);
  return pdf;
}

std::optional<Bytes> PageImages::kept(const Bytes& key) const {
  const auto blob = store_.read_view()->get(storage::KeySpace::texts, key);
  if (!blob || !store_.blobs().find(*blob)) return std::nullopt;
  return store_.blobs().get(*blob);
}

void PageImages::keep(const Bytes& key, ByteView bytes, const std::string& owner) const {
  const Bytes blob = store_.blobs().put(bytes).digest;
  store_.run_transaction([&](storage::Transaction& transaction) {
    transaction.put(storage::KeySpace::texts, key, blob);
    transaction.add_blob_owner(blob, owner);
  });
}

}  // namespace lantai::archive
