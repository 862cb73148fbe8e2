#include "spool.h"

#include "lantai/base/error.h"
#include "lantai/http/content_disposition.h"

namespace lantai::http {
namespace {

[[noreturn]] void no_room() { throw Error(ErrorCode::resource_exhausted, "no room for an export", "store.disk_full"); }

}  // namespace

class Spool::Source final : public BodySource {
 public:
  explicit Source(File file) : file_(std::move(file)) {}
  std::string read() override {
    std::string piece(64U << 10U, '\0');
    piece.resize(std::fread(piece.data(), 1, piece.size(), file_.get()));
    if (std::ferror(file_.get()) != 0) throw Error(ErrorCode::internal, "an export cannot be read back");
    return piece;
  }

 private:
  File file_;
};

Spool::Buffer::int_type Spool::Buffer::overflow(int_type c) {
  return c != traits_type::eof() && std::fputc(c, file_) != EOF ? c : traits_type::eof();
}

std::streamsize Spool::Buffer::xsputn(const char* text, std::streamsize count) {
  return static_cast<std::streamsize>(std::fwrite(text, 1, static_cast<std::size_t>(count), file_));
}

Spool::Spool() : file_(std::tmpfile()), buffer_(file_.get()), out_(&buffer_) {
  if (!file_) no_room();
}

Response Spool::as_download(const std::string& media_type, const std::string& file_name) && {
  const auto size = std::ftell(file_.get());
  if (!out_ || size < 0 || std::fflush(file_.get()) != 0) no_room();
  std::rewind(file_.get());
  Response response;
  response.set("Content-Type", media_type);
  response.set("Content-Disposition", make_disposition("attachment", file_name));
  response.source = std::make_unique<Source>(std::move(file_));
  response.source_size = static_cast<std::uint64_t>(size);
  return response;
}

}  // namespace lantai::http
