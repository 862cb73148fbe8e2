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
  const std::uint32_t rounded = kept_width(width);
  return derived("page", digest, name, {page, rounded},
                 [&](const extract::SourceFile& source) { return extractor_.render_page(source, page, rounded); });
}

std::optional<extract::PageLayout> PageImages::layout(ByteView digest, const std::string& name,
                                                      std::uint32_t page) const {
  const auto stored =
      derived("layout", digest, name, {page}, [&](const extract::SourceFile& source) -> std::optional<Bytes> {
        const auto layout = extractor_.lay_out(source, page);
        return layout ? std::optional(to_cbor(*layout)) : std::nullopt;
      });
  return stored ? std::optional(extract::page_layout_from_cbor(*stored)) : std::nullopt;
}

std::optional<Bytes> PageImages::derived(std::string_view kind, ByteView digest, const std::string& name,
                                         std::initializer_list<std::uint32_t> of, const Asked& asked) const {
  const std::string version = extractor_.version();
  // Texts begin with a digest of 32 bytes, so that the two never meet.
  storage::KeyWriter key;
  key.text(kind).text(as_chars(digest)).text(version);
  std::string owner = "derived/" + std::string(kind) + "/" + to_hex(digest) + "/" + version;
  for (const std::uint32_t number : of) {
    key.number(number);
    owner += "/" + std::to_string(number);
  }
  const Bytes whole_key = key.take();
  if (auto known = kept(whole_key)) return known;
  auto result = asked({SourceDescriptor::of_blob(store_.blobs(), digest).get(), name});
  if (!result) {
    const auto pdf = pdf_of(digest, name);
    if (pdf) result = asked({SourceDescriptor::of_bytes(*pdf).get(), name});
  }
  if (result) keep(whole_key, *result, owner);
  return result;
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
