#include "lantai/archive/page_images.h"

#include <algorithm>

#include "lantai/storage/key_codec.h"
#include "source_descriptor.h"

namespace lantai::archive {
namespace {

using storage::KeySpace;

constexpr std::uint32_t kWidths[] = {240, 600, 1200, 2000};
// What is derived of a file's pages. Texts, in the same key space, begin with a digest of 32 bytes: the two never meet.
constexpr std::string_view kKinds[] = {"page", "layout", "pdf"};
constexpr std::size_t kDigestBytes = 32;

std::uint32_t kept_width(std::uint32_t width) {
  const auto* found = std::lower_bound(std::begin(kWidths), std::end(kWidths), width);
  return found == std::end(kWidths) ? kWidths[3] : *found;
}

Bytes digest_in(ByteView value) {
  const auto digest = value.first(std::min(value.size(), kDigestBytes));
  return {digest.begin(), digest.end()};
}

// Values of earlier versions are the digest alone: made at the beginning of time.
Timestamp made_in(ByteView value) {
  if (value.size() <= kDigestBytes) return {};
  return {static_cast<std::int64_t>(storage::KeyReader(value.subspan(kDigestBytes)).number())};
}

}  // namespace

// What is kept, and under which name.
struct PageImages::Derived {
  std::string kind;
  Bytes digest;  // of the source
  std::string version;
  std::vector<std::uint64_t> numbers;  // page, width

  static Derived of_key(ByteView key) {
    storage::KeyReader reader(key);
    Derived what;
    what.kind = reader.text();
    what.digest = to_bytes(reader.text());
    what.version = reader.text();
    while (!reader.rest().empty()) what.numbers.push_back(reader.number());
    return what;
  }
  Bytes key() const {
    storage::KeyWriter writer;
    writer.text(kind).text(as_chars(digest)).text(version);
    for (const std::uint64_t number : numbers) writer.number(number);
    return writer.take();
  }
  std::string owner() const {
    std::string owner = "derived/" + kind + "/" + to_hex(digest) + "/" + version;
    for (const std::uint64_t number : numbers) owner += "/" + std::to_string(number);
    return owner;
  }
};

struct PageImages::Kept {
  Bytes key, blob;
  Timestamp wanted;  // last
  std::uint64_t size = 0;
  bool current = true;  // made by this version of the extractor
};

std::optional<Bytes> PageImages::find(ByteView digest, const std::string& name, std::uint32_t page,
                                      std::uint32_t width) const {
  const std::uint32_t rounded = kept_width(width);
  const Derived what{"page", Bytes(digest.begin(), digest.end()), extractor_.version(), {page, rounded}};
  return find_or_make(what, name,
                      [&](const extract::SourceFile& source) { return extractor_.render_page(source, page, rounded); });
}

std::optional<std::uint32_t> PageImages::count(ByteView digest, const std::string& name) const {
  const auto own = extractor_.count_pages({SourceDescriptor::of_blob(store_.blobs(), digest).get(), name});
  if (own) return own;
  const auto pdf = pdf_of(digest, name);
  return pdf ? extractor_.count_pages({SourceDescriptor::of_bytes(*pdf).get(), name}) : std::nullopt;
}

std::optional<extract::PageLayout> PageImages::layout(ByteView digest, const std::string& name,
                                                      std::uint32_t page) const {
  const Derived what{"layout", Bytes(digest.begin(), digest.end()), extractor_.version(), {page}};
  const auto stored = find_or_make(what, name, [&](const extract::SourceFile& source) -> std::optional<Bytes> {
    const auto layout = extractor_.lay_out(source, page);
    return layout ? std::optional(to_cbor(*layout)) : std::nullopt;
  });
  return stored ? std::optional(extract::page_layout_from_cbor(*stored)) : std::nullopt;
}

std::optional<Bytes> PageImages::find_or_make(const Derived& what, const std::string& name, const Asked& asked) const {
  if (auto known = kept(what)) return known;
  auto result = asked({SourceDescriptor::of_blob(store_.blobs(), what.digest).get(), name});
  if (!result) {
    const auto pdf = pdf_of(what.digest, name);
    if (pdf) result = asked({SourceDescriptor::of_bytes(*pdf).get(), name});
  }
  if (result) keep(what, *result);
  return result;
}

std::optional<Bytes> PageImages::pdf_of(ByteView digest, const std::string& name) const {
  const Derived what{"pdf", Bytes(digest.begin(), digest.end()), extractor_.version(), {}};
  if (auto known = kept(what)) return known;
  auto pdf = extractor_.to_pdf({SourceDescriptor::of_blob(store_.blobs(), digest).get(), name});
  if (pdf) keep(what, *pdf);
  return pdf;
}

std::optional<Bytes> PageImages::kept(const Derived& what) const {
  const Bytes key = what.key();
  const auto value = store_.read_view()->get(KeySpace::texts, key);
  if (!value) return std::nullopt;
  const Bytes blob = digest_in(*value);
  if (!store_.blobs().find(blob)) return std::nullopt;
  {
    std::lock_guard lock(mutex_);
    asked_for_[key] = clock_.now();
  }
  return store_.blobs().get(blob);
}

void PageImages::keep(const Derived& what, ByteView bytes) const {
  const Bytes blob = store_.blobs().put(bytes).digest;
  Bytes value = storage::KeyWriter().number(static_cast<std::uint64_t>(clock_.now().micros)).take();
  value.insert(value.begin(), blob.begin(), blob.end());
  store_.run_transaction([&](storage::Transaction& transaction) {
    transaction.put(KeySpace::texts, what.key(), value);
    transaction.add_blob_owner(blob, what.owner());
  });
}

void PageImages::keep_layout(ByteView digest, std::uint32_t page, const extract::PageLayout& layout) const {
  keep({"layout", Bytes(digest.begin(), digest.end()), extractor_.version(), {page}}, to_cbor(layout));
}

std::vector<PageImages::Kept> PageImages::everything_kept() const {
  const auto view = store_.read_view();
  const std::string version = extractor_.version();
  std::vector<Kept> all;
  std::lock_guard lock(mutex_);
  for (const auto kind : kKinds) {
    const Bytes prefix = storage::KeyWriter().text(kind).take();
    storage::ScanRange range{prefix, storage::after_prefix(prefix), 1000};
    for (bool more = true; more;) {
      const auto page = view->scan(KeySpace::texts, range);
      for (const auto& entry : page.entries) {
        Kept one{entry.key, digest_in(entry.value), made_in(entry.value)};
        if (const auto asked = asked_for_.find(entry.key); asked != asked_for_.end())
          one.wanted = std::max(one.wanted, asked->second);
        if (const auto info = store_.blobs().find(one.blob)) one.size = info->size;
        one.current = Derived::of_key(entry.key).version == version;
        all.push_back(std::move(one));
      }
      more = page.more;
      if (more) {
        range.begin = page.entries.back().key;
        range.begin.push_back(0);
      }
    }
  }
  return all;
}

std::size_t PageImages::make_room(std::uint64_t budget) const {
  constexpr std::size_t kAtOnce = 500;  // in one commit
  auto all = everything_kept();
  std::sort(all.begin(), all.end(), [](const Kept& one, const Kept& other) {
    return std::pair(one.current, one.wanted) < std::pair(other.current, other.wanted);
  });
  std::uint64_t size = 0;
  for (const auto& one : all) size += one.size;
  std::size_t count = 0;
  while (count < all.size() && (!all[count].current || size > budget)) size -= all[count++].size;
  for (std::size_t begin = 0; begin < count; begin += kAtOnce) {
    store_.run_transaction([&](storage::Transaction& transaction) {
      transaction.use_reserve();
      for (std::size_t i = begin; i < std::min(begin + kAtOnce, count); ++i) {
        transaction.erase(KeySpace::texts, all[i].key);
        transaction.remove_blob_owner(all[i].blob, Derived::of_key(all[i].key).owner());
      }
    });
  }
  std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < count; ++i) asked_for_.erase(all[i].key);
  return count;
}

}  // namespace lantai::archive
