// Reading: whole chunks, each compared with its digest before a byte of it is handed out.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "blob_files.h"
#include "blob_keys.h"
#include "lantai/base/error.h"

namespace lantai::storage {
namespace {

class PackedBlobReader final : public BlobReader {
 public:
  PackedBlobReader(BlobFiles& files, ByteView digest)
      : files_(files), digest_(digest.begin(), digest.end()), view_(files.committer.read_view()) {
    auto header = find_header(std::as_const(*view_), digest_);
    if (!header) throw Error(ErrorCode::not_found, "no blob " + to_hex(digest_));
    header_ = std::move(*header);
    view_.reset();
  }

  std::uint64_t size() const override { return header_.size; }

  Bytes read(std::uint64_t offset, std::size_t count) override {
    if (offset >= header_.size) return {};
    Bytes out(std::min<std::uint64_t>(count, header_.size - offset));
    const ViewForCall held(*this);
    for (std::size_t done = 0; done < out.size();) {
      const auto at = offset + done;
      const auto chunk = locate(at);
      const auto within = at - starts_[chunk];
      const auto part = std::min<std::size_t>(out.size() - done, page_[chunk].length - within);
      const auto target = std::span(out).subspan(done, part);
      if (part == page_[chunk].length) {
        fetch(chunk, target);
      } else {
        std::ranges::copy(std::span(cached(chunk)).subspan(within, part), target.begin());
      }
      done += part;
    }
    return out;
  }

 private:
  // A view held for longer would hold back compaction.
  struct ViewForCall {
    explicit ViewForCall(PackedBlobReader& reader_in) : reader(reader_in) {
      reader.view_ = reader.files_.committer.read_view();
    }
    ~ViewForCall() { reader.view_.reset(); }
    ViewForCall(const ViewForCall&) = delete;
    ViewForCall& operator=(const ViewForCall&) = delete;
    PackedBlobReader& reader;
  };

  // Index in page_ of the chunk that holds this offset.
  std::size_t locate(std::uint64_t offset) {
    const auto& starts = header_.page_starts;
    const auto page = static_cast<std::uint64_t>(std::ranges::upper_bound(starts, offset) - starts.begin()) - 1;
    if (page_number_ != page) load(page);
    const auto chunk = static_cast<std::size_t>(std::ranges::upper_bound(starts_, offset) - starts_.begin()) - 1;
    if (chunk >= page_.size() || offset - starts_[chunk] >= page_[chunk].length) damaged("its manifest has a gap");
    return chunk;
  }

  void load(std::uint64_t number) {
    auto page = find_page(std::as_const(*view_), digest_, number);
    if (!page) gone();
    page_ = std::move(*page);
    starts_.clear();
    auto start = header_.page_starts[number];
    for (const auto& chunk : page_) {
      starts_.push_back(start);
      start += chunk.length;
    }
    page_number_ = number;
    cached_chunk_.reset();
  }

  // The last chunk of which only a part was asked for: small reads in a row do not verify it again.
  const Bytes& cached(std::size_t chunk) {
    if (cached_chunk_ != starts_[chunk]) {
      cached_chunk_.reset();
      cache_.resize(page_[chunk].length);
      fetch(chunk, cache_);
      cached_chunk_ = starts_[chunk];
    }
    return cache_;
  }

  void fetch(std::size_t chunk, std::span<std::uint8_t> out) {
    const auto& ref = page_[chunk];
    // Compaction may move a chunk and remove its old pack between the look-up and the opening.
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto place = find_place(std::as_const(*view_), ref.digest);
      if (!place) gone();
      if (place->length != ref.length) damaged(fmt::format("chunk {} has a wrong length", to_hex(ref.digest)));
      const auto pack = files_.packs->open(place->pack);
      if (!pack) {
        view_ = files_.committer.read_view();
        continue;
      }
      const bool whole = pack->read(place->offset, out);
      if (!whole || sha256(out) != ref.digest) {
        damaged(fmt::format("chunk {} at byte {} of {} {}", to_hex(ref.digest), place->offset,
                            files_.packs->name(place->pack), whole ? "does not match its digest" : "is cut off"));
      }
      return;
    }
    damaged(fmt::format("the pack file of chunk {} is missing", to_hex(ref.digest)));
  }

  [[noreturn]] void damaged(const std::string& how) const {
    throw Error(ErrorCode::data_loss, fmt::format("blob {} is damaged: {}", to_hex(digest_), how));
  }

  // Collected under our hands, or lost?
  [[noreturn]] void gone() const {
    const auto view = files_.committer.read_view();
    if (find_header(std::as_const(*view), digest_)) damaged("a part of its manifest is missing");
    throw Error(ErrorCode::not_found, "blob " + to_hex(digest_) + " was removed while being read");
  }

  BlobFiles& files_;
  Bytes digest_;
  std::unique_ptr<ReadView> view_;  // only during a call
  BlobHeader header_;
  std::optional<std::uint64_t> page_number_;
  ManifestPage page_;
  std::vector<std::uint64_t> starts_;
  Bytes cache_;
  std::optional<std::uint64_t> cached_chunk_;
};

}  // namespace

std::unique_ptr<BlobReader> make_blob_reader(BlobFiles& files, ByteView digest) {
  check_digest(digest);
  return std::make_unique<PackedBlobReader>(files, digest);
}

}  // namespace lantai::storage
