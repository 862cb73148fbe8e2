// Records as a download and as an upload: CSV for spreadsheets, JSON Lines for programs.
#include <array>
#include <memory>
#include <ostream>
#include <set>
#include <sstream>

#include "encode.h"
#include "lantai/base/log.h"
#include "lantai/records/link_names.h"
#include "lantai/records/record_export.h"
#include "lantai/records/record_import.h"
#include "problem.h"
#include "route.h"
#include "spool.h"

namespace lantai::http {
namespace {

Response export_records(Call& call) {
  const auto format = call.query.text("format", "csv");
  if (format != "csv" && format != "jsonl") {
    throw Error(ErrorCode::invalid_argument, "bad format", "request.bad_parameter", {{"name", "format"}});
  }
  Spool spool;
  if (format == "csv") {
    records::CsvExportOptions options;
    if (call.query.flag("labels")) options.language = call.language;
    records::export_csv(call.app().records(), call.principal(), call.at("type"), spool.out(), options);
  } else {
    records::export_json_lines(call.app().records(), call.principal(), call.at("type"), spool.out());
  }
  return std::move(spool).as_download(format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson",
                                      call.at("type") + "." + format);
}

constexpr std::uint64_t kMaxRowBytes = 64U << 20U;
constexpr std::size_t kMaxRows = 100'000;
constexpr std::size_t kMaxKey = 200;
constexpr std::size_t kBatch = 256;

// Rows are judged first, all of them, so that a body that cannot be read makes no record. Then they are read again and
// created in batches by one writer, so that numbers and ids follow the order of the rows.
class RowReceiver final : public Receiver {
 public:
  explicit RowReceiver(Call& call)
      : call_(call),
        type_(call.app().schema().type(call.at("type"))),
        csv_(media_type(call.head.headers.get("content-type")) == "text/csv"),
        dry_run_(call.query.flag("dry_run")) {
    if (!records::allowed(call.app().schema(), call.principal(), records::Action::create, type_)) {
      throw Error(ErrorCode::permission_denied, "may not import", "record.permission_denied");
    }
  }
  void write(std::string_view piece) override { body_ += piece; }
  Response finish() override {
    body_in_.str(std::move(body_));
    std::size_t count = 0;
    auto read = read_rows([&](const records::Draft&) {
      if (++count > kMaxRows) {
        throw Error(ErrorCode::invalid_argument, "too many rows", "import.too_many_rows",
                    {{"max", std::to_string(kMaxRows)}});
      }
    });
    read_rows([&](records::Draft draft) {
      resolve(draft);
      if (dry_run_ && draft.problems.empty()) planned_.add(type_, draft.fields);
      batch_.push_back(std::move(draft));
      if (batch_.size() == kBatch) settle_batch();
    });
    settle_batch();
    return json_response(200, {{"rows", std::move(rows_)}, {"unknown_columns", std::move(read.unknown_columns)}});
  }

 private:
  records::RowsRead read_rows(const records::DraftReceiver& each) {
    body_in_.clear();
    body_in_.seekg(0);
    const auto checked = [&](records::Draft draft) {
      check(draft);
      each(std::move(draft));
    };
    const auto& schema = call_.app().schema();
    if (csv_) return records::read_csv(body_in_, schema, type_.name, Json::object(), checked);
    return records::read_json_lines(body_in_, schema, type_.name, Json::object(), checked);
  }

  // What a row may say elsewhere, but not here.
  void check(records::Draft& draft) const {
    if (draft.type != type_.name && call_.app().schema().find_type(draft.type) != nullptr) {
      draft.problems = {{"type", "import.other_type", {{"type", draft.type}}}};
    }
    if (draft.files.is_array() && !draft.files.empty()) draft.problems.push_back({"files", "import.rows_only", {}});
    if (draft.key.size() > kMaxKey) {
      draft.problems.push_back({"key", "field.too_long", {{"max", std::to_string(kMaxKey)}}});
    }
  }

  Json row(const records::Draft& draft, const char* status, std::string record, Json errors) const {
    return {{"row", draft.line}, {"status", status}, {"record", std::move(record)}, {"errors", std::move(errors)}};
  }
  Json judged(const records::Draft& draft) const {
    auto errors = problem_list(call_.app().schema(), draft.problems, call_.language);
    return row(draft, draft.problems.empty() ? "planned" : "failed", "", std::move(errors));
  }

  // A row may name a record that stands further up in the same list.
  void resolve(records::Draft& draft) {
    bool planned = false;
    const records::LinkNames names(call_.app().records(), call_.principal(),
                                   [&](const auto& target, const std::string& called, bool) {
                                     planned = planned || planned_.may_mean(target, called);
                                     return std::optional<std::string>();
                                   });
    if (!draft.problems.empty() || names.resolve(type_, draft.fields)) return;
    if (planned) {  // and cannot be looked up yet: only the values are judged
      draft.problems = schema::validate(call_.app().schema(), type_, draft.fields);
      values_only_.insert(draft.line);
    } else if (!batch_.empty() && !dry_run_) {
      settle_batch();
      names.resolve(type_, draft.fields);
    }
  }

  bool judged_by_engine(const records::Draft& draft) const {
    return draft.problems.empty() && !values_only_.contains(draft.line);
  }
  Json created(const records::Draft& draft, const records::CreateResult& result) const {
    if (result.error) return failed(draft, *result.error);
    if (dry_run_) return judged(draft);
    return row(draft, "created", type_.name + "/" + result.written->record.id, Json::array());
  }
  Json failed(const records::Draft& draft, const Error& error) const {
    if (error.code() == ErrorCode::internal || error.code() == ErrorCode::data_loss) {
      log::error("http {} row {}: {}", call_.request_id, draft.line, error.what());
    }
    return row(draft, "failed", "", problem_list(call_.app().schema(), error, call_.language));
  }

  void settle_batch() {
    if (call_.context.stopping.stop_requested()) throw request_error(503);
    std::vector<records::NewRecord> good;
    for (auto& draft : batch_) {
      if (judged_by_engine(draft)) good.push_back({type_.name, std::move(draft.fields), {}, draft.key});
    }
    auto& engine = call_.app().records();
    const auto results =
        dry_run_ ? engine.check_all(call_.principal(), good) : engine.create_all(call_.principal(), good);
    auto result = results.begin();
    for (const auto& draft : batch_)
      rows_.push_back(judged_by_engine(draft) ? created(draft, *result++) : judged(draft));
    batch_.clear();
  }

  Call& call_;
  const schema::TypeDecl& type_;
  const bool csv_;
  const bool dry_run_;
  std::string body_;
  std::istringstream body_in_;
  std::vector<records::Draft> batch_;
  records::PlannedNames planned_;      // by a dry run
  std::set<std::size_t> values_only_;  // lines that name one of them
  Json rows_ = Json::array();
};

}  // namespace

void add_transfer_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/api/v1/records/{type}/export",
                   .operation = "exportRecords",
                   .summary = "Every record of a type that the caller may see",
                   .grave = true,
                   .query = {{"format", ParameterKind::text, "csv or jsonl"},
                             {"labels", ParameterKind::flag, "CSV with headings and terms in the caller's language"}},
                   .at_once = 4,
                   .handle = export_records});
  table.push_back({.method = "POST",
                   .path = "/api/v1/records/{type}/import",
                   .operation = "importRecords",
                   .summary = "A record of every good row",
                   .query = {{"dry_run", ParameterKind::flag, "say what would become of the rows, write nothing"}},
                   .body = BodyKind::bytes,
                   .body_limit = kMaxRowBytes,
                   .media_types = {"text/csv", "application/x-ndjson", "application/jsonl"},
                   .answer_schema = "RowResults",
                   .at_once = 2,
                   .receive = [](Call& call) { return std::make_unique<RowReceiver>(call); }});
}

}  // namespace lantai::http
