#include "web_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "conditional.h"
#include "lantai/base/error.h"

namespace lantai::http {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = 256U << 10U;

class FileSource final : public BodySource {
 public:
  FileSource(const fs::path& file, std::uint64_t size) : in_(file, std::ios::binary), left_(size) {
    if (!in_) throw Error(ErrorCode::not_found, "web file cannot be opened", "request.not_found");
  }
  std::string read() override {
    std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, left_)), '\0');
    if (piece.empty()) return piece;
    in_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    if (!in_) throw Error(ErrorCode::internal, "a web file became shorter while it was sent");
    left_ -= piece.size();
    return piece;
  }

 private:
  std::ifstream in_;
  std::uint64_t left_;
};

// `name-3fa4b2c1.js`, as the bundler writes them: the content never changes under such a name.
bool is_hashed_asset(const std::vector<std::string>& segments) {
  return segments.size() >= 2 && segments.front() == "assets";
}

std::string etag_of(const fs::path& file, std::uint64_t size) {
  const auto time = fs::last_write_time(file).time_since_epoch().count();
  return fmt::format("\"{:x}-{:x}\"", static_cast<std::uint64_t>(time), size);
}

bool takes_gzip(const Headers& headers) {
  const auto accepted = headers.get("accept-encoding");
  return accepted.find("gzip") != std::string_view::npos && accepted.find("gzip;q=0") == std::string_view::npos;
}

}  // namespace

std::string_view media_type_of(const fs::path& file) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".wasm", "application/wasm"},
      {".txt", "text/plain; charset=utf-8"},
  };
  const auto extension = file.extension().string();
  for (const auto& [known, type] : kTypes) {
    if (extension == known) return type;
  }
  return "application/octet-stream";
}

Response WebFiles::get(const std::vector<std::string>& segments, const Headers& headers) const {
  auto file = root_;
  for (const auto& segment : segments) file /= segment;
  const bool asset = is_hashed_asset(segments);
  const bool hidden = std::any_of(segments.begin(), segments.end(), [](const auto& s) { return s.starts_with('.'); });
  std::error_code error;
  const bool is_file = !hidden && fs::is_regular_file(file, error);
  if (!is_file && !asset) file = root_ / "index.html";
  if (root_.empty() || (asset && !is_file) || !fs::is_regular_file(file, error)) {
    throw Error(ErrorCode::not_found, "no such web file", "request.not_found");
  }
  Response response;
  response.set("Content-Type", std::string(media_type_of(file)));
  response.set("Cache-Control", asset ? "public, max-age=31536000, immutable" : "no-cache");
  response.set("Vary", "Accept-Encoding");
  auto sent = file;
  sent += ".gz";
  if (takes_gzip(headers) && fs::is_regular_file(sent, error)) {
    response.set("Content-Encoding", "gzip");
  } else {
    sent = file;
  }
  const auto size = fs::file_size(sent);
  const auto etag = etag_of(sent, size);
  response.set("ETag", etag);
  if (!none_match(headers, etag)) {
    response.status = 304;
    return response;
  }
  response.source = std::make_unique<FileSource>(sent, size);
  response.source_size = size;
  return response;
}

}  // namespace lantai::http
