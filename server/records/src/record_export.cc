#include "lantai/records/record_export.h"

#include <ostream>

#include "csv.h"
#include "lantai/base/error.h"

namespace lantai::records {
namespace {

constexpr std::size_t kPage = 500;

// Calls `each` with every record the principal may see.
template <typename F>
std::uint64_t for_each_record(const RecordEngine& engine, const Principal& principal, std::string_view type,
                              std::ostream& out, F&& each) {
  std::uint64_t count = 0;
  ListRequest request;
  request.limit = kPage;
  do {
    const auto page = engine.list(principal, type, request);
    for (const auto& record : page.records) each(record);
    count += page.records.size();
    if (!out) throw Error(ErrorCode::unavailable, "the export cannot be written");
    request.page_token = page.next_page_token;
  } while (!request.page_token.empty());
  return count;
}

Json files_of(const Record& record) {
  auto files = Json::array();
  for (const auto& file : record.files) {
    if (file.removed) continue;
    const auto& version = file.current();
    files.push_back({{"number", file.number},
                     {"role", file.role},
                     {"name", version.name},
                     {"size", version.size},
                     {"media_type", version.media_type},
                     {"sha256", to_hex(version.digest)}});
  }
  return files;
}

std::string term_text(const schema::Schema& schema, const schema::FieldDecl& field, const std::string& code,
                      const CsvExportOptions& options) {
  const auto* vocabulary = options.language ? schema.find_vocabulary(field.vocabulary) : nullptr;
  const auto* term = vocabulary == nullptr ? nullptr : vocabulary->find(code);
  return term == nullptr ? code : term->label.in(*options.language);
}

std::string cell(const schema::Schema& schema, const schema::FieldDecl& field, const Json& value,
                 const CsvExportOptions& options) {
  if (value.is_null()) return {};
  if (field.kind == schema::FieldKind::table) return value.dump();
  if (value.is_string()) {
    return field.kind == schema::FieldKind::term ? term_text(schema, field, value.get<std::string>(), options)
                                                 : value.get<std::string>();
  }
  if (!value.is_array()) return value.dump();
  std::string joined;
  for (const auto& one : value) joined += (joined.empty() ? "" : "；") + cell(schema, field, one, options);
  return joined;
}

// Numbers are no formulas, whatever their sign.
bool is_number(const schema::FieldDecl& field) {
  return field.kind == schema::FieldKind::integer || field.kind == schema::FieldKind::decimal;
}

}  // namespace

std::uint64_t export_json_lines(const RecordEngine& engine, const Principal& principal, std::string_view type,
                                std::ostream& out) {
  engine.begin_export(principal, type, "json-lines");
  return for_each_record(engine, principal, type, out, [&](const Record& record) {
    out << Json{{"type", record.type},
                {"id", record.id},
                {"version", record.version},
                {"created", format_rfc3339(record.created)},
                {"modified", format_rfc3339(record.modified)},
                {"author", record.author},
                {"fields", record.fields},
                {"files", files_of(record)}}
               .dump()
        << '\n';
  });
}

std::uint64_t export_csv(const RecordEngine& engine, const Principal& principal, std::string_view type,
                         std::ostream& out, const CsvExportOptions& options) {
  engine.begin_export(principal, type, "csv");
  const auto schema = engine.current_schema();
  const auto& declared = schema->type(type);
  out << kByteOrderMark;
  std::vector<std::string> row{"id"};
  for (const auto& field : declared.fields) {
    row.push_back(options.language ? field.label.in(*options.language) : field.name);
  }
  write_csv_row(out, row);
  return for_each_record(engine, principal, type, out, [&](const Record& record) {
    row = {record.id};
    for (const auto& field : declared.fields) {
      const auto value = record.fields.find(field.name);
      auto text = value == record.fields.end() ? std::string() : cell(*schema, field, *value, options);
      if (!is_number(field)) text = formula_safe(std::move(text));
      row.push_back(std::move(text));
    }
    write_csv_row(out, row);
  });
}

}  // namespace lantai::records
