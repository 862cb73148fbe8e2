// Imports: many files in one form, worked on behind the request.
#include "encode.h"
#include "lantai/base/log.h"
#include "lantai/http/multipart.h"
#include "route.h"

namespace lantai::http {
namespace {

constexpr std::size_t kMaxField = 64U << 10U;

// Stages the files of the form one by one. Fields that say how to import must come before the first file.
class ImportReceiver final : public Receiver, private PartSink {
 public:
  ImportReceiver(Call& call, const std::string& boundary) : call_(call), reader_(boundary, *this) {
    options_.language = call.language;
    options_.dry_run = call.query.flag("dry_run");
    options_.tables = false;
  }
  ~ImportReceiver() override {
    if (job_.empty() || submitted_) return;
    try {
      file_.reset();
      call_.app().import_jobs().cancel(call_.principal(), job_);
    } catch (const std::exception& error) {
      log::warning("http: an interrupted import could not be cancelled: {}", error.what());
    }
  }
  void write(std::string_view piece) override { reader_.write(piece); }
  Response finish() override {
    reader_.finish();
    begin_job();
    call_.app().import_jobs().submit(call_.principal(), job_);
    submitted_ = true;
    auto response = json_response(202, {{"import", job_}});
    return std::move(response.set("Location", "/api/v1/imports/" + job_));
  }

 private:
  void begin_part(const Part& part) override {
    part_ = part.disposition;
    text_.clear();
    if (!part_.has_file) return;
    using archive::StagedAs;
    static const std::map<std::string, StagedAs> kParts{
        {"file", StagedAs::source}, {"table", StagedAs::table}, {"beside", StagedAs::beside}};
    const auto as = kParts.find(part_.name);
    if (as == kParts.end()) unknown(part_.name);
    begin_job();
    file_ = call_.app().import_jobs().add(call_.principal(), job_, part_.file_name, as->second);
  }
  void part_data(std::string_view bytes) override {
    if (file_) return file_->write(as_bytes(bytes));
    text_ += bytes;
    if (text_.size() > kMaxField) throw Error(ErrorCode::invalid_argument, "field too large", "request.bad_multipart");
  }
  void end_part() override {
    if (file_) {
      file_->close();
      file_.reset();
    } else {
      take_field();
    }
  }

  void take_field() {
    if (!job_.empty()) throw Error(ErrorCode::invalid_argument, "fields must come first", "request.bad_multipart");
    if (part_.name == "defaults") {
      if (!text_.empty()) options_.defaults = parse_json(text_);
      if (!options_.defaults.is_object()) {
        throw Error("bad defaults", {FieldProblem{"defaults", "field.wrong_kind", {{"kind", "object"}}}});
      }
    } else if (part_.name == "dry_run") {
      options_.dry_run = is_true();
    } else if (part_.name == "tables") {
      options_.tables = is_true();
    } else if (part_.name == "update_by_code") {
      options_.update_by_code = is_true();
    } else if (part_.name == "type") {
      options_.type = text_;
    } else {
      unknown(part_.name);
    }
  }
  bool is_true() const { return text_ == "1" || text_ == "true"; }
  void require_allowed() const {
    const auto& schema = call_.app().schema();
    const auto* type = schema.find_type(options_.type);
    if (type == nullptr) {
      throw Error("unknown type", {FieldProblem{"type", "import.unknown_type", {{"type", options_.type}}}});
    }
    if (!records::allowed(schema, call_.principal(), records::Action::create, *type)) {
      throw Error(ErrorCode::permission_denied, "may not import", "record.permission_denied");
    }
  }
  [[noreturn]] static void unknown(const std::string& name) {
    throw Error("unknown part", {FieldProblem{name, "field.unknown", {{"name", name}}}});
  }
  void begin_job() {
    if (!job_.empty()) return;
    require_allowed();
    job_ = call_.app().import_jobs().begin(call_.principal(), options_);
  }

  Call& call_;
  MultipartReader reader_;
  archive::ImportOptions options_;
  Disposition part_;
  std::string text_;
  std::string job_;
  std::unique_ptr<archive::StagedFile> file_;
  bool submitted_ = false;
};

std::unique_ptr<Receiver> receive_import(Call& call) {
  const auto boundary = multipart_boundary(call.head.headers.get("content-type"));
  if (!boundary) throw Error(ErrorCode::invalid_argument, "no boundary", "request.bad_multipart");
  return std::make_unique<ImportReceiver>(call, *boundary);
}

// Waiting its turn is, to whoever watches, running.
std::string_view shown(archive::ImportJobState state) {
  using archive::ImportJobState;
  const bool waiting = state == ImportJobState::open || state == ImportJobState::waiting;
  return name(waiting ? ImportJobState::running : state);
}

// A file that is stored and gave no text says so, once its reading has been tried.
void add_reading(Call& call, archive::ImportedFile& file) {
  const auto slash = file.record.find('/');
  if (slash == std::string::npos || !file.error.empty()) return;
  auto& app = call.app();
  const auto record = app.records().find(call.principal(), file.record.substr(0, slash), file.record.substr(slash + 1));
  if (!record) return;
  const auto reading = app.texts().reading(*record);
  file.error_code = reading.error_code;
  if (!file.error_code.empty())
    file.error = app.schema().message(file.error_code, call.language, {{"detail", reading.error_detail}});
}

Response get_import(Call& call) {
  auto page = call.app().import_jobs().get(call.principal(), call.at("id"), call.query.number("limit", 200, 1, 1000),
                                           call.query.text("page_token"));
  Json results = Json::array();
  for (auto& one : page.results) {
    add_reading(call, one);
    results.push_back({{"path", one.path},
                       {"record", one.record},
                       {"status", name(one.status)},
                       {"media_type", one.media_type},
                       {"error", one.error},
                       {"error_code", one.error_code}});
  }
  const auto& [id, state, dry_run, total, done, report, error] = page.job;
  return json_response(200, {{"import", id},
                             {"state", shown(state)},
                             {"dry_run", dry_run},
                             {"done", done},
                             {"total", total},
                             {"created", report.created},
                             {"updated", report.updated},
                             {"unchanged", report.unchanged},
                             {"skipped", report.skipped},
                             {"planned", report.planned},
                             {"failed", report.failed},
                             {"error", error},
                             {"position", report.last_position},
                             {"results", std::move(results)},
                             {"next_page_token", page.next_page_token}});
}

Response cancel_import(Call& call) {
  call.app().import_jobs().cancel(call.principal(), call.at("id"));
  return no_content();
}

}  // namespace

void add_import_routes(std::vector<Route>& table) {
  table.push_back({.method = "POST",
                   .path = "/api/v1/imports",
                   .operation = "beginImport",
                   .summary = "Take in files, archives, a table with files",
                   .query = {{"dry_run", ParameterKind::flag, "only say what would happen"}},
                   .body = BodyKind::form,
                   .success = 202,
                   .answer_schema = "ImportAccepted",
                   .receive = receive_import});
  table.push_back({.method = "GET",
                   .path = "/api/v1/imports/{id}",
                   .operation = "getImport",
                   .summary = "How far an import is, and what became of each file",
                   .query = {{"limit", ParameterKind::integer, "1 to 1000"},
                             {"page_token", ParameterKind::text, "from the last page"}},
                   .answer_schema = "Import",
                   .handle = get_import});
  table.push_back({.method = "DELETE",
                   .path = "/api/v1/imports/{id}",
                   .operation = "cancelImport",
                   .summary = "End an import between two files",
                   .success = 204,
                   .handle = cancel_import});
}

}  // namespace lantai::http
