// Records as a download: CSV for spreadsheets, JSON Lines for programs.
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <ostream>
#include <streambuf>

#include "encode.h"
#include "lantai/http/content_disposition.h"
#include "lantai/records/record_export.h"
#include "route.h"

namespace lantai::http {
namespace {

struct Closing {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
// Nameless, gone when closed.
using Spool = std::unique_ptr<std::FILE, Closing>;

// An export is written out whole before its answer begins, so that what goes wrong is still an error to the caller, and
// a slow reader holds a file and not a thread.
class SpoolBuffer final : public std::streambuf {
 public:
  explicit SpoolBuffer(std::FILE* file) : file_(file) {}

 protected:
  int_type overflow(int_type c) override {
    return c != traits_type::eof() && std::fputc(c, file_) != EOF ? c : traits_type::eof();
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    return static_cast<std::streamsize>(std::fwrite(text, 1, static_cast<std::size_t>(count), file_));
  }

 private:
  std::FILE* file_;
};

class SpoolSource final : public BodySource {
 public:
  explicit SpoolSource(Spool file) : file_(std::move(file)) {}
  std::string read() override {
    std::string piece(64U << 10U, '\0');
    piece.resize(std::fread(piece.data(), 1, piece.size(), file_.get()));
    if (std::ferror(file_.get()) != 0) throw Error(ErrorCode::internal, "an export cannot be read back");
    return piece;
  }

 private:
  Spool file_;
};

Response export_records(Call& call) {
  const auto format = call.query.text("format", "csv");
  if (format != "csv" && format != "jsonl") {
    throw Error(ErrorCode::invalid_argument, "bad format", "request.bad_parameter", {{"name", "format"}});
  }
  Spool file(std::tmpfile());
  if (!file) throw Error(ErrorCode::resource_exhausted, "no room for an export", "store.disk_full");
  SpoolBuffer buffer(file.get());
  std::ostream out(&buffer);
  if (format == "csv") {
    records::CsvExportOptions options;
    if (call.query.flag("labels")) options.language = call.language;
    records::export_csv(call.app().records(), call.principal(), call.at("type"), out, options);
  } else {
    records::export_json_lines(call.app().records(), call.principal(), call.at("type"), out);
  }
  const auto size = std::ftell(file.get());
  if (size < 0 || std::fflush(file.get()) != 0) {
    throw Error(ErrorCode::resource_exhausted, "no room for an export", "store.disk_full");
  }
  std::rewind(file.get());
  Response response;
  response.set("Content-Type", format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson");
  response.set("Content-Disposition", make_disposition("attachment", call.at("type") + "." + format));
  response.source = std::make_unique<SpoolSource>(std::move(file));
  response.source_size = static_cast<std::uint64_t>(size);
  return response;
}

}  // namespace

void add_transfer_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/api/v1/records/{type}/export",
                   .operation = "exportRecords",
                   .summary = "Every record of a type that the caller may see",
                   .query = {{"format", ParameterKind::text, "csv or jsonl"},
                             {"labels", ParameterKind::flag, "CSV with headings and terms in the caller's language"}},
                   .at_once = 4,
                   .handle = export_records});
}

}  // namespace lantai::http
