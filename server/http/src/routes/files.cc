// Component files of a record: bytes in, bytes out, text, page images.
#include "blob_body.h"
#include "encode.h"
#include "lantai/http/content_disposition.h"
#include "route.h"

namespace lantai::http {
namespace {

// The record on the caller's behalf, and the file in it.
records::FileVersion find_file(Call& call) {
  const auto record = call.app().records().get(call.principal(), call.at("type"), call.at("id"));
  const auto number = call.number_at("n");
  for (const auto& file : record.files) {
    if (file.number != number || file.removed || file.versions.empty()) continue;
    if (!call.path.contains("v")) return file.current();
    for (const auto& version : file.versions) {
      if (version.number == call.number_at("v")) return version;
    }
  }
  throw Error(ErrorCode::not_found, "no such file", "record.file_not_found", {{"file", call.at("n")}});
}

records::NewFile named_file(const Call& call) {
  records::NewFile file;
  const auto disposition = parse_disposition(call.head.headers.get("content-disposition"));
  if (disposition && disposition->has_file) {
    file.name = disposition->file_name;
    file.raw_name = disposition->raw_file_name;
  } else {
    file.name = call.query.text("name");
    file.raw_name = to_bytes(file.name);
  }
  const auto slash = file.name.find_last_of("/\\");
  if (slash != std::string::npos) file.name.erase(0, slash + 1);
  if (file.name.empty() || file.name.size() > 1000) {
    throw Error("a file needs a name", {FieldProblem{"name", "field.required", {}}});
  }
  return file;
}

Response added(Call& call, records::NewFile file) {
  file.role = call.query.text("role", "main");
  const auto written = call.app().records().add_file(call.principal(), call.at("type"), call.at("id"),
                                                     expected_version(call.head.headers).value_or(0), std::move(file),
                                                     call.path.contains("n") ? call.number_at("n") : 0);
  auto response = record_response(call, 201, written.record);
  return std::move(response.set("X-Change-Position", std::to_string(written.position)));
}

// Refused before the bytes come: an upload of hours must not end in 403.
void check_may_add(Call& call) {
  const auto record = call.app().records().get(call.principal(), call.at("type"), call.at("id"));
  if (!call.app().records().may(call.principal(), records::Action::add_file, record)) {
    throw Error(ErrorCode::permission_denied, "may not add files", "record.permission_denied");
  }
  const auto version = expected_version(call.head.headers);
  if (version && *version != 0 && *version != record.version) {
    throw Error(ErrorCode::conflict, "stale version", "record.stale");
  }
}

class FileReceiver final : public Receiver {
 public:
  explicit FileReceiver(Call& call)
      : call_(call), file_(named_file(call)), writer_(call.app().store().blobs().create()) {}
  void write(std::string_view piece) override { writer_->write(as_bytes(piece)); }
  Response finish() override {
    const auto info = writer_->finish();
    file_.digest = info.digest;
    file_.size = info.size;
    return added(call_, std::move(file_));
  }

 private:
  Call& call_;
  records::NewFile file_;
  std::unique_ptr<storage::BlobWriter> writer_;
};

// The bytes came before, as a resumable upload.
class UploadedFile final : public Receiver {
 public:
  explicit UploadedFile(Call& call) : call_(call) {}
  void write(std::string_view) override {
    throw Error(ErrorCode::invalid_argument, "bytes and an upload", "request.bad_parameter", {{"name", "upload"}});
  }
  Response finish() override {
    const auto id = call_.query.text("upload");
    auto response = added(call_, call_.app().uploads().take(call_.principal(), id));
    call_.app().uploads().remove(call_.principal(), id);
    return response;
  }

 private:
  Call& call_;
};

std::unique_ptr<Receiver> receive_file(Call& call) {
  check_may_add(call);
  if (call.query.has("upload")) return std::make_unique<UploadedFile>(call);
  return std::make_unique<FileReceiver>(call);
}

void note_reading(Call& call, const char* action, const records::FileVersion& file) {
  const Json detail{{"file", call.number_at("n")}, {"version", file.number}};
  call.context.reads.note(call.app().store(), call.principal(), action, call.at("type") + "/" + call.at("id"), detail);
}

// Noted before the first byte leaves.
Response get_file(Call& call) {
  const auto file = find_file(call);
  auto response = blob_response(call, file, call.query.flag("inline"));
  if (response.source && call.head.method == "GET") note_reading(call, "file.read", file);
  return response;
}

Response remove_file(Call& call) {
  const auto written = call.app().records().remove_file(call.principal(), call.at("type"), call.at("id"),
                                                        *expected_version(call.head.headers), call.number_at("n"));
  auto response = record_response(call, 200, written.record);
  return std::move(response.set("X-Change-Position", std::to_string(written.position)));
}

Response get_text(Call& call) {
  const auto file = find_file(call);
  note_reading(call, "file.view", file);
  return json_response(200, encode_text(call, file, call.query.text("q")));
}

Response get_page_image(Call& call) {
  const auto file = find_file(call);
  const auto page = static_cast<std::uint32_t>(parse_number("p", call.at("p"), 1, 1'000'000));
  const auto width = static_cast<std::uint32_t>(call.query.number("width", 1200, 1, 4000));
  const auto etag =
      '"' + to_hex(file.digest).substr(0, 32) + "-" + std::to_string(page) + "-" + std::to_string(width) + '"';
  Response response;
  response.set("ETag", etag);
  response.set("Cache-Control", "private, no-cache");
  if (!none_match(call.head.headers, etag)) {
    response.status = 304;
    return response;
  }
  const auto image = call.app().page_images().find(file.digest, file.name, page, width);
  if (!image) throw Error(ErrorCode::not_found, "no page image", "file.no_page_image");
  note_reading(call, "file.view", file);
  response.set("Content-Type", "image/png");
  response.body = std::string(as_chars(*image));
  return response;
}

Response get_page_count(Call& call) {
  const auto file = find_file(call);
  const auto count = call.app().page_images().count(file.digest, file.name);
  if (!count) throw Error(ErrorCode::not_found, "no page image", "file.no_page_image");
  return json_response(200, {{"count", *count}});
}

Json encode_box(const extract::Box& box) { return Json::array({box.left, box.top, box.right, box.bottom}); }

// Found on the layout's own text, so that what is marked is what stands there.
Response get_page_marks(Call& call) {
  const auto file = find_file(call);
  const auto page = static_cast<std::uint32_t>(parse_number("p", call.at("p"), 1, 1'000'000));
  const auto layout = call.app().page_images().layout(file.digest, file.name, page);
  if (!layout) throw Error(ErrorCode::not_found, "no page image", "file.no_page_image");
  const auto text = layout->text();
  const auto query = call.query.text("q");
  Json marks = Json::array();
  if (!query.empty()) {
    for (const auto& [begin, end] : call.app().searcher().marker(query)(text)) {
      Json boxes = Json::array();
      for (const auto& box : layout->boxes(begin, end)) boxes.push_back(encode_box(box));
      marks.push_back({{"text", text.substr(begin, end - begin)}, {"boxes", std::move(boxes)}});
    }
  }
  return json_response(200, {{"page", page}, {"ocr", layout->from_ocr}, {"marks", std::move(marks)}});
}

}  // namespace

void add_file_routes(std::vector<Route>& table) {
  const std::string all = "/api/v1/records/{type}/{id}/files";
  const std::string one = all + "/{n}";
  const std::vector<Parameter> adding{{"role", ParameterKind::text, "code of the vocabulary component_role"},
                                      {"name", ParameterKind::text, "file name, without Content-Disposition"},
                                      {"upload", ParameterKind::text, "id of a finished upload instead of a body"}};
  const std::vector<Parameter> viewing{{"inline", ParameterKind::flag, "to be shown: images and PDF only"}};
  table.push_back({.method = "POST",
                   .path = all,
                   .operation = "addFile",
                   .summary = "Add a component file",
                   .query = adding,
                   .body = BodyKind::bytes,
                   .success = 201,
                   .answer_schema = "Record",
                   .receive = receive_file});
  table.push_back({.method = "POST",
                   .path = one,
                   .operation = "addFileVersion",
                   .summary = "A new version of a component file",
                   .query = adding,
                   .body = BodyKind::bytes,
                   .success = 201,
                   .answer_schema = "Record",
                   .receive = receive_file});
  table.push_back({.method = "DELETE",
                   .path = one,
                   .operation = "removeFile",
                   .summary = "Remove a component file",
                   .if_match = true,
                   .answer_schema = "Record",
                   .handle = remove_file});
  table.push_back({.method = "GET",
                   .path = one,
                   .operation = "getFile",
                   .summary = "Bytes of a file",
                   .query = viewing,
                   .handle = get_file});
  table.push_back({.method = "GET",
                   .path = one + "/versions/{v}",
                   .operation = "getFileVersion",
                   .summary = "Bytes of a version of a file",
                   .query = viewing,
                   .handle = get_file});
  table.push_back({.method = "GET",
                   .path = one + "/text",
                   .operation = "getFileText",
                   .summary = "Text of a file by page, with the marks of a query",
                   .query = {{"q", ParameterKind::text, "mark what it finds"}},
                   .answer_schema = "FileText",
                   .handle = get_text});
  table.push_back({.method = "GET",
                   .path = one + "/pages",
                   .operation = "countPageImages",
                   .summary = "How many pages can be shown as images",
                   .answer_schema = "PageCount",
                   .at_once = 12,
                   .handle = get_page_count});
  table.push_back({.method = "GET",
                   .path = one + "/pages/{p}.png",
                   .operation = "getPageImage",
                   .summary = "Image of a page",
                   .query = {{"width", ParameterKind::integer, "pixels"}},
                   .at_once = 12,
                   .handle = get_page_image});
  table.push_back({.method = "GET",
                   .path = one + "/pages/{p}/marks",
                   .operation = "getPageMarks",
                   .summary = "Where on the image of a page the hits of a query stand, in fractions of its size",
                   .query = {{"q", ParameterKind::text, "what to mark"}},
                   .answer_schema = "PageMarks",
                   .at_once = 4,
                   .handle = get_page_marks});
}

}  // namespace lantai::http
