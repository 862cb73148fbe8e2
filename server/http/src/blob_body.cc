#include "blob_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lantai/http/content_disposition.h"

namespace lantai::http {
namespace {

constexpr std::uint64_t kPiece = 256U << 10U;

class BlobSource final : public BodySource {
 public:
  BlobSource(std::unique_ptr<storage::BlobReader> reader, ByteRange range) : reader_(std::move(reader)), left_(range) {}
  std::string read() override {
    const auto bytes = reader_->read(left_.first, static_cast<std::size_t>(std::min(kPiece, left_.count)));
    left_.first += bytes.size();
    left_.count -= bytes.size();
    return std::string(as_chars(bytes));
  }

 private:
  std::unique_ptr<storage::BlobReader> reader_;
  ByteRange left_;
};

bool may_be_shown(std::string_view media_type) {
  static constexpr std::array<std::string_view, 7> kPassive{"image/png", "image/jpeg", "image/gif",      "image/webp",
                                                            "image/bmp", "image/tiff", "application/pdf"};
  return std::find(kPassive.begin(), kPassive.end(), media_type) != kPassive.end();
}

}  // namespace

Response blob_response(Call& call, const records::FileVersion& file, bool inline_view) {
  const auto etag = '"' + to_hex(file.digest) + '"';
  Response response;
  response.set("ETag", etag);
  response.set("Accept-Ranges", "bytes");
  response.set("Cache-Control", "private, no-cache");
  if (!none_match(call.head.headers, etag)) {
    response.status = 304;
    return response;
  }
  auto reader = call.app().store().blobs().open(file.digest);
  const auto size = reader->size();
  const auto range = requested_range(call.head.headers, etag, size);
  auto media_type = file.media_type;
  if (media_type.empty()) media_type = call.app().texts().summary(file.digest).media_type;
  const bool shown = inline_view && may_be_shown(media_type);
  response.set("Content-Type", media_type.empty() ? "application/octet-stream" : media_type);
  response.set("Content-Disposition", make_disposition(shown ? "inline" : "attachment", file.name));
  response.set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'self'");
  if (range) {
    response.status = 206;
    response.set("Content-Range", fmt::format("bytes {}-{}/{}", range->first, range->first + range->count - 1, size));
  }
  const auto part = range.value_or(ByteRange{0, size});
  response.source = std::make_unique<BlobSource>(std::move(reader), part);
  response.source_size = part.count;
  return response;
}

}  // namespace lantai::http
