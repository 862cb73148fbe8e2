#include "lantai/records/record_export.h"

#include <map>
#include <ostream>

#include "lantai/base/error.h"
#include "lantai/records/csv.h"

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

// Terms in the language of the reader, cells of lists: what validation reads back as the same values.
class CellWriter {
 public:
  CellWriter(const schema::Schema& schema, const CsvExportOptions& options) : schema_(schema), options_(options) {}

  std::string cell(const schema::FieldDecl& field, const Json& value) {
    if (value.is_null()) return {};
    if (field.kind == schema::FieldKind::table) return value.dump();
    if (value.is_string()) {
      return field.kind == schema::FieldKind::term ? term_text(field, value.get<std::string>())
                                                   : listed(field, value.get<std::string>());
    }
    if (!value.is_array()) return value.dump();
    std::vector<std::string> all;
    for (const auto& one : value) all.push_back(cell_of_list(field, one));
    return schema::list_text(all);
  }

 private:
  static std::string listed(const schema::FieldDecl& field, std::string text) {
    return field.many ? schema::list_text({std::move(text)}) : text;
  }
  std::string cell_of_list(const schema::FieldDecl& field, const Json& one) {
    if (!one.is_string()) return one.dump();
    return field.kind == schema::FieldKind::term ? term_text(field, one.get<std::string>()) : one.get<std::string>();
  }

  // The code where its label could mean another term: 人事 of organs and of universities.
  const std::string& term_text(const schema::FieldDecl& field, const std::string& code) {
    const auto [at, fresh] = texts_.try_emplace(field.vocabulary + "\n" + code, code);
    const auto* vocabulary = options_.language ? schema_.find_vocabulary(field.vocabulary) : nullptr;
    const auto* term = fresh && vocabulary != nullptr ? vocabulary->find(code) : nullptr;
    if (term != nullptr && vocabulary->means_one_term(term->label.in(*options_.language)))
      at->second = term->label.in(*options_.language);
    return at->second;
  }

  const schema::Schema& schema_;
  const CsvExportOptions& options_;
  std::map<std::string, std::string> texts_;
};

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
  CellWriter cells(*schema, options);
  return for_each_record(engine, principal, type, out, [&](const Record& record) {
    row = {record.id};
    for (const auto& field : declared.fields) {
      const auto value = record.fields.find(field.name);
      auto text = value == record.fields.end() ? std::string() : cells.cell(field, *value);
      if (!is_number(field)) text = formula_safe(std::move(text));
      row.push_back(std::move(text));
    }
    write_csv_row(out, row);
  });
}

}  // namespace lantai::records
