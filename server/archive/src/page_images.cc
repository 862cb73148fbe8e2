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
  const std::uint32_t kept = kept_width(width);
  // Texts begin with a digest of 32 bytes, so that the two never meet.
  const Bytes key =
      storage::KeyWriter().text("page").text(as_chars(digest)).text(version).number(page).number(kept).take();
  const auto known = store_.read_view()->get(storage::KeySpace::texts, key);
  if (known && store_.blobs().find(*known)) return store_.blobs().get(*known);

  const SourceDescriptor source = SourceDescriptor::of_blob(store_.blobs(), digest);
  auto image = extractor_.render_page({source.get(), name}, page, kept);
  if (!image) return std::nullopt;
  const Bytes blob = store_.blobs().put(*image).digest;
  const std::string owner =
      "derived/page/" + to_hex(digest) + "/" + version + "/" + std::to_string(page) + "/" + std::to_string(kept);
  store_.run_transaction([&](storage::Transaction& transaction) {
    transaction.put(storage::KeySpace::texts, key, blob);
    transaction.add_blob_owner(blob, owner);
  });
  return image;
}

}  // namespace lantai::archive
