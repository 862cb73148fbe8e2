// Resumable uploads of large files.
#include "encode.h"
#include "lantai/base/log.h"
#include "route.h"

namespace lantai::http {
namespace {

constexpr std::size_t kPiece = 1U << 20U;

Response describe(const archive::Upload& upload, int status) {
  auto response = json_response(
      status, {{"upload", upload.id}, {"name", upload.name}, {"size", upload.size}, {"offset", upload.offset}});
  response.set("Upload-Offset", std::to_string(upload.offset));
  return std::move(response.set("Upload-Length", std::to_string(upload.size)));
}

Response begin_upload(Call& call) {
  const auto upload =
      call.app().uploads().begin(call.principal(), text_member(call.body, "name"), number_member(call.body, "size"));
  auto response = describe(upload, 201);
  return std::move(response.set("Location", "/api/v1/uploads/" + upload.id));
}

Response get_upload(Call& call) { return describe(call.app().uploads().get(call.principal(), call.at("u")), 200); }

// Keeps what has come when the line breaks: that is what resuming is for.
class UploadReceiver final : public Receiver {
 public:
  explicit UploadReceiver(Call& call)
      : call_(call), offset_(parse_number("Upload-Offset", call.head.headers.get("upload-offset"), 0, UINT64_MAX)) {
    const auto upload = call.app().uploads().get(call.principal(), call.at("u"));
    if (upload.offset != offset_) {
      throw Error(ErrorCode::conflict, "wrong offset", "upload.offset_mismatch",
                  {{"expected", std::to_string(upload.offset)}});
    }
  }
  ~UploadReceiver() override {
    try {
      flush();
    } catch (const std::exception& error) {
      log::info("http: the rest of an interrupted upload was not kept: {}", error.what());
    }
  }
  void write(std::string_view piece) override {
    held_ += piece;
    if (held_.size() >= kPiece) flush();
  }
  Response finish() override {
    flush();
    auto response = no_content();
    return std::move(response.set("Upload-Offset", std::to_string(offset_)));
  }

 private:
  void flush() {
    const auto bytes = std::exchange(held_, {});
    if (bytes.empty()) return;
    offset_ = call_.app().uploads().append(call_.principal(), call_.at("u"), offset_, as_bytes(bytes));
  }

  Call& call_;
  std::uint64_t offset_;
  std::string held_;
};

std::unique_ptr<Receiver> receive_piece(Call& call) { return std::make_unique<UploadReceiver>(call); }

Response remove_upload(Call& call) {
  call.app().uploads().get(call.principal(), call.at("u"));
  call.app().uploads().remove(call.principal(), call.at("u"));
  return no_content();
}

}  // namespace

void add_upload_routes(std::vector<Route>& table) {
  const std::string one = "/api/v1/uploads/{u}";
  table.push_back({.method = "POST",
                   .path = "/api/v1/uploads",
                   .operation = "beginUpload",
                   .summary = "Announce a large file",
                   .body = BodyKind::json,
                   .request_schema = "UploadRequest",
                   .success = 201,
                   .answer_schema = "Upload",
                   .handle = begin_upload});
  table.push_back({.method = "GET",
                   .path = one,
                   .operation = "getUpload",
                   .summary = "How far an upload is (HEAD will do)",
                   .answer_schema = "Upload",
                   .handle = get_upload});
  table.push_back({.method = "PATCH",
                   .path = one,
                   .operation = "continueUpload",
                   .summary = "Bytes from Upload-Offset on",
                   .body = BodyKind::bytes,
                   .success = 204,
                   .receive = receive_piece});
  table.push_back({.method = "DELETE",
                   .path = one,
                   .operation = "removeUpload",
                   .summary = "Give an upload up",
                   .success = 204,
                   .handle = remove_upload});
}

}  // namespace lantai::http
